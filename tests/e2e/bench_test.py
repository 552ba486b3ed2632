"""convoy bench: what it measures, what it refuses."""
import json
import unittest

import convoy


class AllReduce(unittest.TestCase):
    def bench(self, *words, ranks=2):
        return convoy.run("bench", "allreduce", *words, ranks=ranks)

    def rows(self, *words, ranks=2):
        done = self.bench("--json", "--repeats", 1, *words, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(map(json.loads, done.stdout.splitlines()))

    def test_finds_no_sum_wrong_by_any_way(self):
        rows = self.rows("--from", "1K", "--to", "1M", ranks=3)
        self.assertEqual(
            [row["backend"] for row in rows[:7]],
            ["shm", "shm-in-place", "shm-copied", "mpi", "MPI_Allreduce",
             "MPI_Allreduce-1MB", "MPI_Iallreduce"])
        self.assertEqual(sorted({row["bytes"] for row in rows}),
                         [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20])
        for row in rows:
            self.assertEqual(row["wrong"], 0)
            self.assertEqual(row["ranks"], 3)
            self.assertAlmostEqual(
                row["algbw_gbs"], row["bytes"] / row["median_us"] / 1e3)
            self.assertAlmostEqual(row["busbw_gbs"], row["algbw_gbs"] * 4 / 3)

    def test_prints_a_table(self):
        done = self.bench("--from", "64K", "--to", "64K", "--repeats", 2,
                          "--backends", "mpi,shm")
        self.assertEqual(done.returncode, 0, done.stderr)
        head, *rows = done.stdout.splitlines()
        self.assertEqual(head.split()[:2], ["bytes", "backend"])
        self.assertEqual(head.split()[-1], "#wrong")
        self.assertEqual([row.split()[:2] for row in rows],
                         [["65536", "mpi"], ["65536", "shm"]])
        self.assertEqual([row.split()[-1] for row in rows], ["0", "0"])

    def refused(self, text, *words, ranks=2):
        done = self.bench(*words, ranks=ranks)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertEqual(done.stderr.count("convoy: "), 1, done.stderr)
        self.assertIn(text, done.stderr)

    def test_refuses_what_it_cannot_measure(self):
        self.refused("mpirun -np 2 convoy bench", ranks=1)
        self.refused('no "gloo" here; want some of shm,', "--backends", "gloo")
        self.refused("--from 12X: want bytes from 4 to 4G", "--from", "12X")
        self.refused("--from 1M is more than --to 1K", "--from", "1M", "--to", "1K")
        self.refused("--repeats", "--repeats", 0)


class Data(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = convoy.workspace() / "bench-data"
        for words in (("dataset", "render", work / "set", "--folders", "--px", 200, "--train", 1,
                       "--val", 0),
                      ("import", "folder", work / "set/train", work / "db")):
            done = convoy.run(*words)
            assert done.returncode == 0, done.stderr
        cls.database = work / "db"

    def rows(self, *words):
        done = convoy.run("bench", *words, "--repeats", 2, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return list(map(json.loads, done.stdout.splitlines()))

    def test_decodes_no_more_than_is_needed_and_nothing_wrong(self):
        whole, needed = self.rows("decode", self.database, "--crop", 96)
        self.assertEqual([whole["decodes"], needed["decodes"]], ["whole", "needed"])
        self.assertEqual(needed["wrong"], 0)
        self.assertLess(needed["median_us"], whole["median_us"])

    def test_measures_the_loader_by_threads(self):
        rows = self.rows("loader", self.database, "--workers", "1,3", "--rotate", 10,
                         "--jitter", 0.2)
        self.assertEqual([row["workers"] for row in rows], [1, 3])
        for row in rows:
            self.assertGreater(row["median_images_per_second"], 10)

    def test_refuses_what_it_cannot_measure(self):
        for text, code, *words in (
                ("--workers 0: want numbers of threads", 64, "loader", self.database,
                 "--workers", "0"),
                ("--workers two: want numbers of threads", 64, "loader", self.database,
                 "--workers", "two"),
                ("DB", 64, "decode"),
                ("nowhere", 66, "decode", self.database / "nowhere")):
            done = convoy.run("bench", *words)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

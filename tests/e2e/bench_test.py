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


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""What ranks agree on, who writes, and what becomes of a job when one does not answer."""
import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

from PIL import Image

import convoy


def run_apart(name, words, ranks=2):
    """Runs each rank in a folder of its own, as on hosts with disks of their own."""
    home = convoy.workspace() / name
    for rank in range(ranks):
        (home / f"rank{rank}").mkdir(parents=True, exist_ok=True)
    script = home / "apart.sh"
    script.write_text(f'#!/bin/sh\ncd {home}/rank$OMPI_COMM_WORLD_RANK && exec "$@"\n')
    script.chmod(0o755)
    done = subprocess.run(
        [*convoy.MPIRUN, "-np", str(ranks), str(script), convoy.CONVOY,
         *map(str, words)], capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL)
    return done, [home / f"rank{rank}" for rank in range(ranks)]


def pictures(name, seed):
    """Twelve pictures of two classes as raw records: the seed changes bytes alone."""
    draw = random.Random(seed)
    folder = convoy.workspace() / name
    for label in ("car", "van"):
        (folder / label).mkdir(parents=True)
        for number in range(6):
            Image.frombytes("RGB", (32, 32), draw.randbytes(3 * 32 * 32)).save(
                folder / label / f"{number}.png")
    database = convoy.workspace() / f"{name}.lmdb"
    done = convoy.run("import", "folder", folder, database, "--store", "raw")
    assert done.returncode == 0, done.stderr
    facts = convoy.run("dataset", "info", database, "--json")
    return database, json.loads(facts.stdout)


class Agreement(unittest.TestCase):
    def test_data_of_equal_keys_and_lengths_but_other_bytes_are_refused(self):
        one, facts = pictures("one", 1)
        other, other_facts = pictures("other", 2)
        self.assertEqual(facts["identity"], other_facts["identity"])
        self.assertNotEqual(facts["fingerprint"], other_facts["fingerprint"])
        home = convoy.workspace() / "bytes"
        for rank, database in enumerate((one, other)):
            (home / f"rank{rank}").mkdir(parents=True)
            (home / f"rank{rank}/train.lmdb").symlink_to(database)
        path, run_dir = convoy.config(
            "bytes-config", data={"train": "train.lmdb", "val": None},
            batch={"global": 4})
        done, _ = run_apart("bytes", ["train", path])
        self.assertEqual(done.returncode, 78, done.stderr)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn("ranks do not agree on the training data", lines[0])
        self.assertIn(facts["fingerprint"], lines[0])
        self.assertIn(other_facts["fingerprint"], lines[0])
        self.assertFalse((run_dir / "checkpoints").exists())


class Writing(unittest.TestCase):
    def test_only_rank_0_writes(self):
        path, _ = convoy.config("apart-config", run={"dir": "run"})
        done, (first, second) = run_apart("apart", ["train", path])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(list((first / "run/checkpoints").glob("step-*")))
        self.assertTrue((first / "run/metrics.jsonl").exists())
        self.assertEqual(list(second.iterdir()), [])


class Hanging(unittest.TestCase):
    def test_a_rank_that_hangs_ends_the_job_within_the_deadline(self):
        path, run_dir = convoy.config(
            "hang", run={"iterations": 1000, "log_every": 1},
            distributed={"timeout_s": 3})
        job = convoy.start("train", path, ranks=2)
        self.addCleanup(convoy.end, job)
        convoy.wait_for((run_dir / "metrics.jsonl").exists, 60, "a start")
        ranks = convoy.rank_processes(job)
        os.kill(ranks[1], signal.SIGSTOP)
        start = time.monotonic()
        _, errors = job.communicate(timeout=60)
        self.assertLess(time.monotonic() - start, 15)
        self.assertEqual(job.returncode, 71, errors)
        self.assertRegex(errors, r"convoy: rank 0 on \S+: waited \d+ s for the other ranks")
        self.assertIn("distributed.timeout_s = 3", errors)
        convoy.wait_for(lambda: not any(map(convoy.is_alive, ranks.values())), 5, "their end")


if __name__ == "__main__":
    unittest.main(verbosity=2)

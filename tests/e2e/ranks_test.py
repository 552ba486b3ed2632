"""What ranks agree on, and who writes."""
import json
import random
import subprocess
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


if __name__ == "__main__":
    unittest.main(verbosity=2)

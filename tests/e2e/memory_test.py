"""What does not fit into memory ends with one sentence, and its advice holds."""
import os
import re
import resource
import subprocess
import time
import unittest

import convoy

MB = 1 << 20
SAMPLES = 512
# One thread and one arena: a run takes the same address space every time.
STEADY = {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


def no_evaluation(name, **changes):
    """The words of a run of one step."""
    path, _ = convoy.config(
        name, convoy.vehicles(px=64),
        run={"epochs": 0, "iterations": 1, "log_every": 1},
        augment={"crop_px": 64}, eval={"resize_px": 64, "crop_px": 64}, **changes)
    return ["train", path, "--resume", "never", "--set", "data.val=null",
            "--set", "data.prefetch_batches=1"]


def limited(limit, *words):
    """Runs with at most `limit` bytes of address space."""
    return subprocess.run(
        convoy.command(words), capture_output=True, text=True, timeout=240,
        stdin=subprocess.DEVNULL, env=STEADY,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))


def address_space(*words):
    """The most that a run takes, in bytes, where there is a limit, if a far one: without
    any it reserves as many addresses as there is memory."""
    job = subprocess.Popen(
        convoy.command(words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL, env=STEADY,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 46, 1 << 46)))
    most = 0
    while job.poll() is None:
        try:
            with open(f"/proc/{job.pid}/status") as status:
                found = re.search(r"VmPeak:\s+(\d+) kB", status.read())
        except OSError:
            continue
        most = max(most, int(found[1]) << 10 if found else 0)
        time.sleep(0.01)
    assert job.returncode == 0
    return most


class Memory(unittest.TestCase):
    def sentence(self, done):
        """The complaint: the last line of stderr, the only one of the program's name."""
        lines = done.stderr.strip().splitlines()
        complaints = [line for line in lines if line.startswith("convoy: ")]
        self.assertEqual(len(complaints), 1, done.stderr)
        self.assertEqual(lines[-1], complaints[0])
        return complaints[0]

    def test_a_step_that_does_not_fit_names_a_micro_batch_that_does(self):
        # Only the head is trained, so that the first layers' outputs are by far the
        # largest allocations: what is refused is one of them, and not one of a few bytes
        # inside a library that does not expect it.
        seed = no_evaluation("weights", batch={"global": 4})
        self.assertEqual(convoy.run(*seed).returncode, 0)
        weights = convoy.newest_checkpoint(convoy.workspace() / "weights/run")
        words = no_evaluation(
            "step", batch={"global": SAMPLES}, net={"weights": str(weights)},
            fine_tune={"mode": "head"})
        # A first layer's output for all samples takes 134 MB, and two of them are alive.
        limit = address_space(*words) - 40 * MB
        done = limited(limit, *words)
        self.assertEqual(done.returncode, 70, done.stderr)
        said = self.sentence(done)
        self.assertIn(f"out of memory: {SAMPLES} samples of 64 x 64 at a time are too many",
                      said)
        self.assertRegex(said, r"\(tried to allocate \d+ bytes; this process holds \d+ MB, "
                               r"the machine has \d+ MB left for it\)")
        micro = re.search(r"(\d+) at a time were tried and fit: set batch\.micro=\1 ", said)
        self.assertTrue(micro, said)
        self.assertIn(int(micro[1]), (SAMPLES // 2, SAMPLES // 4, SAMPLES // 8))
        again = limited(limit, *words, "--set", f"batch.micro={micro[1]}")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_a_batch_beyond_the_loaders_memory_is_refused_before_the_first_step(self):
        path, _ = convoy.config("loader")
        done = convoy.run("train", path, "--set", "batch.global=100000000",
                          "--set", "batch.micro=8", ranks=2)
        self.assertEqual(done.returncode, 70, done.stderr)
        said = self.sentence(done)
        self.assertRegex(said, r"out of memory: the loader's 4 batches of 50000000 samples "
                               r"want \d+ MB a rank, and \d+ MB are left")
        self.assertRegex(said, r"a rank could hold \d+ samples: set batch\.global")

    def test_a_network_beyond_memory_is_one_sentence_too(self):
        words = no_evaluation("network", net={"name": "alexnet"})
        small = no_evaluation("small-network")
        limit = address_space(*small, "--dry-run") + 64 * MB
        done = limited(limit, *words)
        self.assertEqual(done.returncode, 70, done.stderr)
        self.assertRegex(self.sentence(done),
                         r"^convoy: (rank 0 on \S+: )?out of memory: tried to allocate")

    def test_a_step_finds_the_memory_of_the_one_before(self):
        faults = []
        for steps in (4, 64):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt
            words = no_evaluation(f"kept-{steps}", net={"name": "resnet18"})
            done = convoy.run(*words, "--set", f"run.iterations={steps}", env=STEADY)
            self.assertEqual(done.returncode, 0, done.stderr)
            faults.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt - before)
        # A step's activations and gradients are 12,000 pages of 4 KB; how many of the first
        # ones are huge differs from run to run.
        self.assertLess((faults[1] - faults[0]) / 60, 3000, faults)


if __name__ == "__main__":
    unittest.main(verbosity=2)

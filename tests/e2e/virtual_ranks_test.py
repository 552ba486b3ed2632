"""distributed.virtual_ranks: a run's bits on any number of ranks."""
import unittest

import convoy


def config(name, *, backend="auto", virtual_ranks=12, **changes):
    """With everything that a rank's share could change: batch norm, shares that differ
    by one, an average of the weights, gradients that are cut."""
    return convoy.config(
        name, convoy.vehicles(), batch={"global": 26},
        optimizer={"lr": 0.05, "clip_norm": 1.0, "ema_decay": 0.9},
        distributed={"virtual_ranks": virtual_ranks, "backend": backend}, **changes)


class VirtualRanks(unittest.TestCase):
    def trained(self, name, ranks, *words, **options):
        path, run_dir = config(name, **options)
        done = convoy.run("train", path, *words, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return run_dir

    def same(self, one, other, why):
        """Parameters, buffers, optimizer state and losses."""
        self.assertEqual(convoy.state_hashes(one), convoy.state_hashes(other), why)
        first = convoy.tensors_of(convoy.newest_checkpoint(one))
        second = convoy.tensors_of(convoy.newest_checkpoint(other))
        self.assertEqual(first.keys(), second.keys(), why)
        for name, content in first.items():
            self.assertEqual(content, second[name], (why, name))
        losses = [[(r["step"], r["loss"], r["gradient_norm"])
                   for r in convoy.metrics(run, "train")] for run in (one, other)]
        self.assertEqual(*losses, why)

    def test_one_two_three_and_four_ranks_give_the_same_bits(self):
        one = self.trained("on-1", 1)
        for ranks in (2, 3, 4):
            other = self.trained(f"on-{ranks}", ranks)
            self.same(one, other, f"{ranks} ranks")
        self.same(one, self.trained("on-3-mpi", 3, backend="mpi"), "3 ranks over MPI")

    def test_the_bits_are_those_of_as_many_ranks(self):
        plain = self.trained("plain-4", 4, virtual_ranks=0, backend="shm")
        self.same(plain, self.trained("virtual-4", 2, virtual_ranks=4), "4 as 2")

    def test_a_run_goes_on_on_another_number_of_ranks(self):
        whole = self.trained("whole", 2)
        self.trained("parts", 3, "--set", "run.checkpoint_every_steps=3",
                     "--set", "run.iterations=6")
        path, run_dir = config("parts")
        (run_dir / "checkpoints/step-000000006.safetensors").unlink()
        done = convoy.run("train", path, "--set", "run.checkpoint_every_steps=3", ranks=1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("step-000000003", done.stderr)
        self.assertIn("continues bit by bit", done.stderr)
        self.assertEqual(convoy.state_hashes(whole)[6], convoy.state_hashes(run_dir)[6])

    def test_what_can_not_be_the_same_is_refused(self):
        for words, ranks, text in (
                ((), 5, "12 virtual ranks on 5 ranks; want as many ranks as divide them"),
                (("--set", "batch.micro=1"), 2, "use more virtual ranks in place of"),
                (("--set", "batch.global=0", "--set", "batch.per_rank=8"), 2,
                 "want batch.global"),
                (("--set", "batch.global=12"), 2, "gives batch norm a single sample")):
            path, _ = config("refused")
            done = convoy.run("train", path, *words, ranks=ranks)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(text, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

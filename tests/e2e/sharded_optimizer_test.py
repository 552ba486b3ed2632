"""distributed.sharded_optimizer: the run of a whole optimizer, in parts."""
import unittest

import convoy


def config(name, *, sharded=True, optimizer="sgd", backend="auto", clip=0.0, **changes):
    return convoy.config(
        name, convoy.vehicles(), optimizer={
            "name": optimizer, "lr": 0.01, "ema_decay": 0.9, "clip_norm": clip},
        distributed={"sharded_optimizer": sharded, "backend": backend}, **changes)


class ShardedOptimizer(unittest.TestCase):
    def trained(self, name, ranks, *words, **options):
        path, run_dir = config(name, **options)
        done = convoy.run("train", path, *words, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.told = done.stderr
        return run_dir

    def test_a_run_has_the_bits_of_one_with_a_whole_optimizer(self):
        for optimizer in ("sgd", "adamw"):
            for ranks in (2, 3):
                name = f"{optimizer}-{ranks}"
                whole = self.trained(f"{name}-whole", ranks, sharded=False,
                                     optimizer=optimizer, backend="shm")
                self.assertNotIn("each rank updates its part", self.told)
                parts = self.trained(f"{name}-parts", ranks, optimizer=optimizer, backend="shm")
                self.assertIn("each rank updates its part", self.told)
                self.assertEqual(convoy.state_hashes(whole), convoy.state_hashes(parts), name)
                tensors = [convoy.tensors_of(convoy.newest_checkpoint(run))
                           for run in (whole, parts)]
                self.assertEqual(tensors[0], tensors[1], name)

    def test_whole_sums_have_the_bits_of_mpi_where_they_are_not_copied(self):
        runs = [self.trained(f"whole-{backend}", 2, sharded=False, backend=backend)
                for backend in ("shm", "mpi")]
        # Of two numbers the sum does not depend on the order.
        self.assertEqual(convoy.state_hashes(runs[0]), convoy.state_hashes(runs[1]))

    def test_a_clipped_run_follows_that_of_a_whole_optimizer(self):
        runs = [self.trained(f"clipped-{backend}-{sharded}", 2, sharded=sharded, clip=0.5,
                             backend=backend)
                for sharded, backend in ((False, "shm"), (True, "shm"), (True, "mpi"))]
        figures = [[(r["loss"], r["gradient_norm"]) for r in convoy.metrics(run, "train")]
                   for run in runs]
        # The norm is added up in another order, and what that rounds grows from step to step.
        for other in figures[1:]:
            for i, (one, its) in enumerate(zip(figures[0], other, strict=True)):
                for value, its_value in zip(one, its):
                    self.assertAlmostEqual(value, its_value, delta=1e-6 if i == 0 else 1e-2)

    def test_a_run_goes_on_sharded_or_whole_with_the_same_bits(self):
        options = {"optimizer": "adamw", "backend": "shm"}
        straight = self.trained("straight", 2, **options)
        self.trained("switching", 2, "--set", "run.checkpoint_every_steps=3", **options)
        path, run_dir = config("switching", **options)
        for sharded in ("true", "false"):
            (run_dir / "checkpoints/step-000000006.safetensors").unlink()
            done = convoy.run(
                "train", path, "--force-resume", "--set", "run.checkpoint_every_steps=3",
                "--set", f"distributed.sharded_optimizer={sharded}", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("step-000000003", done.stderr)
            self.assertEqual(convoy.state_hashes(straight)[6], convoy.state_hashes(run_dir)[6],
                             sharded)

    def test_parameters_that_are_trained_later_join_with_their_state(self):
        weights = convoy.newest_checkpoint(self.trained("weights", 2))
        options = {"optimizer": "adamw", "backend": "shm", "net": {"weights": str(weights)},
                   "fine_tune": {"mode": "head", "unfreeze": ["layer3=1", "all=2"]},
                   "run": {"iterations": 0, "epochs": 3}}
        whole = self.trained("unfrozen-whole", 2, sharded=False, **options)
        self.assertIn("after 2 epochs more is trained", self.told)
        parts = self.trained("unfrozen-parts", 2, **options)
        self.assertEqual(convoy.state_hashes(whole), convoy.state_hashes(parts))

    def test_auto_is_where_ranks_share_memory_and_bits_stay(self):
        for ranks, words, sharded in (
                (2, (), True),
                (2, ("--set", "distributed.backend=mpi"), False),
                (2, ("--set", "optimizer.clip_norm=1"), False),
                (2, ("--set", "optimizer.name=lars"), False),
                (2, ("--set", "distributed.virtual_ranks=4"), False),
                (1, (), False)):
            path, _ = config(f"auto-{ranks}-{len(words) and words[1]}", sharded="auto")
            done = convoy.run("train", path, "--set", "run.iterations=1", *words, ranks=ranks)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("each rank updates its part" in done.stderr, sharded, (ranks, words))

    def test_what_can_not_be_is_refused(self):
        for words, text in (
                (("--set", "optimizer.name=lars"), "lars needs the norms of whole tensors"),
                (("--set", "distributed.virtual_ranks=4"), "want one of the two")):
            path, _ = config("refused")
            done = convoy.run("train", path, *words, ranks=2)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(text, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

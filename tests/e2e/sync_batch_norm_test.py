"""distributed.sync_batch_norm: several ranks' batches are one to batch norm."""
import unittest

import convoy


class SyncBatchNorm(unittest.TestCase):
    def gradient_norms(self, name, ranks, together, **batch):
        path, run_dir = convoy.config(
            name, batch={"global": 16, **batch}, run={"log_every": 1, "iterations": 3},
            distributed={"sync_batch_norm": together})
        done = convoy.run("train", path, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [r["gradient_norm"] for r in convoy.metrics(run_dir, "train")]

    def test_ranks_train_as_one_with_all_their_samples(self):
        one, *_ = self.gradient_norms("one", 1, 1)
        own, *_ = self.gradient_norms("own", 4, 1)
        self.assertGreater(abs(own - one), 0.01 * one)
        for ranks in (2, 4):
            all_ranks, *_ = self.gradient_norms(f"all-{ranks}", ranks, 0)
            self.assertAlmostEqual(all_ranks, one, delta=2e-3 * one)

    def test_groups_are_of_neighbours(self):
        two, *_ = self.gradient_norms("two", 2, 1)
        groups, *_ = self.gradient_norms("groups", 4, 2)
        self.assertAlmostEqual(groups, two, delta=2e-3 * two)

    def test_one_sample_a_rank_and_micro_batches_do(self):
        norms = self.gradient_norms("single", 4, 0, micro=2)
        self.assertEqual(len(norms), 3)
        norms = self.gradient_norms("few", 4, 0, **{"global": 4})
        self.assertEqual(len(norms), 3)

    def test_groups_that_do_not_fit_are_refused(self):
        path, _ = convoy.config("refused", distributed={"sync_batch_norm": 2})
        done = convoy.run("train", path, ranks=3)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("3 ranks can't be cut into groups of 2", done.stderr)
        done = convoy.run(
            "train", path, "--set", "distributed.virtual_ranks=4", ranks=2)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("want one of the two", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

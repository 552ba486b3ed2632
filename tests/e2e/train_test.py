"""The main job: training on several ranks, what it leaves behind, what it proves."""
import json
import unittest

import convoy


class Training(unittest.TestCase):
    def test_leaves_every_promised_file_and_learns(self):
        path, run_dir = convoy.config(
            "files", run={"epochs": 3, "iterations": 0, "log_every": 5},
            batch={"global": 20})
        done = convoy.run("train", path, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("config.yaml", "log.txt", "metrics.jsonl", "summary.csv",
                     "passport.json"):
            self.assertTrue((run_dir / name).stat().st_size > 0, name)
        records = convoy.metrics(run_dir, "train")
        self.assertEqual([r["step"] for r in records], list(range(5, 61, 5)))
        self.assertLess(records[-1]["loss"], records[0]["loss"])
        for record in records:
            self.assertEqual(record["ranks"], 2)
            self.assertGreater(record["images_per_second"], 0)
            for phase in ("data", "compute", "comm", "optimizer"):
                self.assertLessEqual(record["phase_ms_min"][phase],
                                     record["phase_ms_mean"][phase] + 1e-9)
                self.assertLessEqual(record["phase_ms_mean"][phase],
                                     record["phase_ms_max"][phase] + 1e-9)
            self.assertRegex(record["slowest"], r"^rank [01] \(")
        passport = json.loads((run_dir / "passport.json").read_text())
        self.assertEqual(passport["status"], "finished")
        self.assertEqual(passport["step"], 60)
        self.assertEqual(len(passport["ranks"]), 2)
        self.assertEqual(passport["training_data"]["records"], 400)
        self.assertIn("Acc@1", done.stderr)
        summary = (run_dir / "summary.csv").read_text().splitlines()
        self.assertEqual(len(summary), 4)
        self.assertTrue(summary[0].startswith("epoch,step,train_loss"))

    def test_sees_the_same_samples_on_any_number_of_ranks(self):
        samplings = ({}, {"sampling": "balanced"},
                     {"sampling": "balanced", "repeat_augment": 3})
        seen = []
        for i, data in enumerate(samplings):
            hashes = {}
            for ranks in (1, 2, 3):
                path, run_dir = convoy.config(
                    f"samples{i}-{ranks}", data=data,
                    augment=convoy.MORE_AUGMENTATION, batch={"global": 25})
                done = convoy.run("train", path, ranks=ranks)
                self.assertEqual(done.returncode, 0, done.stderr)
                hashes[ranks] = [r["samples_hash"] for r in convoy.metrics(run_dir, "train")]
            self.assertEqual(len(hashes[1]), 3)
            self.assertEqual(hashes[1], hashes[2])
            self.assertEqual(hashes[1], hashes[3])
            self.assertNotIn(hashes[1], seen)
            seen.append(hashes[1])
        self.assertIn("balanced, each of 100 classes 4 times an epoch, each picture 3 times",
                      done.stderr)

    def initial_losses(self, name, ranks, **augment):
        """Of the first batch, and of an evaluation: the step is too small to move a weight.
        SqueezeNet has no batch norm, which would depend on who shares a batch."""
        path, run_dir = convoy.config(
            name, convoy.vehicles(1, 1, 64), run={"iterations": 1, "log_every": 1},
            augment={"crop_px": 64, **augment}, eval={"resize_px": 64, "crop_px": 64},
            net={"name": "squeezenet1_1"}, optimizer={"lr": 1e-30}, batch={"global": 25})
        done = convoy.run("train", path, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        return (convoy.metrics(run_dir, "train")[0]["loss"],
                convoy.metrics(run_dir, "eval")[0]["loss"])

    def test_augments_and_mixes_alike_on_any_number_of_ranks_and_never_in_evaluation(self):
        plain, evaluation = self.initial_losses("plain", 2)
        more = convoy.MORE_AUGMENTATION
        alone = self.initial_losses("more-1", 1, **more)
        shared = self.initial_losses("more-2", 2, **more)
        other = self.initial_losses("trivial", 2, **{**more, "policy": "trivial_wide"})
        # Only the order of sums differs.
        self.assertAlmostEqual(alone[0], shared[0], places=6)
        self.assertNotAlmostEqual(shared[0], plain, places=6)
        self.assertNotAlmostEqual(shared[0], other[0], places=6)
        for figures in (alone, shared, other):
            self.assertEqual(figures[1], evaluation)

    def test_repeats_bit_by_bit(self):
        states = []
        for i in range(2):
            path, run_dir = convoy.config(f"repeat{i}")
            self.assertEqual(convoy.run("train", path, ranks=2).returncode, 0)
            states.append(convoy.tensors_of(convoy.newest_checkpoint(run_dir)))
        self.assertEqual(states[0], states[1])

    def test_evaluating_and_saving_change_nothing(self):
        states = []
        for name, every in (("often", 1), ("never", 0)):
            path, run_dir = convoy.config(
                name, convoy.vehicles(1, 1),
                run={"log_every": 1, "evaluate_every_epochs": every,
                     "checkpoint_every_epochs": every, "checkpoint_every_steps": every,
                     "tensorboard": bool(every)},
                batch={"global": 50})
            done = convoy.run("train", path, ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(convoy.metrics(run_dir, "eval")), 3 if every else 1)
            self.assertEqual(len(list(run_dir.glob("events.*"))), every)
            states.append((convoy.tensors_of(convoy.newest_checkpoint(run_dir)),
                           [r["loss"] for r in convoy.metrics(run_dir, "train")]))
        self.assertEqual(states[0], states[1])

    def test_gradient_accumulation_equals_the_whole_batch_without_batch_norm(self):
        # SqueezeNet has no batch norm, so only rounding may differ.
        losses = []
        for micro in (0, 3):
            path, run_dir = convoy.config(
                f"micro{micro}", convoy.vehicles(1, 1, 64),
                run={"iterations": 3, "log_every": 1},
                augment={"crop_px": 64}, eval={"resize_px": 64, "crop_px": 64},
                net={"name": "squeezenet1_1", "dropout": 0.5},
                optimizer={"lr": 0.01}, batch={"global": 12, "micro": micro})
            done = convoy.run("train", path, ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            losses.append([r["loss"] for r in convoy.metrics(run_dir, "train")])
        for whole, parts in zip(*losses):
            self.assertAlmostEqual(whole, parts, places=4)

    def test_starts_from_a_checkpoint_with_another_head(self):
        path, run_dir = convoy.config("pretrain")
        self.assertEqual(convoy.run("train", path, ranks=2).returncode, 0)
        weights = convoy.newest_checkpoint(run_dir)
        path, run_dir = convoy.config(
            "finetune", net={"weights": str(weights), "classes": 120},
            fine_tune={"mode": "head"})
        # Averages over three ranks are rounded: frozen statistics stay out of them.
        done = convoy.run("train", path, ranks=3)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("reset, keeps its initial values (2): linear.weight", done.stderr)
        before = convoy.tensors_of(weights)
        after = convoy.tensors_of(convoy.newest_checkpoint(run_dir))
        for name in before:
            if name.startswith("net.") and not name.startswith("net.linear."):
                self.assertEqual(before[name], after[name], name)
        self.assertEqual(
            [n for n in after if n.startswith("optimizer.")],
            ["optimizer.momentum.linear.weight", "optimizer.momentum.linear.bias"])

    def test_dry_run_stops_before_the_first_step(self):
        path, run_dir = convoy.config("dry")
        done = convoy.run("train", path, "--dry-run", ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("in order", done.stderr)
        self.assertFalse(run_dir.exists(), "nothing ran")

    def test_prints_a_config_that_trains(self):
        path, _ = convoy.config("print")
        shown = convoy.run("train", path, "--print-config")
        self.assertEqual(shown.returncode, 0)
        again = convoy.workspace() / "printed.yaml"
        again.write_text(shown.stdout)
        self.assertEqual(
            convoy.run("train", again, "--print-config").stdout, shown.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)

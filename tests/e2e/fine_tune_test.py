"""Fine-tuning, end to end: what is trained when, what is kept, when it ends."""
import functools
import json
import re
import struct
import unittest

import convoy


@functools.lru_cache(maxsize=None)
def pretrained():
    """A small network with batch norm, after four steps."""
    path, run_dir = convoy.config(
        "pretrained", convoy.vehicles(1, 1), net={"name": "cifar_resnet20"},
        run={"iterations": 4}, batch={"global": 25})
    done = convoy.run("train", path, ranks=2)
    assert done.returncode == 0, done.stderr
    return convoy.newest_checkpoint(run_dir)


def fine_tuning(name, **changes):
    """A config of three epochs of four steps that saves at every step."""
    sections = {
        "net": {"name": "cifar_resnet20", "weights": str(pretrained())},
        "run": {"epochs": 3, "iterations": 0, "log_every": 1, "keep": 100,
                "checkpoint_every_steps": 1},
        "batch": {"global": 25}}
    for section, values in changes.items():
        sections.setdefault(section, {}).update(values)
    return convoy.config(name, convoy.vehicles(1, 1), **sections)


class OneRun(unittest.TestCase):
    """One uninterrupted run; others go on from its checkpoints."""

    RANKS = 2

    def train(self, path, *words):
        done = convoy.run("train", path, *words, ranks=self.RANKS)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def checkpoint(self, run_dir, step):
        return run_dir / f"checkpoints/step-{step:09d}.safetensors"

    def check_going_on(self, path, run_dir, steps):
        """Whoever goes on from the checkpoints of these steps ends with the same bits and
        figures."""
        end = convoy.tensors_of(convoy.newest_checkpoint(run_dir))
        for step in steps:
            other = convoy.workspace() / f"{run_dir.parent.name}-{step}"
            errors = self.train(path, "--set", f"run.dir={other}",
                                "--resume", self.checkpoint(run_dir, step))
            self.assertIn("bit by bit", errors)
            self.assertEqual(convoy.tensors_of(convoy.newest_checkpoint(other)), end,
                             f"from step {step}")
            for kind in ("train", "eval"):
                # Times differ.
                figures = [
                    [(r["step"], r["loss"], r["top1"]) for r in convoy.metrics(d, kind)
                     if r["step"] > step] for d in (run_dir, other)]
                self.assertEqual(figures[0], figures[1])


class Unfreezing(OneRun):
    CHANGES = {"fine_tune": {"mode": "head", "unfreeze": ["layer3=1", "all=2"]}}

    def test_trains_more_at_its_epochs_and_goes_on_bit_by_bit_across_them(self):
        path, run_dir = fine_tuning("unfreeze", **self.CHANGES)
        errors = self.train(path)
        self.assertIn("6500 of 275572 parameters: linear; more after so many epochs: "
                      "layer3=1, all=2", errors)
        self.assertEqual(errors.count("more is trained"), 2, errors)
        self.assertIn("after 1 epoch more is trained: ", errors)
        self.assertIn("after 2 epochs more is trained: all ", errors)
        self.assertEqual([r["step"] for r in convoy.metrics(run_dir, "unfreeze")], [5, 9])
        self.check_states(run_dir)
        # Before the first boundary, and at it.
        self.check_going_on(path, run_dir, (3, 4))
        self.check_going_on_in_place(path, run_dir)
        self.check_another_batch(path, run_dir)
        other = convoy.run("train", path, "--set", 'fine_tune.unfreeze=["all=1"]', ranks=2)
        self.assertEqual(other.returncode, 78, other.stderr)
        self.assertIn("fine_tune.unfreeze: ", other.stderr)

    def check_going_on_in_place(self, path, run_dir):
        copy = convoy.copy_run(run_dir, convoy.workspace() / "unfreeze-again")
        self.train(path, "--set", f"run.dir={copy}",
                   "--resume", self.checkpoint(copy, 4))
        self.assertEqual([r["step"] for r in convoy.metrics(copy, "unfreeze")], [5, 9])

    def check_another_batch(self, path, run_dir):
        """Of ten steps an epoch: what was trained before goes on being trained."""
        other = convoy.workspace() / "unfreeze-batch"
        errors = self.train(path, "--set", f"run.dir={other}", "--set", "batch.global=10",
                            "--resume", self.checkpoint(run_dir, 5), "--force-resume")
        self.assertEqual(errors.count("more is trained"), 1, errors)
        self.assertEqual([r["step"] for r in convoy.metrics(other, "unfreeze")], [21])

    def check_states(self, run_dir):
        """A checkpoint holds the optimizer's state of what was trained until then, and
        what was not trained is as it was."""
        before = convoy.tensors_of(pretrained())
        momenta = {}
        for step in (4, 5, 8, 9):
            after = convoy.tensors_of(self.checkpoint(run_dir, step))
            momenta[step] = sum(name.startswith("optimizer.") for name in after)
            frozen = {4: ("conv1", "bn1", "layer"), 5: ("conv1", "bn1", "layer1", "layer2"),
                      8: ("conv1", "bn1", "layer1", "layer2"), 9: ()}[step]
            for name in before:
                part = name.removeprefix("net.")
                if name.startswith("net.") and part.startswith(tuple(frozen)):
                    self.assertEqual(after[name], before[name], f"{name} at {step}")
        self.assertEqual(momenta[4], 2)
        self.assertEqual(momenta[5], momenta[8])
        self.assertLess(momenta[4], momenta[5])
        self.assertLess(momenta[8], momenta[9])


class Average(OneRun):
    def test_is_what_is_evaluated_and_goes_on_bit_by_bit(self):
        path, run_dir = fine_tuning(
            "average", optimizer={"ema_decay": 0.9, "name": "adamw", "lr": 0.001},
            run={"best_by": "macro_f1"})
        errors = self.train(path)
        figures = {r["step"]: r["macro_f1"] for r in convoy.metrics(run_dir, "eval")}
        best = re.search(r"best macro_f1 at step (\d+): .* macro_f1 ([\d.]+)", errors)
        self.assertEqual(figures[int(best[1])], max(figures.values()))
        self.assertAlmostEqual(float(best[2]), max(figures.values()), 3)
        newest = convoy.newest_checkpoint(run_dir)
        end = convoy.tensors_of(newest)
        self.assertNotEqual(end["ema.conv1.weight"], end["net.conv1.weight"])
        done = convoy.run("evaluate", "--checkpoint", newest, "--json",
                          "--data", convoy.vehicles(1, 1) / "val.lmdb")
        self.assertEqual(done.returncode, 0, done.stderr)
        errors = self.train(path, "--set", "run.best_by=loss")
        self.assertIn("run.best_by is another than in the checkpoint: the best so far is "
                      "forgotten", errors)
        self.assertNotIn("best loss", errors)
        report, record = json.loads(done.stdout), convoy.metrics(run_dir, "eval")[-1]
        self.assertEqual(report["loss"], record["loss"])
        self.assertAlmostEqual(100 * report["averages"]["macro"]["f1"], record["macro_f1"])
        self.check_going_on(path, run_dir, (3,))


class Patience(OneRun):
    # A rate of almost nothing: no evaluation is better than the first.
    CHANGES = {"optimizer": {"lr": 1e-30, "weight_decay": 0, "momentum": 0},
               "run": {"epochs": 9, "patience_epochs": 2, "best_by": "loss"},
               "fine_tune": {"freeze_batch_norm": True}}

    def check_the_end(self, run_dir, errors):
        self.assertIn("done: 12 steps", errors)
        self.assertIn("(no better evaluation in run.patience_epochs: 2)", errors)
        self.assertIn("best loss at step 4: Acc@1 ", errors)
        self.assertEqual([r["step"] for r in convoy.metrics(run_dir, "eval")][-1], 12)

    def test_ends_the_run_and_is_counted_on_by_one_that_goes_on(self):
        path, run_dir = fine_tuning("patience", **self.CHANGES)
        self.check_the_end(run_dir, self.train(path))
        self.assertIn("nothing is left to do here", self.train(path))
        other = convoy.workspace() / "patience-from-9"
        self.check_the_end(other, self.train(
            path, "--set", f"run.dir={other}",
            "--resume", self.checkpoint(run_dir, 9)))


class Kept(OneRun):
    """What the frozen part makes of a picture, computed once."""

    CHANGES = {"fine_tune": {"mode": "head"},
               "augment": {"crop": "none", "rotate_degrees": 0, "noise_stddev": 0,
                           "jitter": {}}}

    RANKS = 3  # whose shares differ

    def test_is_the_same_training_as_without_and_goes_on_bit_by_bit(self):
        path, run_dir = fine_tuning("kept", **self.CHANGES)
        errors = self.train(path)
        self.assertIn("computed once for each of 100 training pictures (0.0256 MB a rank); "
                      "once for validation", errors)
        self.assertNotIn("TensorBoard will not see", errors)  # features are no pictures
        self.check_going_on(path, run_dir, (6,))
        plain_path, plain = fine_tuning("not-kept", **self.CHANGES)
        self.assertNotIn("frozen part", self.train(
            plain_path, "--set", "fine_tune.cache_mb=0"))
        self.check_alike(run_dir, plain)

    def check_alike(self, one, other):
        """The same pictures, and figures that differ by the rounding of a forward pass of
        another size at most."""
        for kind in ("train", "eval"):
            pairs = list(zip(convoy.metrics(one, kind), convoy.metrics(other, kind)))
            self.assertTrue(pairs)
            for a, b in pairs:
                self.assertEqual(a["step"], b["step"])
                self.assertEqual(a.get("samples_hash"), b.get("samples_hash"))
                self.assertAlmostEqual(a["loss"], b["loss"], delta=1e-5 * b["loss"])
        a, b = (convoy.tensors_of(convoy.newest_checkpoint(d)) for d in (one, other))
        self.assertEqual(a.keys(), b.keys())
        for name, values in a.items():
            if "linear" not in name:
                self.assertEqual(values, b[name], name)
                continue
            for x, y in zip(struct.iter_unpack("<f", values),
                            struct.iter_unpack("<f", b[name])):
                self.assertAlmostEqual(x[0], y[0], delta=1e-5)


class SameScores(OneRun):
    def test_are_warned_of_once_where_the_rate_kills_the_last_relu(self):
        path, run_dir = convoy.config(
            "dead", convoy.vehicles(1, 1), net={"name": "squeezenet1_1"},
            run={"iterations": 30, "log_every": 10}, batch={"global": 20},
            optimizer={"name": "adam", "lr": 0.1}, schedule={"name": "constant"})
        errors = self.train(path)
        self.assertEqual(errors.count("every picture got the same scores"), 1, errors)
        self.assertIn("optimizer.lr=0.01)", errors)
        self.assertEqual(len(convoy.metrics(run_dir, "same_scores")), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

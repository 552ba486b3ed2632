"""Each reference recipe for ImageNet learns: 50 steps of its own losses, optimizer and
schedule on two ranks, on small pictures and batches, at a rate for those."""
import unittest

import convoy

PX = 96  # of every picture, so that a random crop of the stored one is the whole


# Chosen so that 50 steps show a fall: the recipes' rates are for batches of hundreds of
# pictures. Three recipes fall with 16 at the full rate. ResNet-50 did not (means of steps 1
# to 10 and 41 to 50: to 28; at the share that belongs to 16, 6.89 and 7.55), nor did the
# newer one (6.76 and 7.23 with 16, 6.66 and 7.26 with 64 at the share of 64); with half the
# latter it falls. Repeated augmentation is part of that: with 1 in place of 4 it was 6.96 and 6.49.
FULL_RATE = ["batch.global=16", "optimizer.lr_scaling=none"]
RATES = {"imagenet_resnet50": ["batch.global=64"],
         "imagenet_resnet50_v2": ["batch.global=64", "optimizer.lr_batch=8192"]}


class Steps(unittest.TestCase):
    def losses(self, recipe):
        data = convoy.vehicles(4, 1, PX)
        run_dir = convoy.workspace() / recipe.stem
        done = convoy.run(
            "train", recipe, *(word for setting in (
                f"data.train={data}/train.lmdb", f"data.val={data}/val.lmdb",
                f"run.dir={run_dir}", "run.epochs=0", "run.iterations=50", "run.log_every=1",
                "run.checkpoint_every_epochs=0", "run.evaluate_every_epochs=0",
                # The head's biases are the first to learn that only 100 classes occur.
                "net.classes=1000", *RATES.get(recipe.stem, FULL_RATE),
                f"augment.crop_px={PX}", f"eval.crop_px={PX}", f"eval.resize_px={PX}")
                for word in ("--set", setting)), ranks=2, timeout=1800)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [record["loss"] for record in convoy.metrics(run_dir, "train")]

    def test_the_loss_of_every_recipe_falls(self):
        recipes = sorted((convoy.ROOT / "configs").glob("imagenet_*.yaml"))
        self.assertEqual(len(recipes), 5)
        for recipe in recipes:
            with self.subTest(recipe.stem):
                losses = self.losses(recipe)
                self.assertEqual(len(losses), 50)
                first, last = sum(losses[:10]) / 10, sum(losses[-10:]) / 10
                self.assertLess(last, first - 0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

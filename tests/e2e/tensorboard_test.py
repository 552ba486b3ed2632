"""Event files, opened by TensorBoard itself."""
import io
import random
import unittest

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import convoy


def event_files(run_dir):
    return sorted(run_dir.glob("events.out.tfevents.*"))


def noise_database(name, count):
    """A database of two classes of noise, and its pictures' pixels."""
    draw = random.Random(name)
    folder = convoy.workspace() / name
    pixels = []
    for number in range(count):
        home = folder / ("car", "van")[number % 2]
        home.mkdir(parents=True, exist_ok=True)
        pixels.append(draw.randbytes(3 * 32 * 32))
        Image.frombytes("RGB", (32, 32), pixels[-1]).save(home / f"{number}.png")
    database = convoy.workspace() / f"{name}.lmdb"
    done = convoy.run("import", "folder", folder, database)
    assert done.returncode == 0, done.stderr
    return database, pixels


class Board(unittest.TestCase):
    """What the real TensorBoard reads of a run's event files."""

    @classmethod
    def setUpClass(cls):
        # Six steps, then the last two again from the checkpoint of step 4.
        database, cls.pixels = noise_database("noise", 16)
        path, cls.run_dir = convoy.config(
            "board", run={"log_every": 2, "checkpoint_every_steps": 2},
            data={"train": str(database), "val": str(database)},
            augment={"crop": "none", "rotate_degrees": 0, "noise_stddev": 0,
                     "jitter": {"brightness": 0, "hue": 0}},
            batch={"global": 8})
        for words in ((), ("--resume",
                           cls.run_dir / "checkpoints/step-000000004.safetensors")):
            done = convoy.run("train", path, *words, ranks=2)
            assert done.returncode == 0, done.stderr
        cls.board = EventAccumulator(
            str(cls.run_dir), size_guidance={"scalars": 0, "images": 0})
        cls.board.Reload()

    def curve(self, tag):
        return [(point.step, point.value) for point in self.board.Scalars(tag)]

    def assert_curve(self, tag, records, value):
        self.assertEqual(
            self.curve(tag), [(r["step"], np.float32(value(r))) for r in records], tag)

    def test_shows_each_step_once_with_the_values_of_the_records(self):
        self.assertEqual(len(event_files(self.run_dir)), 2)
        trained = convoy.metrics(self.run_dir, "train")
        evaluated = convoy.metrics(self.run_dir, "eval")
        self.assertEqual([r["step"] for r in trained], [2, 4, 6])
        self.assertEqual([r["step"] for r in evaluated], [2, 4, 6])
        for tag, key in (("loss", "loss"), ("acc1", "top1"), ("acc5", "top5")):
            self.assert_curve(f"train/{tag}", trained, lambda r: r[key])
            self.assert_curve(f"val/{tag}", evaluated, lambda r: r[key])
        self.assert_curve("val/macro_f1", evaluated, lambda r: r["macro_f1"])
        for tag in ("lr", "images_per_second"):
            self.assert_curve(f"train/{tag}", trained, lambda r: r[tag])
        for phase in ("data", "compute", "comm", "optimizer"):
            for (step, share), r in zip(self.curve(f"time/{phase}"), trained):
                ms = r["phase_ms_mean"]
                self.assertEqual(step, r["step"])
                self.assertAlmostEqual(share, ms[phase] / sum(ms.values()), places=6)

    def test_shows_training_samples_as_they_are(self):
        shown = self.board.Images("train/augmented_batch")
        self.assertEqual([image.step for image in shown], [1, 5])
        for image in shown:
            grid = np.asarray(Image.open(io.BytesIO(image.encoded_image_string)))
            self.assertEqual(grid.shape, (66, 66, 3))  # rank 0 has four of the eight
            self.assertEqual((image.height, image.width), (66, 66))
            tiles = {grid[y:y + 32, x:x + 32].tobytes()
                     for y in (0, 34) for x in (0, 34)}
            self.assertEqual(len(tiles), 4)
            self.assertLessEqual(tiles, set(self.pixels))


if __name__ == "__main__":
    unittest.main(verbosity=2)

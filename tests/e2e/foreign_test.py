"""Databases that Caffe's convert_imageset and DIGITS wrote train and evaluate unchanged,
and what convoy writes opens for a reader of Caffe's."""
import contextlib
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

import numpy as np
import torch
import torchvision
from PIL import Image

import convoy

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "install")]
import bundle
import caffe

HEIGHT, WIDTH, RECORDS, CLASSES = 36, 40, 12, 3
CROP = 32
# Caffe's habits: the stored picture, a random crop and mirror, no jitter.
AUGMENT = {"crop": "random", "crop_px": CROP, "flip_horizontal": 0.5, "rotate_degrees": 0,
           "noise_stddev": 0, "jitter": {"brightness": 0, "hue": 0}}
EVAL = {"resize_px": 0, "crop_px": CROP}


def label_of(index):
    """Counts that differ by class: 6, 4 and 2 records."""
    return (0, 1, 0, 1, 0, 2)[index % 6]


def pictures(channels=3):
    rng = np.random.default_rng(17)
    return [rng.integers(0, 256, (HEIGHT, WIDTH, channels), dtype=np.uint8)
            for _ in range(RECORDS)]


def planes(pixels):
    """As Caffe stores a picture: BGR planes, or one gray plane."""
    return caffe.planar_bgr(pixels)


def raw(pixels, label):
    return caffe.datum((pixels.shape[2], HEIGHT, WIDTH), planes(pixels).tobytes(), label)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def database(name, records, **options):
    path = convoy.workspace() / "databases" / name
    shutil.rmtree(path, ignore_errors=True)
    path.parent.mkdir(exist_ok=True)
    caffe.write(path, records, **options)
    (path / "lock.mdb").unlink()
    return path


def colour(name="colour", **options):
    return database(name, [
        (caffe.key(i, f"cars/img {i}.jpg"), raw(p, label_of(i)))
        for i, p in enumerate(pictures())], **options)


def gray():
    return database("gray", [(caffe.key(i, f"{i}.png"), raw(p, label_of(i)))
                             for i, p in enumerate(pictures(1))])


def settings(name, path, **changes):
    sections = {
        "run": {"iterations": 3, "log_every": 1}, "batch": {"global": 6},
        "data": {"train": str(path), "val": None},
        "augment": AUGMENT, "eval": EVAL, "optimizer": {"lr": 0.01},
        "normalize": {"style": "caffe"}, "net": {"name": "squeezenet1_1"},
    }
    for section, values in changes.items():
        sections[section] = {**sections.get(section, {}), **values}
    return convoy.config(name, path.parent, **sections)


def centre(plane_stack):
    top, left = (HEIGHT - CROP) // 2, (WIDTH - CROP) // 2
    return plane_stack[:, top:top + CROP, left:left + CROP]


def loss_of(checkpoint, inputs):
    """What torchvision's network, with a checkpoint's weights, makes of such inputs."""
    header, data = convoy.read_checkpoint(checkpoint)
    state = {}
    for name, entry in header.items():
        if name.startswith("net."):
            kind = np.int64 if entry["dtype"] == "I64" else np.float32
            values = np.frombuffer(data[slice(*entry["data_offsets"])], kind)
            state[name[4:]] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    net = torchvision.models.squeezenet1_1(num_classes=CLASSES)
    net.features[0] = torch.nn.Conv2d(inputs.shape[1], 64, 3, 2)
    net.load_state_dict(state)
    net.eval()
    labels = torch.tensor([label_of(i) for i in range(len(inputs))])
    with torch.no_grad():
        logits = net(torch.from_numpy(inputs.astype(np.float32)))
        return torch.nn.functional.cross_entropy(logits, labels).item()


class Foreign(unittest.TestCase):
    def trained(self, name, path, ranks=2, **changes):
        """Trains and evaluates; returns (checkpoint, evaluation, stderr of train)."""
        config, run_dir = settings(name, path, **changes)
        before = self.content(path)
        done = convoy.run("train", config, ranks=ranks)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([r["step"] for r in convoy.metrics(run_dir, "train")], [1, 2, 3])
        self.assertIn(f"{CLASSES} classes", done.stderr)
        checkpoint = convoy.newest_checkpoint(run_dir)
        evaluated = convoy.run("evaluate", "--checkpoint", checkpoint, "--data", path,
                               "--json", ranks=ranks)
        self.assertEqual(evaluated.returncode, 0, evaluated.stderr)
        self.assertEqual(self.content(path), before)
        result = json.loads(evaluated.stdout)
        self.assertEqual(result["samples"], RECORDS)
        return checkpoint, result, done.stderr

    @staticmethod
    def content(path):
        """Names in the folder, and a hash of what is used of the data file."""
        with (path / "data.mdb").open("rb") as file:
            used = file.read(1 << 22)
        return sorted(p.name for p in path.iterdir()), hashlib.sha256(used).digest()

    def info(self, path):
        shown = convoy.run("dataset", "info", path)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertRegex(shown.stdout, r"classes +3\n +0 +6 .*\n +1 +4 .*\n +2 +2 ")
        return shown.stdout


class Kinds(Foreign):
    raw_records = None

    def trains_as_raw_records_do(self, name, path):
        """The same pixels in another form: the same network to the last bit."""
        if Kinds.raw_records is None:
            checkpoint, _, _ = self.trained("raw", colour("stored"))
            Kinds.raw_records = convoy.tensors_of(checkpoint)
        checkpoint, _, _ = self.trained(name, path)
        self.assertEqual(convoy.tensors_of(checkpoint), Kinds.raw_records)

    def test_raw_colour(self):
        path = colour()
        self.assertIn("as convert_imageset writes them", self.info(path))
        self.assertIn("12 raw", self.info(path))
        hashes = []
        for ranks in (1, 2):
            checkpoint, _, shown = self.trained(f"colour-{ranks}", path, ranks)
            self.assertIn(f"({RECORDS} pictures, 40 x 36", shown)
            run_dir = checkpoint.parents[1]
            hashes.append([r["samples_hash"] for r in convoy.metrics(run_dir, "train")])
        self.assertEqual(hashes[0], hashes[1])

    def test_raw_gray_for_a_gray_network(self):
        self.info(gray())
        self.trained("gray-1", gray(), data={"channels": 1})

    def test_raw_gray_for_a_colour_network(self):
        self.trained("gray-3", gray(), normalize={"mean_value": [104, 117, 123]})

    def test_encoded_without_sizes(self):
        path = database("encoded", [
            (caffe.key(i, f"{i}.png"), caffe.datum(None, png(p), label_of(i), encoded=1))
            for i, p in enumerate(pictures())])
        self.assertIn("12 encoded", self.info(path))
        self.trains_as_raw_records_do("encoded", path)

    def test_encoded_of_several_sizes(self):
        path = database("sizes", [
            (caffe.key(i, f"{i}.png"),
             caffe.datum(None, png(p[:HEIGHT - i % 3]), label_of(i), encoded=1))
            for i, p in enumerate(pictures())])
        self.assertIn("40 x 34 to 40 x 36", self.info(path))
        self.trained("sizes", path)

    def test_float_data(self):
        path = database("floats", [
            (caffe.key(i, str(i)), caffe.datum((3, HEIGHT, WIDTH), label=label_of(i),
                                               floats=planes(p).astype(np.float32)))
            for i, p in enumerate(pictures())])
        self.assertIn("12 float", self.info(path))
        self.trains_as_raw_records_do("floats", path)

    def test_digits_keys(self):
        path = database("digits", [
            (f"{i:08d}_{label_of(i)}".encode(),
             caffe.datum((3, HEIGHT, WIDTH), png(p), label_of(i), encoded=1))
            for i, p in enumerate(pictures())])
        self.assertIn("written by DIGITS", self.info(path))
        self.trained("digits", path)

    def test_a_map_of_one_tebibyte(self):
        path = colour("tebibyte", map_size=1 << 40, writemap=True)
        self.assertGreater((path / "data.mdb").stat().st_size, 1 << 39)
        self.info(path)
        self.trained("tebibyte", path)

    def test_negative_labels_are_refused_in_words(self):
        path = database("negative", [
            (caffe.key(i, "x"), raw(p, label_of(i) - (i == 5) * 9))
            for i, p in enumerate(pictures())])
        config, _ = settings("negative-run", path)
        done = convoy.run("train", config, ranks=2)
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertEqual(done.stderr.count("the label -7"), 1, done.stderr)


class Transform(Foreign):
    """`convoy evaluate` against Caffe's transformer in NumPy and torchvision's network."""

    def check(self, name, path, stacks, **changes):
        checkpoint, result, _ = self.trained(name, path, **changes)
        expected = loss_of(checkpoint, np.stack([centre(s) for s in stacks]))
        self.assertAlmostEqual(result["loss"], expected, delta=2e-5 * max(1, expected))

    def test_mean_values_and_scale(self):
        mean = np.array([104, 117, 123], np.float32).reshape(3, 1, 1)
        self.check("values", colour(), [(planes(p) - mean) * 0.017 for p in pictures()],
                   normalize={"mean_value": [104, 117, 123], "scale": 0.017})

    def test_one_mean_value_for_gray(self):
        self.check("gray-value", gray(), [(planes(p) - 100.0) * 0.01
                                          for p in pictures(1)],
                   data={"channels": 1}, normalize={"mean_value": [100], "scale": 0.01})

    def test_mean_file_at_the_crops_place(self):
        mean = np.random.default_rng(3).uniform(90, 130, (3, HEIGHT, WIDTH))
        file = convoy.workspace() / "mean.binaryproto"
        file.write_bytes(caffe.mean_blob(mean.astype(np.float32)))
        self.check("mean-file", colour(), [(planes(p) - mean) * 0.017 for p in pictures()],
                   normalize={"mean_file": str(file), "scale": 0.017})


class Refusals(Foreign):
    def refused(self, config, code, *texts):
        # One rank: each names the sample that it met.
        done = convoy.run("train", config, ranks=1)
        self.assertEqual(done.returncode, code, done.stderr)
        lines = [l for l in done.stderr.splitlines() if l.startswith("convoy: ")]
        self.assertEqual(len(lines), 1, done.stderr)
        for text in texts:
            self.assertIn(text, lines[0])

    def test_a_mean_file_of_another_size(self):
        file = convoy.workspace() / "other.binaryproto"
        file.write_bytes(caffe.mean_blob(np.zeros((3, HEIGHT, WIDTH + 1), np.float32)))
        config, _ = settings("other-mean", colour(), normalize={"mean_file": str(file)})
        self.refused(config, 65, "36x40", "36x41", "normalize.mean_value")

    def test_a_crop_larger_than_the_pictures(self):
        config, _ = settings("large-crop", colour(), augment={"crop_px": 39})
        self.refused(config, 65, "36x40", "39x39", "augment.crop_px")

    def test_gray_floats_for_a_colour_network(self):
        path = database("gray-floats", [
            (caffe.key(i, "x"), caffe.datum((1, HEIGHT, WIDTH), label=label_of(i),
                                            floats=planes(p).astype(np.float32)))
            for i, p in enumerate(pictures(1))])
        config, _ = settings("gray-floats-run", path)
        self.refused(config, 65, "set data.channels to 1")


@contextlib.contextmanager
def read_only(path):
    """The folder without write permission for anybody."""
    for part in (*path.iterdir(), path):
        part.chmod(part.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for part in (path, *path.iterdir()):
            part.chmod(part.stat().st_mode | 0o200)


class ReadOnly(Foreign):
    def test_a_folder_nobody_may_write_to(self):
        path = colour("read-only")
        with read_only(path):
            self.trained("read-only-run", path)

    def test_another_users_folder(self):
        # Root passes any permission, so as root the program runs as nobody.
        path = colour("others")
        config, run_dir = settings("others-run", path, run={"iterations": 2})
        # mkdtemp's folder is its owner's alone.
        convoy.workspace().chmod(0o755)
        run_dir.parent.chmod(0o777)
        as_nobody = {}
        if os.getuid() == 0:
            as_nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        # LibTorch may lie in root's home: a copy beside the program, for everybody.
        program = bundle.copy_program(convoy.CONVOY, convoy.workspace() / "all/convoy")
        bundle.copy_libtorch(program, convoy.workspace() / "all")
        with read_only(path):
            probe = subprocess.run(["touch", str(path / "probe")], capture_output=True,
                                   **as_nobody)
            self.assertNotEqual(probe.returncode, 0)
            done = subprocess.run(
                [str(program), "train", str(config)], capture_output=True, text=True,
                env={**os.environ, "HOME": "/tmp"}, **as_nobody)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([p.name for p in path.iterdir()], ["data.mdb"])


class Ours(Foreign):
    def test_opens_for_a_reader_of_caffes(self):
        done = convoy.run("dataset", "render", convoy.workspace() / "ours", "--px", 32,
                          "--train", 1, "--val", 1)
        self.assertEqual(done.returncode, 0, done.stderr)
        labels = []
        for key, record in caffe.read(convoy.workspace() / "ours/train.lmdb"):
            self.assertRegex(key, rb"^\d{8}_")
            known = {field: value for field, _, value in caffe.fields(record)
                     if field <= 7}
            self.assertTrue(known[7])
            picture = Image.open(io.BytesIO(known[4]))
            picture.load()
            self.assertEqual((picture.mode, picture.size), ("RGB", (32, 32)))
            # Caffe takes sizes from the picture; DIGITS from these.
            self.assertEqual([known.get(f, 0) for f in (1, 2, 3)], [3, 32, 32])
            labels.append(known.get(5, 0))
        self.assertEqual(sorted(labels), list(range(100)))

    def test_mean_file_opens_for_a_reader_of_caffes(self):
        file = convoy.workspace() / "written.binaryproto"
        done = convoy.run("dataset", "mean", colour(), file)
        self.assertEqual(done.returncode, 0, done.stderr)
        blob = {field: value for field, _, value in caffe.fields(file.read_bytes())}
        self.assertEqual([blob[f] for f in (1, 2, 3, 4)], [1, 3, HEIGHT, WIDTH])
        stored = np.frombuffer(blob[5], "<f4").reshape(3, HEIGHT, WIDTH)
        expected = np.mean([planes(p) for p in pictures()], axis=0)
        np.testing.assert_allclose(stored, expected, rtol=1e-6)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Caffe's models: .caffemodel files that another hand wrote are looked at, converted,
trained from, and give the loss that Caffe's recipe gives."""
import functools
import json
import pathlib
import sys
import unittest

import numpy as np
import safetensors.numpy
import torch

import convoy

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "nets" / "weights")]
import caffe
import caffemodel
import caffemodel_oracle

NET, CLASSES, PIXELS, RECORDS = "googlenet_caffe", 3, 224, 3


@functools.lru_cache(maxsize=None)
def network():
    torch.set_num_threads(1)
    return caffemodel_oracle.network(NET, CLASSES)


def state():
    return {name: value.numpy() for name, value in network().state_dict().items()}


def write(name, tensors, **options):
    path = convoy.workspace() / f"{name}.caffemodel"
    path.write_bytes(caffemodel.network("GoogleNet", tensors, **options))
    return path


@functools.lru_cache(maxsize=None)
def model():
    return write("made", state())


@functools.lru_cache(maxsize=None)
def pictures():
    rng = np.random.default_rng(8)
    made = rng.integers(0, 256, (RECORDS, PIXELS, PIXELS, 3), dtype=np.uint8)
    made[..., 0] //= 2
    return made


@functools.lru_cache(maxsize=None)
def database():
    path = convoy.workspace() / "database"
    caffe.write(path, [
        (caffe.key(i, str(i)), caffe.datum((3, PIXELS, PIXELS),
                                           caffe.planar_bgr(p).tobytes(), i % CLASSES))
        for i, p in enumerate(pictures())])
    return path


def settings(name, weights, **changes):
    """A run of one step so small that it changes nothing."""
    sections = {"run": {"iterations": 1}, "batch": {"global": 3},
                "data": {"train": str(database()), "val": None},
                "augment": {"crop": "center", "crop_px": PIXELS, "rotate_degrees": 0,
                            "noise_stddev": 0, "jitter": {"brightness": 0, "hue": 0}},
                "eval": {"resize_px": 0, "crop_px": PIXELS},
                "net": {"name": NET, "weights": str(weights)},
                "optimizer": {"lr": 1e-12}}
    for section, values in changes.items():
        sections[section] = {**sections.get(section, {}), **values}
    return convoy.config(name, database().parent, **sections)


class Caffemodel(unittest.TestCase):
    def ran(self, *words, code=0):
        done = convoy.run(*words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def loss_after_a_step(self, name, note, **changes):
        config, run_dir = settings(name, model(), **changes)
        said = self.ran("train", config).stderr
        self.assertIn(note, said)
        self.assertIn("loaded: 128 tensors", said)
        return json.loads(self.ran(
            "evaluate", "--checkpoint", convoy.newest_checkpoint(run_dir),
            "--data", database(), "--json").stdout)["loss"]

    def test_computes_caffes_loss_whatever_the_order_of_channels(self):
        stack = np.stack([p.transpose(2, 0, 1) for p in pictures()])
        labels = torch.arange(RECORDS) % CLASSES
        with torch.no_grad():
            logits = network()(caffemodel_oracle.caffe_input(stack))
        expected = torch.nn.functional.cross_entropy(logits, labels).item()
        self.assertGreater(logits.std(0).max(), 0.01)
        for name, note, changes in (
                ("rgb", "turned from BGR to RGB", {}),
                ("bgr", "stay BGR", {"normalize": {
                    "style": "caffe", "mean_value": [104, 117, 123]}})):
            loss = self.loss_after_a_step(name, note, **changes)
            self.assertAlmostEqual(loss, expected, delta=1e-4 * max(1, expected), msg=name)
        self.check_that_orders_are_kept_apart(convoy.workspace() / "bgr" / "run")

    def check_that_orders_are_kept_apart(self, run_of_bgr):
        checkpoint = convoy.newest_checkpoint(run_of_bgr)
        config, _ = settings("from-bgr", checkpoint)
        self.assertIn("pictures came as normalize.style: caffe has them (BGR), and this "
                      "run's are to come as torchvision (RGB)",
                      self.ran("train", config, code=78).stderr)
        converted = convoy.workspace() / "bgr.safetensors"
        self.assertIn("its first layer takes channels in BGR",
                      self.ran("weights", "convert", checkpoint, converted).stdout)
        config, _ = settings("from-others", converted, normalize={
            "style": "caffe", "mean_value": [104, 117, 123]})
        self.assertIn("does not say for which order of channels it is",
                      self.ran("train", config, "--dry-run").stderr)

    def test_inspect_tells_the_files_own_facts(self):
        said = self.ran("weights", "inspect", model(), "--net", NET).stdout
        for text in ('caffemodel; "crop_size": "224", "mean_value": "104, 117, 123", '
                     '"net": "GoogleNet"',
                     "conv1.7x7_s2.weight: its 3 input channels were turned from BGR",
                     "Float     [64, 3, 7, 7]        conv1.7x7_s2.weight",
                     "128 tensors", "fits in full"):
            self.assertIn(text, said)
        facts = json.loads(self.ran("weights", "inspect", model(), "--json").stdout)
        self.assertEqual(facts["format"], "caffemodel")
        self.assertEqual(facts["metadata"]["net"], "GoogleNet")
        self.assertEqual(len(facts["notes"]), 2)

    def test_inspect_builds_the_network_for_gray_files(self):
        tensors = state()
        tensors["conv1.7x7_s2.weight"] = tensors["conv1.7x7_s2.weight"][:, :1].copy()
        said = self.ran("weights", "inspect", write("gray", tensors, old=True),
                        "--net", NET).stdout
        self.assertIn("1 input channel, no order to turn", said)
        self.assertIn("fits in full", said)

    def test_renamed_layers_are_told_and_refused(self):
        tensors = {name.replace("loss3.classifier", "loss3.classifier_mine")
                   .replace("conv2.3x3_reduce", "conv2.mine"): value
                   for name, value in state().items()}
        renamed = write("renamed", tensors)
        said = self.ran("weights", "inspect", renamed, "--net", NET, code=65).stdout
        self.assertIn("missing in the file (4): conv2.3x3_reduce.weight [64, 64, 1, 1]",
                      said)
        self.assertIn("unexpected in the file (4): conv2.mine.weight [64, 64, 1, 1]", said)
        config, _ = settings("renamed", renamed)
        said = self.ran("train", config, code=65).stderr
        self.assertIn("missing in the file (2): conv2.3x3_reduce.weight", said)
        self.assertIn("unexpected in the file (4): conv2.mine.weight", said)
        config, _ = settings("allowed", renamed, net={
            "name": NET, "weights": str(renamed),
            "allow": ["conv2.3x3_reduce.", "conv2.mine.", "loss3.classifier_mine."]})
        self.ran("train", config, "--dry-run")

    def test_a_head_for_other_classes_is_drawn_anew(self):
        config, _ = settings("other-classes", model(), net={
            "name": NET, "weights": str(model()), "classes": 5})
        said = self.ran("train", config).stderr
        self.assertIn("reset, keeps its initial values (6): loss1.classifier.weight "
                      "[5, 1024] in the network, [3, 1024] in the file", said)

    def test_converts_to_what_pytorch_loads(self):
        wanted = state()
        first = "conv1.7x7_s2.weight"
        wanted[first] = wanted[first][:, ::-1]
        for ending in (".pth", ".safetensors"):
            path = convoy.workspace() / f"out{ending}"
            self.ran("weights", "convert", model(), path, "--overwrite")
            found = (torch.load(path, weights_only=True) if ending == ".pth"
                     else safetensors.numpy.load_file(path))
            self.assertEqual(sorted(found), sorted(wanted))
            for name, value in wanted.items():
                np.testing.assert_array_equal(np.asarray(found[name]), value, name)

    def test_damage_is_one_sentence(self):
        cut = convoy.workspace() / "cut.caffemodel"
        cut.write_bytes(model().read_bytes()[:-1000])
        done = self.ran("weights", "inspect", cut, code=65)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn("cut short or altered", done.stderr)
        self.assertIn(str(cut), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

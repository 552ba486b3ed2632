"""convoy weights: what a file holds, whether it fits, the same in another format."""
import json
import unittest

import convoy


def checkpoint(channels=3):
    name = f"weights-{channels}"
    path, run_dir = convoy.config(
        name, run={"iterations": 1, "log_every": 1}, batch={"global": 4},
        net={"name": "resnet18"},
        data={"channels": channels, "val": None},
        normalize={"mean": [0.5] * channels, "std": [0.5] * channels})
    done = convoy.run("train", path)
    assert done.returncode == 0, done.stderr
    return convoy.newest_checkpoint(run_dir)


class Weights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.colour, cls.gray = checkpoint(3), checkpoint(1)

    def inspect(self, code, *words):
        done = convoy.run("weights", "inspect", *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_a_checkpoint_fits_its_network_whatever_its_classes_and_channels(self):
        for path in (self.colour, self.gray):
            done = self.inspect(0, path, "--net", "resnet18")
            self.assertIn("resnet18: fits in full\nloaded: 122 tensors\n", done.stdout)

    def test_a_misfit_is_told_and_ends_with_65(self):
        done = self.inspect(65, self.colour, "--net", "resnet18", "--classes", "7")
        self.assertIn("fc.weight [7, 512] in the network, [100, 512] in the file",
                      done.stdout)
        found = json.loads(
            self.inspect(65, self.colour, "--net", "resnet34", "--json").stdout)
        self.assertFalse(found["full"])
        self.assertIn("layer1.2.conv1.weight [64, 64, 3, 3]", found["missing"])

    def test_usage_and_missing_files_have_their_codes(self):
        for code, words, sentence in (
                (64, ["inspect"], "FILE"),
                (64, ["inspect", self.colour, "--net", "resnet19"], "did you mean resnet18"),
                (64, ["inspect", self.colour, "--classes", "7"], "give --net NAME too"),
                (64, ["convert", self.colour, "out.onnx"], "want an ending of .pth"),
                (64, ["look", self.colour], "wants inspect or convert"),
                (66, ["inspect", "/nowhere.pth"], "/nowhere.pth"),
                (65, ["inspect", __file__], "weights_test.py"),
                (74, ["convert", self.colour, self.colour], "--overwrite")):
            done = convoy.run("weights", *words)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(sentence.lower(), done.stderr.lower())

    def test_conversion_there_and_back_keeps_every_bit(self):
        folder = convoy.workspace()
        for out in ("a.pth", "b.safetensors"):
            source = self.colour if out == "a.pth" else folder / "a.pth"
            done = convoy.run("weights", "convert", source, folder / out)
            self.assertEqual(done.returncode, 0, done.stderr)
        mine = {name[4:]: data for name, data in convoy.tensors_of(self.colour).items()
                if name.startswith("net.")}
        self.assertEqual(convoy.tensors_of(folder / "b.safetensors"), mine)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Weight files of others are asked and measured as they are, and agree with torchvision."""
import functools
import json
import os
import pathlib
import tarfile
import unittest

import torch
import torchvision
from PIL import Image

import convoy

DATA = os.environ.get("CONVOY_TEST_DATA")


def pictures(folder, count=3):
    """Smooth ones of several shapes, so that nothing hangs on the last pixel."""
    generator = torch.Generator().manual_seed(3)
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        coarse = torch.rand(1, 3, 5, 5, generator=generator)
        pixels = torch.nn.functional.interpolate(
            coarse, (260 + 40 * i, 380 - 20 * i), mode="bicubic").clamp(0, 1)[0]
        torchvision.transforms.functional.to_pil_image(pixels).save(folder / f"{i}.png")
    return sorted(folder.glob("*.png"))


def probabilities(net, path):
    """As torchvision's own evaluation prepares a picture."""
    to = torchvision.transforms
    prepare = to.Compose([
        to.Resize(256), to.CenterCrop(224), to.ToTensor(),
        to.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    with torch.no_grad():
        return net.eval()(prepare(Image.open(path).convert("RGB"))[None]).softmax(1)[0]


@functools.lru_cache
def drawn():
    """A network with random weights, and its file."""
    torch.manual_seed(5)
    net = torchvision.models.squeezenet1_1(num_classes=6)
    path = convoy.workspace() / "drawn.pth"
    torch.save(net.state_dict(), path)
    return net, path


class Predict(unittest.TestCase):
    def predict(self, code, *words):
        done = convoy.run("predict", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def check_equals(self, net, weights, name, files, places):
        done = self.predict(0, "--checkpoint", weights, "--net", name, "--json",
                            "--set", "run.device=cpu", *files)
        for path, line in zip(files, done.stdout.splitlines(), strict=True):
            expected = probabilities(net, path)
            for found in json.loads(line)["classes"]:
                self.assertAlmostEqual(found["probability"],
                                       expected[found["label"]].item(), places, path)
            self.assertEqual(json.loads(line)["classes"][0]["label"], expected.argmax())

    def test_gives_torchvisions_probabilities(self):
        net, weights = drawn()
        self.check_equals(net, weights, "squeezenet1_1",
                          pictures(convoy.workspace() / "pictures"), 4)

    @unittest.skipUnless(DATA, "CONVOY_TEST_DATA is not set")
    def test_gives_torchvisions_probabilities_from_imagenet_weights(self):
        weights = pathlib.Path(DATA) / "weights/squeezenet1_0-imagenet.pth"
        folder = convoy.workspace() / "photographs"
        with tarfile.open(pathlib.Path(DATA) / "vehicles6.tar") as archive:
            members = [m for m in archive.getmembers() if m.name.endswith(".jpg")][::600]
            archive.extractall(folder, members)
        net = torchvision.models.squeezenet1_0()
        net.load_state_dict(torch.load(weights))
        files = sorted(folder.rglob("*.jpg"))
        self.assertGreaterEqual(len(files), 6)
        self.check_equals(net, weights, "squeezenet1_0", files, 4)

    def test_names_classes_from_a_text_file(self):
        _, weights = drawn()
        names = convoy.workspace() / "names.txt"
        names.write_text("tench, Tinca tinca\ngoldfish\nshark\nray\ncock\nhen\n")
        picture = pictures(convoy.workspace() / "named", 1)[0]
        done = self.predict(0, "--checkpoint", weights, "--net", "squeezenet1_1",
                            "--class-names", names, "--top", "6", picture)
        for name in names.read_text().splitlines():
            self.assertIn(f"  {name} 0.", done.stdout)

    def test_says_what_is_missing(self):
        _, weights = drawn()
        for code, words, sentence in (
                (65, [], "holds weights alone and is no checkpoint of convoy: --net NAME"),
                (65, ["--net", "squeezenet1_0"], "does not fit squeezenet1_0"),
                (64, ["--net", "squeezenet"], "Did you mean squeezenet1"),
                (64, ["--class-names", "x"], "for a weight file, with --net NAME"),
                (66, ["--net", "squeezenet1_1", "--class-names", "x"], "x"),
                (64, ["--set", "eval.crop_px=99"], "with --net eval.KEY=VALUE"),
                (78, ["--net", "squeezenet1_1", "--set", "eval.crop_px=99",
                      "--set", "eval.resize_px=50"], "99 does not fit into 50"),
                (78, ["--net", "squeezenet1_1", "--set", "eval.crop_px=9",
                      "--set", "eval.resize_px=9"], "9 is too small for squeezenet1_1")):
            done = self.predict(code, "--checkpoint", weights, *words, __file__)
            self.assertIn(sentence, done.stderr)
            self.assertEqual(done.stdout, "")


    def test_of_a_folder_says_what_is_left_out(self):
        folder = convoy.workspace() / "mixed"
        picture, = pictures(folder, 1)
        (folder / "photo.bmp").write_bytes(b"BM")
        (folder / "notes.txt").write_text("mine")
        done = self.predict(0, "--checkpoint", drawn()[1], "--net", "squeezenet1_1", folder)
        self.assertIn(f"{folder}: left out 2 files whose name ends in none of .jpg, .jpeg and "
                      f".png, such as {folder}/notes.txt\n", done.stderr)
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()], [str(picture)])


class Preset(unittest.TestCase):
    def test_refuses_weights_of_another_network(self):
        data = convoy.vehicles() / "train.lmdb"
        for net, code in (("squeezenet1_1", 0), ("squeezenet1_0", 65), ("resnet18", 65)):
            done = convoy.run("preset", data, "--net", net, "--weights", drawn()[1])
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(f"does not fit {net}" in done.stderr, code == 65)


class Evaluate(unittest.TestCase):
    def evaluate(self, ranks, *words):
        return convoy.run("evaluate", "--checkpoint", drawn()[1], "--net", "squeezenet1_1",
                          *words, ranks=ranks)

    def test_counts_the_same_on_any_number_of_ranks_as_torchvision(self):
        folder = convoy.workspace() / "classes"
        for label in range(6):
            pictures(folder / f"class {label}", 2)
        data = convoy.workspace() / "classes.lmdb"
        done = convoy.run("import", "folder", folder, data)
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = [torch.nn.functional.nll_loss(
            probabilities(drawn()[0], path).log()[None], torch.tensor([label]))
            for label in range(6) for path in sorted((folder / f"class {label}").iterdir())]
        losses = []
        for ranks in (1, 2, 3):
            done = self.evaluate(ranks, "--data", data, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("classes are taken to be those of", done.stderr)
            figures = json.loads(done.stdout)
            self.assertEqual(figures["samples"], 12)
            losses.append(figures["loss"])
        self.assertEqual(losses, [losses[0]] * 3)
        self.assertAlmostEqual(losses[0], torch.stack(expected).mean().item(), 3)

    def test_wants_data_of_its_classes(self):
        done = self.evaluate(2)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn("--data is missing", done.stderr)
        done = self.evaluate(2, "--data", convoy.vehicles() / "val.lmdb")
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertIn("in the checkpoint: figures would be meaningless", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

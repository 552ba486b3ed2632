"""A project of one's own beside an installed convoy: docs/extending.md, command by command,
and what the package and the program say to what can't be done."""
import csv
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import lmdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import convoy as e2e

PROGRAM = pathlib.Path(os.environ["CONVOY"])
PROJECT = ROOT / "tests/extending/project"
PAGE = (ROOT / "docs/extending.md").read_text()
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", PAGE, re.M | re.S)

TAKEN = """
#include <convoy/trainer/program.h>

int main(int argc, char** argv) {
  return convoy::run(
      argc, argv, {.nets = {{{.name = "resnet18", .head = "fc."}, nullptr}}});
}
"""

# What a shell on a machine of its own does not need: tests run as root, on few processors.
MPIRUN = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
          "OMPI_MCA_rmaps_base_oversubscribe": "1"}


@functools.lru_cache(maxsize=None)
def home():
    """The page's $HOME: the installed convoy and the project lie in it."""
    folder = tempfile.TemporaryDirectory(prefix="convoy-extending-")
    home.keep = folder
    shutil.copytree(PROJECT, pathlib.Path(folder.name) / "shapes")
    return pathlib.Path(folder.name)


def shell(line, cwd=None, **environment):
    """Exit code, and stdout and stderr as they came."""
    done = subprocess.run(
        ["bash", "-c", line], cwd=cwd or home() / "shapes", text=True, timeout=500,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **MPIRUN, **environment})
    return done.returncode, done.stdout


@functools.lru_cache(maxsize=None)
def installed():
    """The prefix, moved after it was written."""
    code, output = shell(f"cmake --install {PROGRAM.parent} --prefix $HOME/elsewhere",
                         HOME=str(home()))
    assert code == 0, output
    (home() / "elsewhere").rename(home() / "convoy")
    return home() / "convoy"


def commands():
    """(command, what the page shows below it) of the page's console blocks."""
    for block in BLOCKS:
        if block.startswith("$ "):
            for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
                line, _, shown = part.partition("\n")
                yield line, shown.splitlines()


@functools.lru_cache(maxsize=None)
def followed():
    """Everything that the page does, in order: command to its output."""
    outputs = {}
    for line, _ in commands():
        if line.startswith("cmake --install"):
            installed()
            continue
        code, outputs[line] = shell(line, HOME=str(home()))
        assert code == 0, f"{line}: {outputs[line]}"
    return outputs


def shapes(*words):
    followed()
    return shell(" ".join(["build/shapes", *words]))


def shape_of(line):
    """Without what differs from run to run and machine to machine."""
    line = re.sub(r"\S*/(shapes|convoy)(/|\b)", "HOME/", line)
    return re.sub(r"\s+", " ", re.sub(r"\d[\d.,:]*", "#", line)).strip()


def keys(database):
    with lmdb.open(str(database), readonly=True, lock=False) as environment:
        with environment.begin() as transaction:
            return [key.decode().split("_", 1)[1]
                    for key in transaction.cursor().iternext(values=False)]


class Page(unittest.TestCase):
    maxDiff = None

    def test_the_page_shows_every_file_of_the_project(self):
        files = sorted(p for p in PROJECT.iterdir() if p.is_file())
        self.assertGreaterEqual(len(files), 7)
        for file in files:
            if file.suffix != ".py":
                self.assertIn(file.read_text(), BLOCKS, file.name)
            self.assertIn(file.name, PAGE)

    def test_its_commands_give_what_the_page_shows(self):
        outputs = followed()
        checked = 0
        for line, shown in commands():
            lines = [shape_of(each) for each in outputs.get(line, "").splitlines()]
            for wanted in shown:
                if wanted.strip() not in ("", "..."):
                    self.assertIn(shape_of(wanted), lines, line)
                    checked += 1
        self.assertGreater(checked, 15)

    def test_the_network_learns_and_is_evaluated(self):
        train, evaluate = [
            next(text for line, text in followed().items() if word in line)
            for word in ("mpirun ", " evaluate ")]
        self.assertIn("2 on ", train)  # ranks
        accuracy = float(re.search(r"Acc@1 ([\d.]+)", evaluate)[1])
        self.assertGreater(accuracy, 55)  # of series that it has not seen; by chance 33

    def test_a_group_of_the_table_stays_on_one_side(self):
        followed()
        data = home() / "shapes/runs/data"
        with open(home() / "shapes/pictures.csv") as table:
            group = {row["path"]: row["group"] for row in csv.DictReader(table)}
        train, val = [{group[name] for name in keys(data / part)}
                      for part in ("train.lmdb", "val.lmdb")]
        self.assertTrue(train and val)
        self.assertEqual(train & val, set())
        self.assertEqual((data / "train.lmdb/labels.txt").read_text(),
                         "disc\nsquare\nstripes\n")


class Program(unittest.TestCase):
    def test_checkpoints_keep_the_keys(self):
        followed()
        checkpoint = home() / "shapes/runs/shapes/checkpoints/best.safetensors"
        content = checkpoint.read_bytes()
        header = json.loads(content[8:8 + int.from_bytes(content[:8], "little")])
        self.assertIn("extensions:\n  small_net:\n    width: 24\n  invert:\n"
                      "    probability: 0.5\n    least_share: 0.9\n",
                      header["__metadata__"]["convoy.config"])
        code, output = shell(f"{PROGRAM} evaluate --checkpoint {checkpoint}")
        self.assertEqual(code, 65)
        self.assertIn("this program has no extensions", output)

    def test_a_run_that_was_stopped_goes_on_to_the_same_bits(self):
        followed()
        words = ["mpirun", "-np", "2", "--bind-to", "none", "build/shapes", "train",
                 "shapes.yaml", "--set", "run.dir=runs/stopped"]
        folder = home() / "shapes"
        job = subprocess.Popen(words, cwd=folder, env={**os.environ, **MPIRUN},
                               stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        metrics = folder / "runs/stopped/metrics.jsonl"
        while job.poll() is None and not (
                metrics.exists() and '"kind":"train"' in metrics.read_text()):
            time.sleep(0.02)
        job.send_signal(signal.SIGUSR1)
        errors = job.communicate(timeout=60)[1]
        self.assertEqual(job.returncode, 75, errors)
        code, output = shell(" ".join(words))
        self.assertEqual(code, 0, output)
        self.assertIn("resumed from", output)
        ends = [e2e.tensors_of(e2e.newest_checkpoint(folder / "runs" / name))
                for name in ("shapes", "stopped")]
        self.assertEqual(ends[0], ends[1])

    def test_predicts(self):
        code, output = shapes(
            "predict --checkpoint runs/shapes/checkpoints/best.safetensors",
            "pictures/000.png pictures/010.png pictures/020.png")
        self.assertEqual(code, 0, output)
        for label in ("disc", "square", "stripes"):
            self.assertIn(label, output)

    def test_a_run_with_other_values_is_another_run(self):
        code, output = shapes("train shapes.yaml --set extensions.invert.probability=0.25")
        self.assertEqual(code, 78, output)
        self.assertIn("extensions.invert.probability: 0.5 in the checkpoint, 0.25 in the "
                      "config", output)

    def test_unknown_names_and_values_out_of_range_are_refused(self):
        for key, sentence in {
                "extensions.invret.probability=1": "did you mean extensions.invert?",
                "extensions.invert.least_shore=1":
                    "did you mean extensions.invert.least_share?",
                "extensions.invert.least_share=2": "want a number 0..1",
                "net.name=smallnet": "did you mean small_net?"}.items():
            code, output = shapes("train shapes.yaml --set", key)
            self.assertEqual(code, 78, output)
            self.assertIn(sentence, output)

    def test_keys_and_commands_are_listed(self):
        self.assertIn("| `extensions.invert.least_share` | `1` | number 0..1 | of the "
                      "negative, drawn from [x, 1] |", shapes("train --reference")[1])
        self.assertIn("import csv FROM DB", shapes("import --help")[1])
        code, output = shapes("import csv --help")
        self.assertEqual(code, 0)
        self.assertIn("FROM is a CSV file of path,label,group.", output)
        code, output = shapes("import cvs a b")
        self.assertEqual(code, 64)
        self.assertIn("import wants folder, csv or list", output)

    def test_what_a_source_throws_is_told(self):
        code, output = shapes("import csv shapes.yaml runs/none")
        self.assertEqual(code, 65)
        self.assertIn("shapes.yaml: want a CSV file whose first line is", output)

    def test_a_name_that_is_taken_is_refused(self):
        followed()
        folder = home() / "shapes"
        (folder / "taken.cpp").write_text(TAKEN)
        with open(folder / "CMakeLists.txt", "a") as file:
            file.write("add_executable(taken taken.cpp)\n"
                       "target_link_libraries(taken PRIVATE Convoy::convoy)\n")
        code, output = shell("cmake --build build --target taken")
        self.assertEqual(code, 0, output)
        code, output = shell("build/taken nets")
        self.assertEqual(code, 70)
        self.assertEqual(output, 'convoy: this program\'s extensions: the network "resnet18" '
                         "is there already; give the new one another name\n")


class Package(unittest.TestCase):
    def configure(self, *options, change=("", "")):
        """The project, changed, in folders of its own: exit code and stderr."""
        with tempfile.TemporaryDirectory(dir=home()) as folder:
            project = shutil.copytree(PROJECT, pathlib.Path(folder) / "project")
            lists = project / "CMakeLists.txt"
            lists.write_text(lists.read_text().replace(*change))
            done = subprocess.run(
                ["cmake", "-S", str(project), "-B", f"{folder}/build", "-G", "Ninja",
                 f"-DCMAKE_PREFIX_PATH={installed()}", *options],
                capture_output=True, text=True)
        return done.returncode, " ".join(done.stderr.split())

    def test_headers_include_only_what_is_installed(self):
        folder = installed() / "include/convoy"
        headers = list(folder.rglob("*.h"))
        self.assertGreater(len(headers), 15)
        for header in headers:
            for name in re.findall(r'#include "([^"]+)"', header.read_text()):
                self.assertTrue((folder / name).exists(), f"{header}: {name}")

    def test_nothing_leads_back_to_the_build(self):
        for file in (installed() / "lib/cmake").rglob("*.cmake"):
            for folder in (str(ROOT), str(PROGRAM.parent), str(home() / "elsewhere")):
                self.assertNotIn(folder + "/", file.read_text(), file.name)

    def test_what_is_missing_is_told(self):
        code, errors = self.configure("-DCMAKE_DISABLE_FIND_PACKAGE_JPEG=ON",
                                      "-DCMAKE_DISABLE_FIND_PACKAGE_MPI=ON")
        self.assertNotEqual(code, 0)
        self.assertIn("Convoy is linked with what was not found here: MPI (Debian "
                      "libopenmpi-dev, RHEL openmpi-devel, conda-forge openmpi, Spack "
                      "openmpi); JPEG (Debian libjpeg-dev, RHEL libjpeg-turbo-devel, "
                      "conda-forge libjpeg-turbo, Spack libjpeg-turbo).", errors)

    def test_another_libtorch_is_refused(self):
        other = home() / "libtorch-2.10/share/cmake/Torch"
        other.mkdir(parents=True)
        (other / "TorchConfigVersion.cmake").write_text('set(PACKAGE_VERSION "2.10.0")\n')
        for option in (f"-DTorch_DIR={other}", f"-DTorch_ROOT={other.parents[2]}",
                       f"-DCMAKE_PREFIX_PATH={installed()};{other.parent}"):
            code, errors = self.configure(option)
            self.assertNotEqual(code, 0)
            self.assertRegex(errors, "Convoy was built with LibTorch [0-9.]+, and "
                             rf"{other} is of 2\.10\.0")

    def test_another_version_is_refused(self):
        code, errors = self.configure(change=("Convoy 0.1", "Convoy 0.2"))
        self.assertNotEqual(code, 0)
        self.assertIn('compatible with requested version "0.2"', errors)


if __name__ == "__main__":
    unittest.main(verbosity=2)

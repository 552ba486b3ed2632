"""convoy installed, moved and copied: it finds the LibTorch beside it, and nothing of the
places it was built in."""
import functools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import bundle

PROGRAM = pathlib.Path(os.environ["CONVOY"])
OURS = re.compile(r"/lib(torch|c10|nccl|cudart|cudnn|cublas|cufft|gomp-)[^/]*$")


@functools.lru_cache(maxsize=None)
def workspace():
    folder = tempfile.TemporaryDirectory(prefix="convoy-install-")
    workspace.keep = folder
    return pathlib.Path(folder.name)


@functools.lru_cache(maxsize=None)
def installed():
    """PREFIX of `cmake --install`."""
    prefix = workspace() / "moved/convoy"
    done = subprocess.run(
        ["cmake", "--install", str(PROGRAM.parent), "--prefix", str(prefix)],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return prefix


@functools.lru_cache(maxsize=None)
def origin():
    """The folder that LibTorch was copied from, to stand beside `installed()`."""
    return bundle.copy_libtorch(PROGRAM, installed().parent)


def run(program, *words, cwd=None, **environment):
    kept = {k: v for k, v in os.environ.items() if k != "LD_LIBRARY_PATH"}
    return subprocess.run([str(program), *words], capture_output=True, text=True,
                          env={**kept, **environment}, cwd=cwd or workspace())


class Relocation(unittest.TestCase):
    def loaded(self, program, *words):
        """Runs, and returns every library that was loaded, dlopened ones too."""
        log = workspace() / "loader"
        done = run(program, *words, LD_DEBUG="libs", LD_DEBUG_OUTPUT=str(log))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout)
        paths = set()
        for file in workspace().glob("loader.*"):
            paths |= set(re.findall(r"calling init: (/\S+)", file.read_text()))
            file.unlink()
        # $ORIGIN/../.. stays in a path as it is written.
        return {os.path.normpath(path) for path in paths}

    def from_beside(self, program, *words):
        paths = self.loaded(program, *words)
        self.assertTrue(any(p.endswith("/libtorch_cpu.so") for p in paths), paths)
        moved = str(installed().parent)
        for path in paths:
            if OURS.search(path):
                self.assertTrue(path.startswith(moved), path)
            self.assertFalse(path.startswith(str(origin())), path)
            self.assertFalse(path.startswith(str(PROGRAM.parent)), path)

    def test_installed_beside_libtorch(self):
        origin()
        for words in (["nets"], ["doctor"]):
            self.from_beside(installed() / "bin/convoy", *words)

    def test_the_program_alone_beside_libtorch(self):
        origin()
        folder = installed().parent
        for place in ("convoy-alone", "program/convoy"):
            self.from_beside(bundle.copy_program(PROGRAM, folder / place), "nets")

    def test_a_copied_build_tree_beside_libtorch(self):
        origin()
        self.from_beside(bundle.copy_program(
            PROGRAM, installed() / "build/release/convoy"), "nets")

    def test_installed_alone_finds_the_libtorch_it_was_built_with(self):
        alone = bundle.copy_program(
            installed() / "bin/convoy", workspace() / "alone/prefix/bin/convoy")
        paths = self.loaded(alone, "nets")
        self.assertIn(str(origin()), {
            str(pathlib.Path(p).parents[2]) for p in paths
            if p.endswith("/libtorch_cpu.so")})

    def test_nothing_is_loaded_from_the_current_folder(self):
        trap = workspace() / "trap"
        trap.mkdir()
        for name in bundle.libraries_of(PROGRAM):
            (trap / name).write_text("no library")
        for program in (PROGRAM, installed() / "bin/convoy"):
            done = run(program, "nets", cwd=trap)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_recipes_come_along(self):
        names = {p.name for p in (installed() / "share/convoy/configs").iterdir()}
        self.assertIn("quickstart.yaml", names)


if __name__ == "__main__":
    unittest.main(verbosity=2)

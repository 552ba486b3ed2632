"""What the release build does not compile: the CPU twins of CUDA parts, and files on their
own, without precompiled headers and their neighbours' includes. Uses the compilers' lines
that the build was made with."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CONVOY") or ROOT / "build/release/convoy").parent
FOLDERS = ("data", "nets", "distributed", "trainer")
SAMPLE = 5  # files compiled without precompiled headers: some 5 s each


def lines_of_libraries():
    """Library to a line that compiles one of its files."""
    lines = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        output = words[words.index("-o") + 1]
        library = output.split("/")[0]
        if f"/convoy_{library}.dir/" in output and \
                not entry["file"].endswith(("_cuda.cpp", ".cu")):
            lines.setdefault(library, words)
    return lines


def adapted(words, file, *result):
    """The line for another file and another result."""
    at = words.index("-o")
    words = words[:at] + words[at + 2:]
    return [*words[:words.index("-c")], *result, str(ROOT / file)]


def without_precompiled(words):
    if "-include" not in words:
        return words
    at = words.index("-include")
    return [w for w in words[:at] + words[at + 2:]
            if w not in ("-Winvalid-pch", "-fpch-preprocess")]


def compile_all(test, lines):
    """Runs the lines of a dictionary by file, side by side; each must succeed."""
    def run(line):
        return subprocess.run(line, cwd=BUILD, capture_output=True, text=True)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for file, done in zip(lines, pool.map(run, lines.values())):
            test.assertEqual(done.returncode, 0, f"{file}: {done.stderr[:3000]}")


def symbols(*files):
    """(object file, name, type) of external symbols; of an archive, of each member."""
    listing = subprocess.run(["nm", "-A", "-g", "-P", *map(str, files)], check=True,
                             capture_output=True, text=True).stdout
    for line in listing.splitlines():
        place, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        yield place.rsplit("[", 1)[-1].rstrip("]"), name, kind


class CpuTwins(unittest.TestCase):
    def twins(self):
        found = [p.relative_to(ROOT).as_posix()
                 for folder in FOLDERS for p in sorted((ROOT / folder).rglob("no_*.cpp"))]
        self.assertGreaterEqual(len(found), 4)
        return found

    def test_compile_and_complete_the_program_without_cuda(self):
        lines_of = lines_of_libraries()
        with tempfile.TemporaryDirectory() as folder:
            objects, lines = [], {}
            for twin in self.twins():
                objects.append(f"{folder}/{len(objects)}.o")
                lines[twin] = adapted(
                    lines_of[twin.split("/")[0]], twin, "-c", "-o", objects[-1])
            compile_all(self, lines)
            offered = {name for _, name, kind in symbols(*objects) if kind != "U"}
        defined, wanted = set(), set()
        for member, name, kind in symbols(*BUILD.glob("*/libconvoy_*.a")):
            if member.endswith(("_cuda.cpp.o", ".cu.o")) or "convoy" not in name:
                continue
            (wanted if kind == "U" else defined).add(name)
        self.assertGreater(len(defined), 500)
        self.assertEqual(sorted(wanted - defined - offered), [])


class Alone(unittest.TestCase):
    """All of them are too many, and the debug preset compiles them: what changed last,
    filled up with others that their content chooses."""

    def sample(self):
        files = [p.relative_to(ROOT).as_posix()
                 for folder in FOLDERS for p in (ROOT / folder).rglob("*.cpp")
                 if not p.name.endswith(("_cuda.cpp", "main.cpp"))]
        changed = subprocess.run(
            ["git", "-C", str(ROOT), "diff", "--name-only", "HEAD~1"],
            capture_output=True, text=True).stdout.split()
        changed = {str(pathlib.Path(f).with_suffix(".cpp")) for f in changed}
        return sorted(files, key=lambda f: (
            f not in changed, hashlib.sha256((ROOT / f).read_bytes()).digest()))[:SAMPLE]

    def test_files_include_what_they_use(self):
        lines_of = {library: without_precompiled(line)
                    for library, line in lines_of_libraries().items()}
        lines = {f: adapted(lines_of[f.split("/")[0]], f, "-fsyntax-only")
                 for f in self.sample()}
        self.assertEqual(len(lines), SAMPLE)
        compile_all(self, lines)


if __name__ == "__main__":
    unittest.main(verbosity=2)

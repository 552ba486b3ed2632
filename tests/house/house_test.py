"""The rules of the house that a machine can check: doors, layers, format, size."""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("data", "nets", "distributed", "trainer")

# Which files may include what. A pattern is matched against the path below the root.
DOORS = {
    r"lmdb\.h": ("data/store/",),
    r"jpeglib\.h|turbojpeg\.h|jerror\.h": ("data/image/",),
    r"png\.h": ("data/image/",),
    r"protozero/": ("data/store/", "trainer/report/event_file.cpp"),
    r"mpi\.h": ("distributed/mpi/",),
    r"nccl\.h": ("distributed/nccl/",),
    r"yaml-cpp/": ("trainer/config/",),
    r"boost/": ("trainer/commands/",),
    r"nlohmann/": ("data/store/", "nets/weights/", "trainer/checkpoint/",
                   "trainer/report/", "trainer/commands/"),
    r"xxhash\.h": ("data/store/", "distributed/replicate.cpp", "trainer/checkpoint/",
                   "trainer/report/"),
    r"torch/csrc/": ("distributed/gradient_hooks", "nets/layers/synced_batch_norm"),
    r"(cuda_runtime|cuda_runtime_api|cuda|nccl)\.h|c10/cuda/|ATen/cuda/":
        (r"_cuda\.(cpp|h)$", r"\.cu$", r"_kernel\.h$"),
    r"torch/torch\.h|torch/extension\.h": (),
}

# Leaf libraries do not know each other; nobody below trainer/ knows trainer/.
FORBIDDEN_LAYERS = {
    "data": ("nets/", "distributed/", "trainer/"),
    "nets": ("data/", "distributed/", "trainer/"),
    "distributed": ("data/", "nets/", "trainer/"),
    "trainer": (),
}

LEAVES = ("data", "nets", "distributed")

# Where a call is forbidden, and the files that may have it all the same.
FORBIDDEN_CALLS = {
    r"\b(torch::load|torch::save|torch::jit::load|pickle_load)\b": (FOLDERS, ()),
    r"(?<![\w:.])(system|popen)\s*\(": (FOLDERS, ()),
    r"\b(secure_)?getenv\b|\benviron\b":
        (LEAVES, ("distributed/device_cuda.cpp",  # is a GPU hidden on purpose?
                  "distributed/nccl/communicator_cuda.cpp")),  # does NCCL see two hosts?
    r"\b(setenv|putenv)\b": (LEAVES, ("distributed/mpi/session.cpp",)),
    r"(?<![\w_])(std::)?(_?exit|_Exit|quick_exit|abort|terminate|raise)\s*\(":
        (LEAVES, ("distributed/mpi/session.cpp",)),
    r"\bfault_exit\b": (LEAVES, ("distributed/mpi/session.cpp",
                                 "distributed/mpi/session.h")),
    r"\b(std::cout|std::cerr|std::clog|f?printf|f?puts|perror|fmt::print)\b":
        (LEAVES, ()),
}


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".cpp", ".h", ".cu", ".inc"):
                yield path


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


class House(unittest.TestCase):
    maxDiff = None

    def test_every_library_has_one_door(self):
        wrong = []
        for path in sources():
            place = path.relative_to(ROOT).as_posix()
            for line in re.findall(r'#include\s+[<"]([^>"]+)[>"]', path.read_text()):
                for header, doors in DOORS.items():
                    if re.match(header, line) and not any(
                            place.startswith(d) or re.search(d, place) for d in doors):
                        wrong.append(f"{place} includes {line}")
        self.assertEqual(wrong, [])

    def test_leaf_libraries_do_not_know_each_other(self):
        wrong = []
        for path in sources():
            place = path.relative_to(ROOT).as_posix()
            for line in re.findall(r'#include\s+"([^"]+)"', path.read_text()):
                if line.startswith(FORBIDDEN_LAYERS[place.split("/")[0]]):
                    wrong.append(f"{place} includes {line}")
        self.assertEqual(wrong, [])

    def test_no_forbidden_calls(self):
        wrong = []
        for path in sources():
            place = path.relative_to(ROOT).as_posix()
            code = without_comments(path.read_text())
            for call, (folders, allowed) in FORBIDDEN_CALLS.items():
                if place.split("/")[0] in folders and place not in allowed:
                    wrong += [f"{place}: {m[0]}" for m in re.finditer(call, code)]
        self.assertEqual(wrong, [])

    def test_headers_guard_themselves_and_use_no_namespace(self):
        wrong = []
        for path in sources():
            text = path.read_text()
            if path.suffix == ".h" and not text.startswith("#pragma once\n"):
                wrong.append(f"{path.relative_to(ROOT)} does not begin with #pragma once")
            if path.suffix == ".h" and re.search(r"^using namespace", text, re.M):
                wrong.append(f"{path.relative_to(ROOT)} has `using namespace`")
        self.assertEqual(wrong, [])

    def test_no_two_types_have_one_name(self):
        # The linker would take the functions of either for both.
        places = {}
        for path in sources():
            hidden = False  # in an anonymous namespace
            for line in path.read_text().splitlines():
                hidden = line == "namespace {" or hidden and line != "}  // namespace"
                found = re.match(r"(?:struct|class|enum class) (\w+)(?: final)?(?: :[^;]*)? \{",
                                 line)
                if found and not hidden:
                    places.setdefault(found[1], []).append(str(path.relative_to(ROOT)))
        self.assertGreater(len(places), 100)
        self.assertEqual({name: files for name, files in places.items() if len(files) > 1}, {})

    def test_no_file_is_longer_than_300_lines(self):
        long = [f"{path.relative_to(ROOT)}: {count} lines" for path in sources()
                if (count := len(path.read_text().splitlines())) > 300]
        self.assertEqual(long, [])

    def test_code_is_formatted(self):
        if not any(os.access(pathlib.Path(d) / "clang-format-14", os.X_OK)
                   for d in os.environ["PATH"].split(":")):
            self.fail("clang-format-14 is missing; launch/setup.sh --tests installs it")
        files = [str(p) for p in sources()]
        files += [str(p) for p in (ROOT / "tests").rglob("*")
                  if p.suffix in (".cpp", ".h")]
        done = subprocess.run(
            ["clang-format-14", "--dry-run", "--Werror", *files],
            capture_output=True, text=True)
        self.assertEqual(done.stderr[:2000], "")

    def test_shell_scripts_parse(self):
        scripts = [*(ROOT / "launch").glob("*.sh"), ROOT / "launch/slurm.sbatch",
                   ROOT / ".ci/run"]
        for script in scripts:
            done = subprocess.run(["bash", "-n", str(script)], capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_links_in_docs_lead_somewhere(self):
        broken = []
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
                if not (page.parent / target).exists():
                    broken.append(f"{page.relative_to(ROOT)} -> {target}")
        self.assertEqual(broken, [])

    def test_files_that_docs_name_are_there(self):
        missing = []
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"),
                     *(ROOT / "configs").glob("*.yaml")]:
            words = re.findall(
                r"(?<![\w/.<-])((?:%s|launch|tests|configs|docs|cmake)/[\w./-]*\w)"
                % "|".join(FOLDERS), page.read_text())
            missing += [f"{page.name}: {word}" for word in words
                        if "NAME" not in word and not any((ROOT / (word + end)).exists()
                                   for end in ("", ".h", ".cpp"))]
        self.assertEqual(missing, [])

    def test_tests_that_docs_name_are_there(self):
        tests = "".join(p.read_text() for p in (ROOT / "tests").rglob("*")
                        if p.suffix in (".cpp", ".py"))
        known = {f"{suite}.{name}" for suite, name in
                 re.findall(r"^TEST(?:_[PF])?\(\s*(\w+),\s*(\w+)\)", tests, re.M)}
        known |= set(re.findall(r"def (test_\w+)\(", tests))
        missing = []
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
            suite = ""
            for name in re.findall(r"`((?:\w+/)?(?:[A-Z]\w+)?\.[A-Z]\w+|test_\w+)[`/]",
                                   page.read_text()):
                # "`Suite.One`, `.Another`"
                suite = name.split(".")[0].split("/")[-1] or suite
                full = f"{suite}.{name.split('.')[1]}" if "." in name else name
                if full not in known:
                    missing.append(f"{page.name}: {full}")
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

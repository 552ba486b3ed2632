"""convoy doctor: what it finds here, in words and as JSON."""
import ctypes
import ctypes.util
import json
import re
import shutil
import subprocess
import unittest

import convoy


def loaded_lmdb():
    library = ctypes.CDLL(ctypes.util.find_library("lmdb"))
    parts = [ctypes.c_int() for _ in range(3)]
    library.mdb_version(*map(ctypes.byref, parts))
    return ".".join(str(part.value) for part in parts)


def loaded_libpng():
    library = ctypes.CDLL(ctypes.util.find_library("png16"))
    library.png_get_libpng_ver.restype = ctypes.c_char_p
    return library.png_get_libpng_ver(None).decode()


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = convoy.run("doctor")
        cls.json = convoy.run("doctor", "--json")
        cls.report = json.loads(cls.json.stdout)

    def test_names_the_version_of_everything_that_decides_a_result(self):
        import torch
        versions = self.report["versions"]
        self.assertEqual(versions["lmdb"], loaded_lmdb())
        self.assertEqual(versions["libpng"], loaded_libpng())
        self.assertRegex(versions["libjpeg_turbo"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(versions["libtorch"], torch.__version__.split("+")[0])
        self.assertIn("MPI", versions["mpi"])
        if versions["cuda_runtime"] != "none":  # built with CUDA
            self.assertTrue(torch.version.cuda.startswith(versions["cuda_runtime"]))
            self.assertRegex(versions["nccl"], r"^\d+\.\d+\.\d+$")
            self.assertRegex(versions["cudnn"], r"^\d+\.\d+\.\d+$")

    def test_has_a_remedy_for_whatever_is_not_as_it_should_be(self):
        findings = self.report["findings"]
        subjects = {f["subject"] for f in findings}
        self.assertLessEqual(
            {"processor", "vector units", "bf16", "threads", "memory", "NCCL", "MPI",
             "mpirun", "/dev/shm", "open files", "disk", "run folder"}, subjects)
        for finding in findings:
            self.assertEqual(finding["level"] == "ok", finding["remedy"] == "", finding)

    def test_fails_only_when_something_would_stop_a_run(self):
        problems = [f for f in self.report["findings"] if f["level"] == "problem"]
        self.assertEqual(self.json.returncode, 78 if problems else 0)
        self.assertEqual(self.text.returncode, self.json.returncode)
        refused = convoy.run("doctor", "--folder", "/proc/none")
        self.assertEqual(refused.returncode, 78)
        self.assertIn("BAD ", refused.stdout)

    def test_says_the_same_in_words(self):
        changing = {"memory", "disk", "/dev/shm"}
        for name, version in self.report["versions"].items():
            self.assertRegex(self.text.stdout, rf"(?m)^ +{name} +{re.escape(version)}$")
        for finding in self.report["findings"]:
            seen = "" if finding["subject"] in changing else re.escape(finding["seen"])
            self.assertRegex(
                self.text.stdout,
                rf"(?m)^(ok|note|BAD) +{re.escape(finding['subject'])} +{seen}")
            self.assertIn(finding["remedy"], self.text.stdout)


class BesideEachOther(unittest.TestCase):
    """Two ranks of one host, with an environment of their own each."""

    def doctor(self, *contexts, words=()):
        line = [*convoy.MPIRUN]
        for i, environment in enumerate(contexts):
            line += [":"] if i else []
            line += ["-np", "1"]
            for name, value in environment.items():
                line += ["-x", f"{name}={value}"]
            line += convoy.command(["doctor", *words])
        return subprocess.run(line, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)

    def test_ranks_that_are_alike_share_everything(self):
        done = self.doctor({}, {}, words=["--json"])
        report = json.loads(done.stdout)
        alone = json.loads(convoy.run("doctor", "--json").stdout)
        self.assertEqual(report["differences"], [])
        self.assertEqual(len(report["ranks"]), 2)
        self.assertEqual(report["versions"], alone["versions"])
        for name, version in alone["versions"].items():
            self.assertEqual(report["shared"][name], version)
        self.assertEqual([f["subject"] for f in report["findings"]],
                         [f["subject"] for f in alone["findings"]])

    def test_names_the_ranks_that_differ_and_what_to_do(self):
        done = self.doctor({"NCCL_ALGO": "Ring"}, {"OMP_NUM_THREADS": "7"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^2 ranks: 2 on \S+$")
        self.assertRegex(done.stdout, r"(?m)^note  NCCL_ALGO +Ring on rank 0 of \S+; "
                         r"not set on rank 1 of \S+\n +-> .*mpirun -x NCCL_ALGO")
        self.assertRegex(done.stdout, r"(?m)^note  OMP_NUM_THREADS +not set on rank 0 of ")
        self.assertRegex(done.stdout, r"(?m)^ +nccl +\S+$")

    def test_a_database_that_is_not_there_fails(self):
        folder = convoy.workspace() / "there"
        folder.mkdir()
        (folder / "data.mdb").write_bytes(b"12345")
        done = self.doctor({}, {}, words=["--data", folder])
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, rf"(?m)^ +data {folder} +5 bytes$")
        done = self.doctor({}, {}, words=["--data", folder / "not"])
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stdout, r"(?m)^BAD +data +\S+: not there$")

    def test_programs_that_differ_fail(self):
        other = convoy.workspace() / "convoy"
        shutil.copy(convoy.CONVOY, other)
        with other.open("ab") as program:
            program.write(b"\0")
        done = subprocess.run(
            [*convoy.MPIRUN, "-np", "1", convoy.CONVOY, "doctor", ":",
             "-np", "1", str(other), "doctor"],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^BAD +build +[0-9a-f]{16} on rank 0 of \S+; "
                         r"[0-9a-f]{16} on rank 1 of ")

    def test_a_wrong_option_is_told_once(self):
        done = self.doctor({}, {}, words=["--bogus"])
        self.assertEqual(done.returncode, 64)
        self.assertEqual(done.stderr.count("--bogus"), 1, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""convoy doctor: what it finds here, in words and as JSON."""
import ctypes
import ctypes.util
import json
import re
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


if __name__ == "__main__":
    unittest.main(verbosity=2)

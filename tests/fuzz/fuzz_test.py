"""Runs the fuzz targets for a few seconds each, on seeds that PyTorch writes and on
.caffemodel files written by Caffe's rules.

usage: fuzz_test.py FUZZ_SAFETENSORS FUZZ_PTH FUZZ_CAFFEMODEL     (programs)
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import torch

TESTS = pathlib.Path(__file__).resolve().parents[1]
SECONDS = os.environ.get("CONVOY_FUZZ_SECONDS", "4")
PROGRAMS = {}


def make_seeds(folder):
    torch.manual_seed(1)
    state = {"conv.weight": torch.randn(2, 3).t(), "conv.bias": torch.zeros(2),
             "bn.num_batches_tracked": torch.tensor(3), "half": torch.ones(3).half(),
             "flag": torch.tensor([True, False])}
    held = {"plain": state, "nested": {"epoch": 3, "lr": [0.1], "model": state},
            "parallel": {f"module.{name}": value for name, value in state.items()}}
    for name, what in held.items():
        torch.save(what, folder / f"{name}.pth")
        torch.save(what, folder / f"{name}.legacy.pth",
                   _use_new_zipfile_serialization=False)
        with zipfile.ZipFile(folder / f"{name}.pth") as archive:
            (folder / f"{name}.pkl").write_bytes(archive.read(f"{name}/data.pkl"))
    torch.save(state, folder / "protocol4.pth", pickle_protocol=4)
    header = (b'{"__metadata__":{"format":"pt"},'
              b'"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},'
              b'"b.\\u00e4":{"dtype":"I64","shape":[],"data_offsets":[24,32]},'
              b'"c":{"dtype":"BOOL","shape":[0,4],"data_offsets":[32,32]}}  ')
    (folder / "a.safetensors").write_bytes(
        len(header).to_bytes(8, "little") + header + bytes(range(32)))


def make_caffe_seeds(folder):
    subprocess.run([sys.executable, TESTS / "nets/weights/make_caffemodels.py", folder],
                   check=True)
    for described in (*folder.glob("*.txt"), *folder.glob("*.bin")):
        described.unlink()


class Fuzz(unittest.TestCase):
    def fuzz(self, program, make=make_seeds, count=11):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            make(folder)
            seeds = sorted(map(str, folder.iterdir()))
            self.assertEqual(len(seeds), count)
            done = subprocess.run([program, SECONDS, *seeds], cwd=folder,
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertGreater(int(re.search(r"(\d+) inputs", done.stdout)[1]), 100)

    def test_safetensors_are_refused_or_read(self):
        self.fuzz(PROGRAMS["safetensors"])

    def test_pth_are_refused_or_read(self):
        self.fuzz(PROGRAMS["pth"])

    def test_caffemodels_are_refused_or_read(self):
        self.fuzz(PROGRAMS["caffemodel"], make_caffe_seeds, 12)


if __name__ == "__main__":
    PROGRAMS["caffemodel"] = sys.argv.pop()
    PROGRAMS["pth"] = sys.argv.pop()
    PROGRAMS["safetensors"] = sys.argv.pop()
    unittest.main(verbosity=2)

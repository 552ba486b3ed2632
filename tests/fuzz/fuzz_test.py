"""Runs the fuzz targets for a few seconds each, on seeds that PyTorch writes and on
.caffemodel files written by Caffe's rules, and on records of an import.

usage: fuzz_test.py FUZZ_SAFETENSORS FUZZ_PTH FUZZ_CAFFEMODEL FUZZ_DATUM     (programs)
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

import lmdb
import torch

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))
import caffe

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
    (folder / "a.safetensors").write_bytes(safetensors(header, bytes(range(32))))
    tagged = torch.ones(2)
    tagged.note = "text"
    torch.save({"tagged": tagged, "parameter": torch.nn.Parameter(torch.ones(2))},
               folder / "tagged.legacy.pth", _use_new_zipfile_serialization=False)
    average = torch.optim.swa_utils.AveragedModel(torch.nn.Linear(2, 1))
    torch.save({"model_ema": average.state_dict()}, folder / "averaged.legacy.pth",
               _use_new_zipfile_serialization=False)


def safetensors(header, data):
    return len(header).to_bytes(8, "little") + header + data


def text(characters):
    return b"X" + len(characters).to_bytes(4, "little") + characters


def storage_id(key):
    return (b"(" + text(b"storage") + b"ctorch\nFloatStorage\n" + text(key) + text(b"cpu")
            + b"K\x06t")


def make_bombs(folder):
    """Files of at most some megabytes that a reader may spend minutes or gigabytes on."""
    empty = (b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage_id(b"0")
             + b"QK\x00K\x00\x85K\x01\x85\x89}tR")
    # One name of a megabyte for very many tensors: copies of it would take 100 GB.
    (folder / "names.pkl").write_bytes(
        b"\x80\x02}(" + text(b"n" * 10**6) + b"q\x00" + empty + b"q\x01"
        + b"h\x00h\x01" * 100_000 + b"u.")
    # One key of a megabyte for very many storages: comparisons of it, 400 GB.
    little_endian = b"}" + text(b"little_endian") + b"\x88s"
    magic = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
    keys = b"](" + storage_id(b"k" * 10**6) + b"q\x00Q" + b"h\x00Q" * 400_000 + b"e"
    (folder / "keys.pth").write_bytes(b"".join(
        b"\x80\x02" + code + b"."
        for code in (magic, b"M\xe9\x03", little_endian, keys, b"]")))
    # Very many names: a parser may look through all of them at the end of each.
    (folder / "names.safetensors").write_bytes(safetensors(
        b"{" + b",".join(b'"%d":{}' % i for i in range(131_000)) + b"}", b""))
    # A name of prefixes, of which each would be a move of all that follow: a terabyte.
    name = b"module." * 600_000
    (folder / "prefixes.safetensors").write_bytes(safetensors(
        b'{"' + name + b'w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', b"\0"))


def make_weights(folder):
    make_seeds(folder)
    make_bombs(folder)


def make_caffe_seeds(folder):
    subprocess.run([sys.executable, TESTS / "nets/weights/make_caffemodels.py", folder],
                   check=True)
    for described in (*folder.glob("*.txt"), *folder.glob("*.bin")):
        described.unlink()
    # One name of megabytes for a hundred blobs: a copy for each would take 500 MB.
    blob = caffe.payload(7, caffe.payload(7, caffe.payload(1, b"\0")))
    (folder / "names.caffemodel").write_bytes(caffe.payload(100, (
        caffe.payload(1, b"n" * 5_000_000) + blob * 100)))


def make_records(folder):
    """Two of each way to store pictures; files in the form that is decoded in parts."""
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        convoy("dataset", "render", work / "set", "--folders", "--px", 160, "--train", 1,
               "--val", 0)
        for way in ("file", "jpeg", "png", "raw"):
            size = () if way == "file" else ("--size", 64)
            convoy("import", "folder", work / "set/train", work / way, "--store", way, *size)
            with lmdb.open(str(work / way), readonly=True, lock=False) as environment:
                with environment.begin() as transaction:
                    for number, (_, value) in zip(range(2), transaction.cursor()):
                        (folder / f"{way}{number}.datum").write_bytes(value)


def convoy(*words):
    subprocess.run([os.environ["CONVOY"], *map(str, words)], check=True, capture_output=True)


class Fuzz(unittest.TestCase):
    def fuzz(self, program, make, count):
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
        self.fuzz(PROGRAMS["safetensors"], make_weights, 17)

    def test_pth_are_refused_or_read(self):
        self.fuzz(PROGRAMS["pth"], make_weights, 17)

    def test_caffemodels_are_refused_or_read(self):
        self.fuzz(PROGRAMS["caffemodel"], make_caffe_seeds, 17)

    def test_records_are_refused_or_decoded(self):
        self.fuzz(PROGRAMS["datum"], make_records, 8)


if __name__ == "__main__":
    PROGRAMS["datum"] = sys.argv.pop()
    PROGRAMS["caffemodel"] = sys.argv.pop()
    PROGRAMS["pth"] = sys.argv.pop()
    PROGRAMS["safetensors"] = sys.argv.pop()
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""Photographs to batches: convoy's decoder and loader beside others that read the same
database, in one run: rounds are interleaved, one core for each number but the loader's.

usage: data.py DB PARTS [--rounds 5] [--pictures 600]

DB holds encoded JPEGs, imported with --keep-bytes, PARTS the same pictures in the form that
convoy writes by default; both are read once before. OpenCV is left out where it is not
installed. Prints tables in Markdown: medians of rounds and their range.
"""
import argparse
import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import lmdb
import numpy as np
import torch
from PIL import Image
from torchvision import io as tv_io
from torchvision import transforms as T

try:
    import cv2
    cv2.setNumThreads(1)
except ImportError:
    cv2 = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = os.environ.get("CONVOY") or str(ROOT / "build/release/convoy")
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
CROP = [T.RandomResizedCrop(224), T.RandomHorizontalFlip()]
MOTION = [T.RandomRotation(15, interpolation=T.InterpolationMode.BILINEAR),
          T.ColorJitter(0.4, 0.4, 0.4, 0.1)]
FINISH = [T.ToTensor(), T.Normalize(MEAN, STD)]


def field(value, wanted):
    """A bytes field of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        number = shift = 0
        while True:
            byte = value[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    while at < len(value):
        tag = varint()
        kind = tag & 7
        if kind == 2:
            length = varint()
            if tag >> 3 == wanted:
                return value[at:at + length]
            at += length
        elif kind == 0:
            varint()
        else:
            at += 8 if kind == 1 else 4
    raise SystemExit("a record without data")


class Records(torch.utils.data.Dataset):
    """As PyTorch's users read LMDB: one transaction a worker, PIL, torchvision."""

    def __init__(self, path, pictures, chain):
        self.path, self.chain = path, chain
        self.open()
        self.keys = [key for key, _ in self.transaction.cursor()][:pictures]
        self.keys = list(map(bytes, self.keys))
        self.close()

    def open(self):
        self.environment = lmdb.open(self.path, readonly=True, lock=False, readahead=False)
        self.transaction = self.environment.begin(buffers=True)

    def close(self):
        """Workers open their own."""
        self.transaction.abort()
        self.environment.close()
        self.transaction = self.environment = None

    def __len__(self):
        return len(self.keys)

    def jpeg(self, index):
        if self.transaction is None:
            self.open()
        return bytes(field(self.transaction.get(self.keys[index]), 4))

    def __getitem__(self, index):
        return self.chain(Image.open(io.BytesIO(self.jpeg(index))).convert("RGB"))


def us_each(function, pictures):
    begin = time.thread_time()
    for picture in pictures:
        function(picture)
    return 1e6 * (time.thread_time() - begin) / len(pictures)


def decoders(pictures):
    ways = {
        "PIL": lambda b: np.asarray(Image.open(io.BytesIO(b)).convert("RGB")),
        "torchvision decode_jpeg": lambda b: tv_io.decode_jpeg(
            torch.frombuffer(bytearray(b), dtype=torch.uint8), mode=tv_io.ImageReadMode.RGB),
    }
    if cv2:
        ways["OpenCV imdecode"] = lambda b: cv2.imdecode(
            np.frombuffer(b, np.uint8), cv2.IMREAD_COLOR)
    return {name: us_each(way, pictures) for name, way in ways.items()}


def convoy(*words):
    done = subprocess.run([CONVOY, "bench", *map(str, words), "--json", "--repeats", "1"],
                          capture_output=True, text=True, check=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    return list(map(json.loads, done.stdout.splitlines()))


def loader_rate(records, workers):
    """Images a second from the first batch asked for to the last."""
    loader = torch.utils.data.DataLoader(
        records, 32, shuffle=True, num_workers=workers, drop_last=True)
    begin, count = time.perf_counter(), 0
    for batch in loader:
        count += len(batch)
    rate = count / (time.perf_counter() - begin)
    if records.transaction is not None:
        records.close()
    return rate


def round_of(options, plain, rich, jpegs, note):
    for name, us in decoders(jpegs).items():
        note("decode", name, us)
    count = ("--pictures", options.pictures)
    note("decode", "convoy, the files as they were",
         convoy("decode", options.database, *count)[0]["median_us"])
    needed = convoy("decode", options.parts, *count)
    note("decode", "convoy, what a random crop needs", needed[1]["median_us"])
    note("wrong", "pictures", needed[1]["wrong"])
    motion = ("--rotate", 15, "--jitter", 0.4)
    for name, records, words in (("crop, flip", plain, ()),
                                 ("crop, flip, rotate, jitter", rich, motion)):
        begin = time.thread_time()
        for index in range(len(records)):
            records[index]
        note(name, "torchvision, 1 core", len(records) / (time.thread_time() - begin))
        records.close()
        for row in convoy("loader", options.parts, "--workers", "1,2", *count, *words):
            note(name, f"convoy, {row['workers']} threads", row["median_images_per_second"])
    for workers in (0, 1, 2):
        note("crop, flip", f"DataLoader, {workers} workers", loader_rate(plain, workers))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("parts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=600)
    options = parser.parse_args()
    torch.set_num_threads(1)
    plain = Records(options.database, options.pictures, T.Compose(CROP + FINISH))
    rich = Records(options.database, options.pictures, T.Compose(CROP + MOTION + FINISH))
    jpegs = [plain.jpeg(i) for i in range(len(plain))]
    plain.close()
    seen = {}

    def note(table, name, value):
        seen.setdefault(table, {}).setdefault(name, []).append(value)

    for _ in range(options.rounds):
        round_of(options, plain, rich, jpegs, note)
    for table, rows in seen.items():
        print(f"\n{table} ({'us a picture' if table == 'decode' else 'images/s'}):")
        for name, values in rows.items():
            print(f"| {name} | {statistics.median(values):.1f} "
                  f"({min(values):.1f}..{max(values):.1f}) |")
    if not cv2:
        print("\nOpenCV is not installed", file=sys.stderr)


if __name__ == "__main__":
    main()

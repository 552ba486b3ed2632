"""Writes LMDB databases as other programs write them, into a folder. Protobuf by hand,
from the field numbers of Caffe's Datum alone."""
import io
import pickle
import struct
import sys
from pathlib import Path

import lmdb
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import caffe
from caffe import datum, key, number, payload, planar_bgr

out = Path(sys.argv[1])
rng = np.random.default_rng(11)


def write(name, records, **options):
    caffe.write(out / name, records, **options)


def jpeg(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **options)
    return file.getvalue()


def picture(height, width, channels):
    pixels = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
    return pixels


# convert_imageset, raw: planar BGR of one size. The pixels lie beside it as RGB.
colour = [picture(6, 8, 3) for _ in range(40)]
np.stack(colour).tofile(out / "bgr_raw.pixels")
write("bgr_raw", [(key(i, f"cars/img {i}.jpg"),
                   datum((3, 6, 8), planar_bgr(p).tobytes(), i % 4))
                  for i, p in enumerate(colour)])
gray = [picture(5, 7, 1) for _ in range(9)]
np.stack(gray).tofile(out / "gray_raw.pixels")
write("gray_raw", [(key(i, f"g{i}.png"),
                    datum((1, 5, 7), p.tobytes(), i % 3))
                   for i, p in enumerate(gray)])

# convert_imageset --encoded: no sizes, files of several sizes.
files = [jpeg(picture(10 + i, 12, 3), quality=90) for i in range(70)]
write("encoded", [(key(i, f"n{i % 5}/{i}.jpg"),
                   datum(None, file, i % 5, encoded=1))
                  for i, file in enumerate(files)])
(out / "encoded.69.jpg").write_bytes(files[69])

# Floats, one tag a value as proto2 writes them, and packed.
whole = [planar_bgr(p).astype(np.float32) for p in colour[:6]]
write("floats", [(key(i, "x"), datum((3, 6, 8), label=i, floats=p))
                 for i, p in enumerate(whole)])
write("floats_packed", [(key(i, "x"),
                         datum((3, 6, 8), label=i, floats=p, packed=True))
                        for i, p in enumerate(whole)])
write("floats_unit", [(b"a", datum((3, 6, 8), label=0, floats=whole[0] / 255))])

# DIGITS: keys of index and label, sizes set, PNG or JPEG.
write("digits", [(f"{i:08d}_{i % 7}".encode(),
                  datum((3, 10 + i, 12), files[i], i % 7, encoded=1))
                 for i in range(21)])

# A map of 1 TiB, as tools on Linux like to ask for, sparse and not.
write("one_tebibyte", [(key(i, "a"), datum(None, files[i], i % 2,
                                                  encoded=1))
                       for i in range(10)], map_size=1 << 40)
write("one_tebibyte_sparse", [(key(i, "a"),
                               datum(None, files[i], i % 2, encoded=1))
                              for i in range(10)],
      map_size=1 << 40, writemap=True, map_async=True)
write("single_file.lmdb", [(key(i, "a"), datum(None, files[i], i % 2,
                                                      encoded=1))
                           for i in range(10)], subdir=False)
write("negative", [(b"k0", datum((1, 1, 1), b"\x07", -1)),
                   (b"k1", datum((1, 1, 1), b"\x08", -2147483648))])
write("empty", [])
write("unlabelled", [(b"k0", datum((1, 1, 1), b"\x07"))])
write("many", [(f"{i:08d}".encode(), datum((1, 1, 2),
                                           struct.pack("<H", i % 65536), i % 10))
               for i in range(5000)])
write("long_keys", [(bytes([0, 255, i]) + b"k" * 508, datum((1, 1, 1), b"x", i))
                    for i in range(100)])
write("many.long", [(f"{i:08d}".encode() + b"p" * 60, datum(
    (1, 40, 80), rng.integers(0, 256, 3200, dtype=np.uint8).tobytes(), i % 10))
    for i in range(400)])

# Written to and deleted from in many transactions, as no import would: pages merged,
# split, freed and used again. The keys that are left lie beside it.
for case in range(6):
    chance = np.random.default_rng(case)
    left = {}
    with lmdb.open(str(out / f"churned{case}"), map_size=1 << 28) as environment:
        for _ in range(case + 2):
            with environment.begin(write=True) as transaction:
                for _ in range(300):
                    name = b"%05d" % chance.integers(400)
                    if chance.random() < 0.6:
                        size = int(chance.choice([10, 500, 3000, 20000]))
                        value = datum((1, 1, size), bytes(size), size)
                        transaction.put(name, value)
                        left[name] = size
                    else:
                        transaction.delete(name)
                        left.pop(name, None)
    (out / f"churned{case}.txt").write_text("".join(
        f"{name.decode()} {size}\n" for name, size in sorted(left.items())))

# What others keep in LMDB.
with_lists = [(b"__len__", pickle.dumps(3))] + [
    (str(i).encode(), pickle.dumps((files[i], i))) for i in range(3)]
write("pickled", with_lists, subdir=False)
# Caffe2's TensorProtos: field 1 is a message.
write("caffe2", [(f"{i:08d}".encode(),
                  payload(1, number(2, 4) + payload(7, files[i])) +
                  payload(1, number(1, 1) + number(2, 2) + number(5, i)))
                 for i in range(3)])
write("bare_files", [(f"{i}.jpg".encode(), files[i]) for i in range(3)])
environment = lmdb.open(str(out / "named"), map_size=1 << 24, max_dbs=2)
child = environment.open_db(b"child")
with environment.begin(write=True) as transaction:
    transaction.put(b"a", b"b", db=child)
environment.close()
for lock in out.glob("*/lock.mdb"):
    lock.unlink()
for lock in out.glob("*-lock"):
    lock.unlink()

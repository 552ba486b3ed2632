"""Draws pictures to try the project on: discs, squares and stripes of random colours, in
series of ten of one colour, and pictures.csv, which lists them."""
import os
import random
import struct
import zlib

PX = 32


def is_inside(label, x, y, size):
    if label == "disc":
        return (x - PX / 2) ** 2 + (y - PX / 2) ** 2 < size ** 2
    if label == "square":
        return max(abs(x - PX / 2), abs(y - PX / 2)) < size
    return (x + y) // 4 % 2 == 0  # stripes


def chunk(tag, body):
    return (struct.pack(">I", len(body)) + tag + body
            + struct.pack(">I", zlib.crc32(tag + body)))


def write_png(path, pixel):
    rows = b"".join(b"\0" + bytes(v for x in range(PX) for v in pixel(x, y))
                    for y in range(PX))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", PX, PX, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


draw = random.Random(1)
os.makedirs("pictures", exist_ok=True)
with open("pictures.csv", "w") as table:
    print("path,label,group", file=table)
    for number in range(600):
        label = ("disc", "square", "stripes")[number // 10 % 3]
        if number % 10 == 0:
            colours = [[draw.randrange(256) for _ in range(3)] for _ in range(2)]
        size = draw.uniform(6, 14)
        path = f"pictures/{number:03}.png"
        write_png(path, lambda x, y: colours[is_inside(label, x, y, size)])
        print(f"{path},{label},series{number // 10}", file=table)

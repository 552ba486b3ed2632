"""Writes pictures of every kind that the decoder knows into a folder, each with the
pixels that Pillow reads from it: NAME and NAME.rgb, NAME.gray (an ASCII line
"height width channels", then the bytes)."""
import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

out = Path(sys.argv[1])
rng = np.random.default_rng(7)


def scene(height, width, channels=3):
    """Smooth shapes with some texture, so that chroma upsampling matters."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = [127 + 90 * np.sin(x / (5 + 3 * c) + c) * np.cos(y / (7 - c)) +
              rng.normal(0, 8, (height, width)) for c in range(channels)]
    planes[0][height // 3:2 * height // 3, width // 4:width // 2] = 240
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def put(name, pixels):
    """Pixels as the decoder's result should be."""
    pixels = np.ascontiguousarray(pixels)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    header = " ".join(map(str, pixels.shape)) + "\n"
    (out / name).write_bytes(header.encode() + pixels.tobytes())


def expect_as_pillow(name):
    with Image.open(out / name) as image:
        upright = ImageOps.exif_transpose(image)
        rgb = upright.convert("RGB")
        put(name + ".rgb", np.asarray(rgb))
        put(name + ".gray", np.asarray(rgb.convert("L")))


def save(name, image, **options):
    image.save(out / name, **options)
    expect_as_pillow(name)


colour = Image.fromarray(scene(75, 101))
gray = Image.fromarray(scene(64, 51, 1)[..., 0])
for subsampling, label in ((0, "444"), (1, "422"), (2, "420")):
    for progressive in (False, True):
        save(f"{label}{'p' if progressive else ''}.jpg", colour, quality=88,
             subsampling=subsampling, progressive=progressive)
save("optimised.jpg", colour, quality=97, optimize=True)
save("restarts.jpg", colour, quality=90, restart_marker_blocks=3)
save("one_pixel.jpg", Image.fromarray(scene(1, 1)), quality=90)
save("gray.jpg", gray, quality=85)
save("gray_progressive.jpg", gray, quality=85, progressive=True)
save("cmyk.jpg", Image.fromarray(scene(40, 33, 4), "CMYK"), quality=95)
save("rgb_kept.jpg", colour, quality=95, keep_rgb=True)

exif = Image.Exif()
for orientation in range(1, 9):
    exif[0x0112] = orientation
    save(f"turned{orientation}.jpg", colour, quality=92, exif=exif)
    save(f"turned{orientation}.png", colour, exif=exif)
    save(f"turned{orientation}_gray.png", gray, exif=exif)

save("rgb.png", colour)
save("gray.png", gray)
save("rgba.png", Image.fromarray(scene(30, 41, 4), "RGBA"))
save("gray_alpha.png", Image.fromarray(scene(30, 41, 2), "LA"))
save("palette.png", colour.quantize(200))
save("palette4.png", colour.quantize(13), bits=4)
save("palette1.png", colour.quantize(2), bits=1)
save("palette_transparent.png", colour.quantize(100), transparency=3)
save("one_bit.png", gray.convert("1"))


def png(name, pixels, depth, kind, interlaced=False, extra=b""):
    """A PNG by hand, for what Pillow does not write."""
    def chunk(tag, body):
        return (struct.pack(">I", len(body)) + tag + body +
                struct.pack(">I", zlib.crc32(tag + body)))

    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    if interlaced:
        passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4),
                  (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
        rows = b"".join(b"\0" + np.ascontiguousarray(row).tobytes()
                        for y, x, dy, dx in passes if x < width
                        for row in pixels[y::dy, x::dx])
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0,
                         int(interlaced))
    (out / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                             extra + chunk(b"IDAT", zlib.compress(rows)) +
                             chunk(b"IEND", b""))


def expect_scaled(name, wide):
    """16 bits to 8 by the rule, never by clipping or by dropping the low byte."""
    narrow = ((wide.astype(np.uint64) * 255 + 32767) // 65535).astype(np.uint8)
    if narrow.ndim == 2:
        narrow = np.stack([narrow] * 3, -1)
    put(name + ".rgb", narrow)
    put(name + ".gray", np.asarray(Image.fromarray(narrow).convert("L")))


every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
png("every16.png", every.astype(">u2"), 16, 0)
expect_scaled("every16.png", every)
wide = rng.integers(0, 65536, (31, 29, 3), dtype=np.uint16)
png("rgb16.png", wide.astype(">u2"), 16, 2)
expect_scaled("rgb16.png", wide)
png("rgb16_interlaced.png", wide.astype(">u2"), 16, 2, interlaced=True)
expect_scaled("rgb16_interlaced.png", wide)
both = rng.integers(0, 65536, (20, 21, 4), dtype=np.uint16)
png("rgba16.png", both.astype(">u2"), 16, 6)
expect_scaled("rgba16.png", both[..., :3])
interlaced = scene(37, 45)
png("interlaced.png", interlaced, 8, 2, interlaced=True)
expect_as_pillow("interlaced.png")

# 64 MiB of text that pack into 64 KiB.
bomb = zlib.compress(b"a" * (64 << 20))
body = b"Comment\0\0" + bomb
text = (struct.pack(">I", len(body)) + b"zTXt" + body +
        struct.pack(">I", zlib.crc32(b"zTXt" + body)))
small = scene(4, 4)
png("text_bomb.png", small, 8, 2, extra=text)
put("text_bomb.png.rgb", small)
put("text_bomb.png.gray", np.asarray(Image.fromarray(small).convert("L")))

header = b"IHDR" + struct.pack(">IIBBBBB", 100000, 100000, 8, 2, 0, 0, 0)
whole = (out / "rgb.png").read_bytes()
(out / "huge.png.bomb").write_bytes(
    whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:])

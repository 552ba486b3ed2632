"""Resizes pictures in DIGITS' modes with Pillow. For each case writes NAME.in, NAME.out
(raw RGB) and a line in cases.txt: name, mode, height and width in, height and width out,
and the window (top, left, height, width) of the result that is not noise."""
import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image

out = Path(sys.argv[1])
rng = np.random.default_rng(3)


def near(value):
    return int(math.floor(value + 0.5))


def resized(image, mode, height, width):
    in_width, in_height = image.size
    across, down = in_width / width, in_height / height
    if mode == "squash":
        return image.resize((width, height), Image.BILINEAR), (0, 0)
    if mode == "crop":
        if across > down:
            image = image.resize((near(in_width / down), height), Image.BILINEAR)
            start = near((image.width - width) / 2)
            return image.crop((start, 0, start + width, height)), (0, 0)
        image = image.resize((width, near(in_height / across)), Image.BILINEAR)
        start = near((image.height - height) / 2)
        return image.crop((0, start, width, start + height)), (0, 0)
    if mode == "fill":
        new_width, new_height = width, height
        if across > down:
            new_height = near(in_height / across)
            new_height += (height - new_height) % 2
        else:
            new_width = near(in_width / down)
            new_width += (width - new_width) % 2
        image = image.resize((new_width, new_height), Image.BILINEAR)
        return image, ((height - new_height) // 2, (width - new_width) // 2)
    middle = (across + down) / 2
    new_width, new_height = near(in_width / middle), near(in_height / middle)
    if across > down:
        new_height += (height - new_height) % 2
    elif across < down:
        new_width += (width - new_width) % 2
    image = image.resize((new_width, new_height), Image.BILINEAR)
    if across > down:
        start = near((new_width - width) / 2)
        return (image.crop((start, 0, start + width, new_height)),
                ((height - new_height) // 2, 0))
    start = near((new_height - height) / 2)
    return (image.crop((0, start, new_width, start + height)),
            (0, (width - new_width) // 2))


lines = []
for case in range(60):
    shape = tuple(int(n) for n in rng.integers(20, 120, 2))
    height, width = (int(n) for n in rng.integers(20, 90, 2))
    if case % 3 == 0:
        height = width
    pixels = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    image = Image.fromarray(pixels)
    for mode in ("squash", "crop", "fill", "half_crop"):
        kept, (top, left) = resized(image, mode, height, width)
        name = f"{case}.{mode}"
        pixels.tofile(out / f"{name}.in")
        np.asarray(kept).tofile(out / f"{name}.out")
        lines.append(" ".join(map(str, (
            name, mode, *shape, height, width, top, left, kept.height,
            kept.width))))
(out / "cases.txt").write_text("\n".join(lines) + "\n")

"""Resizes with Pillow. pictures.bin: the pixels of all cases; cases.bin: per case height,
width, channels, x, y, box width, box height, output height, output width (doubles)."""
import os
import sys

import numpy as np
from PIL import Image

os.chdir(sys.argv[1])
pictures = np.fromfile("pictures.bin", np.uint8)
results = []
at = 0
for case in np.fromfile("cases.bin", np.float64).reshape(-1, 9):
    height, width, channels = (int(v) for v in case[:3])
    x, y, box_width, box_height = case[3:7]
    size = height * width * channels
    pixels = pictures[at:at + size].reshape(height, width, channels)
    at += size
    picture = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    resized = picture.resize(
        (int(case[8]), int(case[7])), Image.Resampling.BILINEAR,
        box=(x, y, x + box_width, y + box_height))
    results.append(np.asarray(resized).reshape(-1))
np.concatenate(results).tofile("resized.bin")

"""torchvision's augmentation operations on Pillow pictures. pictures.bin: the pixels of all
cases; cases.bin: per case height, width, channels, number of the operation in torchvision's
list, strength (doubles). Writes results.bin: the pixels that come out. Besides, strengths.bin:
the magnitudes (31 doubles an operation) of TrivialAugmentWide, then of RandAugment for
pictures of 224 x 224."""
import os
import sys

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import InterpolationMode, RandAugment, TrivialAugmentWide
from torchvision.transforms.autoaugment import _apply_op

os.chdir(sys.argv[1])
torch.set_num_threads(1)
spaces = [TrivialAugmentWide()._augmentation_space(31),
          RandAugment()._augmentation_space(31, (224, 224))]
names = list(spaces[0])
pictures = np.fromfile("pictures.bin", np.uint8)
results = []
at = 0
for case in np.fromfile("cases.bin", np.float64).reshape(-1, 5):
    height, width, channels, kind = (int(v) for v in case[:4])
    size = height * width * channels
    pixels = pictures[at:at + size].reshape(height, width, channels)
    at += size
    picture = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    picture = _apply_op(picture, names[kind], float(case[4]), InterpolationMode.NEAREST, None)
    results.append(np.asarray(picture).reshape(-1))
np.concatenate(results).tofile("results.bin")

strengths = []
for space in spaces:
    for name in names:
        magnitudes, _ = space[name]
        strengths.append(np.broadcast_to(magnitudes.double().numpy(), (31,)))
np.concatenate(strengths).tofile("strengths.bin")

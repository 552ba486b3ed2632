"""torchvision's crops. random_crops.bin: 20000 of RandomResizedCrop.get_params on a
500x375 picture (x, y, width, height); fallback.bin: what it falls back to for the sizes in
sizes.bin (height, width); resized.bin: height, width, top, left of Resize(40), CenterCrop(32)
for the same sizes."""
import os
import sys

import numpy as np
import torch
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms import functional as F

os.chdir(sys.argv[1])
torch.set_num_threads(1)
torch.manual_seed(0)
picture = torch.zeros(1, 375, 500)
crops = []
for _ in range(20000):
    y, x, height, width = RandomResizedCrop.get_params(picture, [0.08, 1.0], [3 / 4, 4 / 3])
    crops.append((x, y, width, height))
np.array(crops, np.int32).tofile("random_crops.bin")

fallback, resized = [], []
for height, width in np.fromfile("sizes.bin", np.int32).reshape(-1, 2).tolist():
    picture = torch.zeros(1, height, width)
    y, x, crop_height, crop_width = RandomResizedCrop.get_params(
        picture, [2.0, 2.0], [3 / 4, 4 / 3])
    fallback.append((x, y, crop_width, crop_height))
    # Where pixels come from shows in a picture of coordinates.
    grid = F.resize(picture, 40, antialias=True)
    rows = torch.arange(grid.shape[1]).view(1, -1, 1).expand(grid.shape)
    columns = torch.arange(grid.shape[2]).view(1, 1, -1).expand(grid.shape)
    top = F.center_crop(rows, 32)[0, 0, 0].item()
    left = F.center_crop(columns, 32)[0, 0, 0].item()
    resized.append((grid.shape[1], grid.shape[2], top, left))
np.array(fallback, np.int32).tofile("fallback.bin")
np.array(resized, np.int32).tofile("resized.bin")

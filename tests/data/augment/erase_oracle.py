"""20000 boxes of torchvision's RandomErasing for a picture of 64 x 64: boxes.bin (x, y,
width, height). huge.bin: the same with areas of 0.9 to 1 of the picture, where many tries
fail; what was given up has width 0."""
import os
import sys

import numpy as np
import torch
from torchvision.transforms import RandomErasing

os.chdir(sys.argv[1])
torch.set_num_threads(1)
torch.manual_seed(0)
picture = torch.zeros(3, 64, 64)


def boxes(scale):
    found = []
    for _ in range(20000):
        y, x, height, width, value = RandomErasing.get_params(picture, scale, (0.3, 3.3), [0.0])
        given_up = value is picture
        found.append((0, 0, 0, 0) if given_up else (x, y, width, height))
    return np.array(found, np.int32)


boxes((0.02, 0.33)).tofile("boxes.bin")
boxes((0.9, 1.0)).tofile("huge.bin")

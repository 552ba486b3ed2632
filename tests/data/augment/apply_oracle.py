"""torchvision on the pictures of a test. pictures.bin: their pixels; cases.bin: per case
height, width, channels, kind, and five numbers (doubles). Writes results.bin: the float32
tensors, channels last. Kinds: 0 evaluation (resize, crop); 1 resized crop (x, y, width,
height, side) with a horizontal flip; 2 rotation (degrees) of the picture; 3 to 6 brightness,
contrast, saturation, hue (factor) as floats."""
import os
import sys

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import functional as F

os.chdir(sys.argv[1])
torch.set_num_threads(1)
pictures = np.fromfile("pictures.bin", np.uint8)
finish = {
    1: T.Compose([T.ToTensor(), T.Normalize([0.449], [0.226])]),
    3: T.Compose([T.ToTensor(), T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]),
}
colour = {3: F.adjust_brightness, 4: F.adjust_contrast, 5: F.adjust_saturation, 6: F.adjust_hue}
results = []
at = 0
for case in np.fromfile("cases.bin", np.float64).reshape(-1, 9):
    height, width, channels, kind = (int(v) for v in case[:4])
    numbers = case[4:]
    size = height * width * channels
    pixels = pictures[at:at + size].reshape(height, width, channels)
    at += size
    picture = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
    if kind == 0:
        steps = T.Compose([T.Resize(int(numbers[0]), antialias=True), T.CenterCrop(int(numbers[1]))])
        result = finish[channels](steps(picture))
    elif kind == 1:
        x, y, w, h, side = (int(v) for v in numbers)
        result = finish[channels](F.hflip(F.resized_crop(picture, y, x, h, w, [side, side])))
    elif kind == 2:
        result = finish[channels](F.rotate(picture, numbers[0], F.InterpolationMode.BILINEAR))
    else:
        # Of [0, 1] floats: without rounding in between.
        result = colour[kind](F.to_tensor(picture), numbers[0])
    results.append(result.permute(1, 2, 0).contiguous().numpy().astype(np.float32).reshape(-1))
np.concatenate(results).tofile("results.bin")

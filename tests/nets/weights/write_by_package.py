"""Writes state dicts of torch.save with the safetensors package, as tensors of the types
and shapes that they have there.

usage: write_by_package.py ORIGINAL.pth WRITTEN [ORIGINAL.pth WRITTEN ...]
"""
import sys

import safetensors
import torch


def write(original, written):
    state = torch.load(original, weights_only=True)
    safetensors.serialize_file(
        {name: {"dtype": str(tensor.dtype).removeprefix("torch."),
                "shape": list(tensor.shape),
                "data": tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()}
         for name, tensor in state.items()},
        written, {"format": "pt", "source": "the package"})


for pair in zip(sys.argv[1::2], sys.argv[2::2]):
    write(*pair)

"""Writes how the initial values of a network are distributed, for nets/init_test.cpp.

usage: init_oracle.py NET SEEDS FOLDER

FOLDER gets figures.bin (float64 [SEEDS, tensors of the state without counters, 3]): mean,
mean magnitude and standard deviation of each tensor of the network with 7 classes.
"""
import pathlib
import sys

import numpy
import torch

import oracle_nets

net_name, seeds, folder = sys.argv[1:]


def figures(tensor):
    tensor = tensor[tensor.abs() != 2]  # see init_test.cpp
    return [tensor.mean(dtype=torch.float64).item(),
            tensor.abs().mean(dtype=torch.float64).item(),
            tensor.std(correction=0).item()]


torch.set_num_threads(1)
rows = []
for seed in range(int(seeds)):
    torch.manual_seed(seed)
    net = oracle_nets.build(net_name, classes=7)
    with torch.no_grad():
        rows.append([figures(t) for t in net.state_dict().values()
                     if t.is_floating_point()])
numpy.array(rows).tofile(pathlib.Path(folder) / "figures.bin")

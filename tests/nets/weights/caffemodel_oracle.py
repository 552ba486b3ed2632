"""Writes a .caffemodel of a whole network as Caffe would, pictures, and what the network
makes of them in Caffe's way: BGR, 0..255, less 104, 117 and 123.

usage: caffemodel_oracle.py NET PIXELS FOLDER v1|new

FOLDER gets net.caffemodel, pictures.bin (uint8, RGB, 2 x 3 x PIXELS x PIXELS) and
logits.bin (float32, 2 x 7). The network is that of caffe_oracle.py, with weights large
enough for pictures to make a difference behind all its layers.
"""
import pathlib
import sys

import numpy as np
import torch

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "nets"), str(TESTS / "support")]
import caffe_oracle
import caffemodel


def network(name, classes, seed=1):
    torch.manual_seed(seed)
    net = caffe_oracle.NETS[name](classes).eval()
    for key, value in net.state_dict().items():
        if value.ndim == 1:
            value.uniform_(-0.2, 0.2)
        else:
            # He's bound, of which a uniform draw is quicker than a normal one.
            bound = (6 / value[0].numel()) ** 0.5
            value.uniform_(-bound, bound)
    *_, weight, _ = net.state_dict().values()
    weight.mul_(0.02)
    return net


def caffe_input(pictures):
    """uint8 RGB, N x 3 x H x W, as Caffe's transformer gives them."""
    mean = np.array([104, 117, 123], np.float32).reshape(3, 1, 1)
    return torch.from_numpy(pictures[:, ::-1].astype(np.float32) - mean)


def main():
    name, pixels, folder, generation = sys.argv[1:5]
    folder = pathlib.Path(folder)
    torch.set_num_threads(1)
    net = network(name, 7)
    state = {key: value.numpy() for key, value in net.state_dict().items()}
    (folder / "net.caffemodel").write_bytes(
        caffemodel.network(name, state, old=generation == "v1"))
    pictures = np.random.default_rng(2).integers(
        0, 256, (2, 3, int(pixels), int(pixels)), np.uint8)
    pictures[:, 0] //= 2  # red: else an order of channels is as good as another
    pictures.tofile(folder / "pictures.bin")
    with torch.no_grad():
        net(caffe_input(pictures)).numpy().tofile(folder / "logits.bin")


if __name__ == "__main__":
    main()

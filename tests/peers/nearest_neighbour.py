#!/usr/bin/env python3
"""What a set gives without learning: each picture of one database gets the class of the
most similar one of another (squared difference of all pixels).

usage: nearest_neighbour.py --train DB --val DB [--px 96 32]
"""
import argparse

import torch
from torchvision.transforms import v2

from ddp_train import LmdbDataset


def pixels(path, px):
    """All pictures of a database, (count, values), and their labels."""
    records = LmdbDataset(path, v2.Compose([v2.Resize((px, px)), v2.PILToTensor()]))
    pictures, labels = zip(*(records[i] for i in range(len(records))))
    return torch.stack(pictures).flatten(1).float(), torch.tensor(labels)


def accuracy(known, asked):
    (pictures, labels), (others, wanted) = known, asked
    squares = pictures.square().sum(1)
    hits = 0
    for part, right in zip(others.split(500), wanted.split(500)):
        nearest = (squares - 2 * part @ pictures.T).argmin(1)
        hits += (labels[nearest] == right).sum().item()
    return hits / len(wanted)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True)
    parser.add_argument("--val", required=True)
    parser.add_argument("--px", type=int, nargs="+", default=(96, 32))
    options = parser.parse_args()
    for px in options.px:
        known, asked = pixels(options.train, px), pixels(options.val, px)
        print(f"{px} px: {len(known[1])} known, {len(asked[1])} asked, "
              f"{100 * accuracy(known, asked):.2f} % right")


if __name__ == "__main__":
    main()

"""Caffe's bvlc_alexnet and bvlc_googlenet from PyTorch's layers, layer by layer as in their
train_val.prototxt files, with our names. In training GoogLeNet gives all three logits.
"""
import collections

import torch
from torch import nn

Outputs = collections.namedtuple("Outputs", ["logits", "aux_logits2", "aux_logits1"])


def lrn():
    return nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1.0)


def max_pool():
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def rows(*layers):
    """A Sequential of (name, layer) pairs, and of layers that need no name."""
    named = [one if isinstance(one, tuple) else (f"unnamed{i}", one)
             for i, one in enumerate(layers)]
    return nn.Sequential(collections.OrderedDict(named))


def alexnet(classes):
    def conv(n, *arguments, **options):
        return f"conv{n}", nn.Conv2d(*arguments, **options)

    return rows(
        conv(1, 3, 96, 11, stride=4), nn.ReLU(), lrn(), max_pool(),
        conv(2, 96, 256, 5, padding=2, groups=2), nn.ReLU(), lrn(), max_pool(),
        conv(3, 256, 384, 3, padding=1), nn.ReLU(),
        conv(4, 384, 384, 3, padding=1, groups=2), nn.ReLU(),
        conv(5, 384, 256, 3, padding=1, groups=2), nn.ReLU(), max_pool(), nn.Flatten(),
        ("fc6", nn.Linear(9216, 4096)), nn.ReLU(), nn.Dropout(),
        ("fc7", nn.Linear(4096, 4096)), nn.ReLU(), nn.Dropout(),
        ("fc8", nn.Linear(4096, classes)))


class Inception(nn.Module):
    def __init__(self, inputs, one, three_reduce, three, five_reduce, five, pool):
        super().__init__()
        for name, module in {
                "1x1": nn.Conv2d(inputs, one, 1),
                "3x3_reduce": nn.Conv2d(inputs, three_reduce, 1),
                "3x3": nn.Conv2d(three_reduce, three, 3, padding=1),
                "5x5_reduce": nn.Conv2d(inputs, five_reduce, 1),
                "5x5": nn.Conv2d(five_reduce, five, 5, padding=2),
                "pool_proj": nn.Conv2d(inputs, pool, 1)}.items():
            self.add_module(name, module)
        self.branches = [["1x1"], ["3x3_reduce", "3x3"], ["5x5_reduce", "5x5"],
                         ["pool", "pool_proj"]]

    def forward(self, x):
        parts = []
        for branch in self.branches:
            y = x
            for name in branch:
                if name == "pool":
                    y = nn.functional.max_pool2d(y, 3, 1, padding=1)
                else:
                    y = self.get_submodule(name)(y).relu()
            parts.append(y)
        return torch.cat(parts, 1)


def further_loss(inputs, classes):
    return rows(nn.AvgPool2d(5, 3, ceil_mode=True),
                ("conv", nn.Conv2d(inputs, 128, 1)), nn.ReLU(), nn.Flatten(),
                ("fc", nn.Linear(2048, 1024)), nn.ReLU(), nn.Dropout(0.7),
                ("classifier", nn.Linear(1024, classes)))


class GoogLeNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = rows(("7x7_s2", nn.Conv2d(3, 64, 7, 2, 3)), nn.ReLU(), max_pool(), lrn())
        self.conv2 = rows(("3x3_reduce", nn.Conv2d(64, 64, 1)), nn.ReLU(),
                          ("3x3", nn.Conv2d(64, 192, 3, padding=1)), nn.ReLU(), lrn(),
                          max_pool())
        self.inception_3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception_3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.inception_4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.loss1 = further_loss(512, classes)
        self.inception_4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception_4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception_4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.loss2 = further_loss(528, classes)
        self.inception_4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.inception_5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception_5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.loss3 = rows(nn.AvgPool2d(7, 1), nn.Flatten(), nn.Dropout(0.4),
                          ("classifier", nn.Linear(1024, classes)))
        self.pool = max_pool()

    def forward(self, x):
        x = self.inception_3b(self.inception_3a(self.conv2(self.conv1(x))))
        first = self.inception_4a(self.pool(x))
        second = self.inception_4d(self.inception_4c(self.inception_4b(first)))
        x = self.pool(self.inception_4e(second))
        logits = self.loss3(self.inception_5b(self.inception_5a(x)))
        if not self.training:
            return logits
        return Outputs(logits, self.loss2(second), self.loss1(first))


NETS = {"alexnet_caffe": alexnet, "googlenet_caffe": GoogLeNet}

"""The networks to compare ours with: torchvision's, and what torchvision does not have:
the CIFAR ResNets (He et al. 2015, section 4.2, shortcuts of kind A) and Caffe's."""
import torch
import torchvision

import caffe_oracle


class CifarBlock(torch.nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.extra = after - before
        stride = 2 if self.extra else 1
        self.conv1 = torch.nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(after)
        self.conv2 = torch.nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(after)

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        if self.extra:
            zeros = x.new_zeros(len(x), self.extra // 2, *y.shape[2:])
            x = torch.cat([zeros, x[:, :, ::2, ::2], zeros], 1)
        return (y + x).relu()


class CifarResNet(torch.nn.Module):
    def __init__(self, blocks, classes):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(16)
        widths = [16] + blocks * [16] + blocks * [32] + blocks * [64]
        rows = [CifarBlock(*pair) for pair in zip(widths, widths[1:])]
        self.layer1 = torch.nn.Sequential(*rows[:blocks])
        self.layer2 = torch.nn.Sequential(*rows[blocks:2 * blocks])
        self.layer3 = torch.nn.Sequential(*rows[2 * blocks:])
        self.linear = torch.nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
                torch.nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


def build(name, classes):
    """The network of that name with its own initial values, in training mode."""
    if name.startswith("cifar_resnet"):
        layers = int(name.removeprefix("cifar_resnet"))
        return CifarResNet((layers - 2) // 6, classes)
    if name in caffe_oracle.NETS:
        return caffe_oracle.NETS[name](classes)
    options = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    return torchvision.models.get_model(
        name, weights=None, num_classes=classes, **options)

"""Writes what torchvision's own network computes (for those that it does not have, the
one of oracle_nets.py), for nets/parity_test.cpp.

usage: torchvision_oracle.py NET PIXELS BATCH FOLDER [AUXILIARY_WEIGHT]

FOLDER gets state.txt (name, shape, a line each), state.bin (float32, in that order;
counters left out), input.bin, labels.bin (int64), logits.bin (eval mode), grads.bin
(parameters in order, train mode), grads64.bin (the same, all in float64), losses.bin (ten
steps of SGD with momentum 0.9).
One thread, NCHW, float32, dropout and stochastic depth off. Auxiliary heads count
AUXILIARY_WEIGHT each in the loss.
"""
import copy
import pathlib
import sys

import numpy
import torch
import torchvision

import oracle_nets

net_name, pixels, batch, folder = sys.argv[1:5]
auxiliary_weight = float(sys.argv[5]) if len(sys.argv) > 5 else 0.0
folder = pathlib.Path(folder)
torch.set_num_threads(1)
torch.manual_seed(11)
net = oracle_nets.build(net_name, classes=7)
for module in net.modules():
    if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
        module.p = 0.0
    if isinstance(module, torch.nn.BatchNorm2d):
        module.running_mean.uniform_(-0.1, 0.1)
        module.running_var.uniform_(0.9, 1.1)

images = torch.randn(int(batch), 3, int(pixels), int(pixels))
labels = torch.randint(0, 7, (int(batch),))


def save(name, tensors):
    data = [t.detach().numpy().ravel() for t in tensors]
    numpy.concatenate(data).tofile(folder / name)


state = net.state_dict()
(folder / "state.txt").write_text("".join(
    f"{name} {'x'.join(map(str, t.shape))}\n" for name, t in state.items()))
save("state.bin", [t for t in state.values() if t.is_floating_point()])
save("input.bin", [images])
save("labels.bin", [labels])
net.eval()
with torch.no_grad():
    save("logits.bin", [net(images)])

def loss_of(out):
    """Of logits, or of what GoogLeNet and Inception give in training."""
    criterion = torch.nn.functional.cross_entropy
    if torch.is_tensor(out):
        return criterion(out, labels)
    loss = criterion(out.logits, labels)
    for name in ("aux_logits1", "aux_logits2", "aux_logits"):
        if hasattr(out, name):
            # In one operation, as nets/parity_test.cpp: multiplied apart it is rounded twice.
            loss = loss.add(criterion(getattr(out, name), labels), alpha=auxiliary_weight)
    return loss


net.train()
double = copy.deepcopy(net).double()
loss_of(double(images.double())).backward()
save("grads64.bin", [p.grad for p in double.parameters()])
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
losses = []
for step in range(10):
    optimizer.zero_grad()
    loss = loss_of(net(images))
    loss.backward()
    if step == 0:
        save("grads.bin", [p.grad for p in net.parameters()])
    optimizer.step()
    losses.append(loss.detach().reshape(1))
save("losses.bin", losses)

"""Writes weight files as PyTorch writes them, and beside each what a reader of weights must
find in it: NAME.txt with a line "name dtype shape" a tensor, NAME.bin with their bytes.

usage: make_weights.py FOLDER
"""
import argparse
import collections
import os
import pathlib
import pickle
import sys
import types
import warnings

import numpy
import torch
import torchvision

FOLDER = pathlib.Path(sys.argv[1])
TYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64,
         torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)


def expect(name, tensors):
    with open(FOLDER / f"{name}.txt", "w") as lines, \
            open(FOLDER / f"{name}.bin", "wb") as raw:
        for key, value in tensors.items():
            value = value.detach().contiguous()
            shape = "x".join(map(str, value.shape))
            lines.write(f"{key} {str(value.dtype).removeprefix('torch.')} {shape}\n")
            raw.write(value.flatten().view(torch.uint8).numpy().tobytes())


def save(name, held, tensors, **options):
    """The object `held` in both formats; a reader must find `tensors` in them."""
    torch.save(held, FOLDER / f"{name}.pth", **options)
    expect(name, tensors)
    torch.save(held, FOLDER / f"{name}.legacy.pth",
               _use_new_zipfile_serialization=False, **options)
    expect(f"{name}.legacy", tensors)


def small_net():
    return torch.nn.Sequential(collections.OrderedDict(
        conv=torch.nn.Conv2d(3, 4, 3), bn=torch.nn.BatchNorm2d(4),
        fc=torch.nn.Linear(4, 2)))


def views():
    base = torch.arange(120, dtype=torch.float32)
    tied = torch.randn(3, 4)
    return {
        "transposed": base.view(10, 12).t(),
        "window": base.view(10, 12)[2:7, 3:11:2],
        "shifted": base[7:19],
        "same_storage": base.view(2, 60),
        "channels_last": torch.randn(2, 3, 4, 5).contiguous(
            memory_format=torch.channels_last),
        "expanded": torch.tensor([1.5, 2.5]).view(2, 1).expand(2, 300),
        "tied.a": tied,
        "tied.b": tied,
        "tied.transposed": tied.t(),
        "scalar": torch.tensor(3.25),
        "none": torch.zeros(2, 0, 3),
        "bool_window": (torch.arange(20) % 3 == 0).view(4, 5)[:, ::2],
        "int64_permuted": torch.arange(24).view(2, 3, 4).permute(2, 0, 1),
    }


def old_module(reduce_tensor, reduce_parameter):
    """A pickle module for torch.save that spells tensors and parameters as older versions
    did: the state of both was set by BUILD then, and still is by torch.load."""
    class Pickler(pickle.Pickler):
        def reducer_override(self, value):
            if isinstance(value, torch.nn.Parameter):
                return reduce_parameter(value)
            if type(value) is torch.Tensor:
                return reduce_tensor(value)
            return NotImplemented

    return types.SimpleNamespace(__name__="old", Pickler=Pickler, dump=pickle.dump)


def parts_of(tensor):
    return (tensor._typed_storage(), tensor.storage_offset(), tensor.size(),
            tensor.stride())


def rebuild_v1(tensor):
    return torch._utils._rebuild_tensor, parts_of(tensor)


def old_class(tensor):
    return getattr(torch, tensor.type().removeprefix("torch.")), (), parts_of(tensor)


def old_parameter(parameter):
    return (torch.nn.parameter.Parameter, (parameter.data,),
            (parameter.requires_grad, False, collections.OrderedDict()))


def oldest_parameter(parameter):
    return torch.nn.parameter.Parameter, (), (
        parameter.data, None, collections.OrderedDict(), parameter.requires_grad, False)


def save_old(name, tensors, reduce_tensor, reduce_parameter):
    save(name, tensors, tensors, pickle_module=old_module(reduce_tensor, reduce_parameter))
    for end in (".pth", ".legacy.pth"):  # what was made here is what PyTorch knows
        loaded = torch.load(FOLDER / (name + end), weights_only=True)
        assert all(torch.equal(loaded[k], v) for k, v in tensors.items())


def with_attributes():
    tensor, parameter = torch.randn(3, 2).t(), torch.nn.Parameter(torch.randn(4))
    tensor.note, parameter.note = "text", [1, 2]
    return {"tensor": tensor, "parameter": parameter}


def averaged_model(net):
    """As torchvision's references keep it: the second update makes it another model."""
    average = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9), use_buffers=True)
    average.update_parameters(net)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(1)
    average.update_parameters(net)
    return average


class Touch:
    """What a pickle that runs a command looks like."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch '{self.marker}'",)


def training_checkpoint(net):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    return {
        "epoch": 7,
        "arch": "small",
        "best": 76.25,
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "args": argparse.Namespace(lr=0.1, sizes=(1, 2), device=torch.device("cpu"),
                                   dtype=torch.float16, none=None, big=2 ** 80),
        "metric": numpy.float64(0.5),
        "history": [numpy.float32(1), -1, 70000, 2 ** 40, {"a", "b"}, b"raw", True],
        "size": torch.Size([1, 2]),
        "rng": torch.get_rng_state(),
        "counts": collections.defaultdict(int, a=1),
    }


def main():
    torch.manual_seed(1)
    warnings.simplefilter("ignore")
    net = small_net()
    state = net.state_dict()
    vision = torchvision.models.mobilenet_v3_small(num_classes=3).state_dict()
    save("torchvision", vision, vision)
    save("types", *[{str(t): torch.tensor([0, 1, 3, 100]).to(t) for t in TYPES}] * 2)
    save("views", *[views()] * 2)
    save("parameters", *[dict(net.named_parameters())] * 2)
    for place in ("state_dict", "model", "model_state_dict", "state_dict_ema",
                  "model_ema", "net"):
        save(f"in_{place}", {"epoch": 1, place: state, "lr": [0.1]}, state)
    other = small_net()
    average = averaged_model(other)
    inner = average.module.state_dict()
    save("averaged", {"model": other.state_dict(), "model_ema": average.state_dict()}, inner)
    save("averaged_alone", average.state_dict(), inner)
    average = averaged_model(torch.nn.DataParallel(other))
    save("averaged_parallel", average.state_dict(), average.module.module.state_dict())
    save("attributes", *[with_attributes()] * 2)
    old = {**dict(net.named_parameters()), "mean": torch.randn(6)[1:5]}
    save_old("old_parameters", old, rebuild_v1, old_parameter)
    save_old("oldest_parameters", old, old_class, oldest_parameter)
    save_old("old_tensors", state, rebuild_v1, old_parameter)
    save_old("oldest_tensors", state, old_class, oldest_parameter)
    save("training", training_checkpoint(net), state)
    save("parallel", torch.nn.DataParallel(net).state_dict(), state)
    save("compiled", {f"_orig_mod.{k}": v for k, v in state.items()}, state)
    save("both_prefixes", {f"module._orig_mod.{k}": v for k, v in state.items()}, state)
    mixed = {("module." if k == "fc.bias" else "") + k: v for k, v in state.items()}
    save("one_prefix", mixed, mixed)
    for protocol in (3, 4, 5):
        save(f"protocol{protocol}", {"model": state, "arch": "small"}, state,
             pickle_protocol=protocol)
    torch.serialization.set_crc32_options(False)
    save("without_crc", state, state)
    torch.serialization.set_crc32_options(True)

    marker = FOLDER / "marker"
    save("evil_beside", {"hook": Touch(marker), "state_dict": state}, state)
    save("evil_instead", {"state_dict": {**state, "fc.bias": Touch(marker)}}, {})
    save("module", net, {})
    save("module_inside", {"epoch": 3, "model": net}, {})
    save("list", [state], {})
    save("complex", {"a": torch.zeros(2, dtype=torch.complex64)}, {})
    save("sparse", {"a": torch.zeros(2), "b": torch.eye(2).to_sparse()}, {})
    save("text", {"a": torch.zeros(2), "b": "text"}, {})
    save("nothing", {"epoch": 1}, {})
    save("little", *[{"w": torch.arange(6.).view(2, 3), "n": torch.tensor(5)}] * 2)
    torch.jit.save(torch.jit.script(small_net()), FOLDER / "script.pth")


main()

"""Reads weight files that convoy wrote with torch or the safetensors package, and compares
each bit by bit with the file of torch.save that it was made from.

usage: check_written.py NETWORK ORIGINAL.pth WRITTEN [ORIGINAL.pth WRITTEN ...]

The first one's weights must fit NETWORK, of torchvision, with 3 classes; the second's too.
"""
import sys
import zipfile

import torch
import torchvision


def read_safetensors(path):
    import safetensors
    with safetensors.safe_open(path, framework="pt") as file:
        assert file.metadata() == {"format": "pt", "note": "a\nb"}, file.metadata()
        return {name: file.get_tensor(name) for name in file.keys()}


def read_pth(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = {entry.filename for entry in archive.infolist()}
        assert {"archive/version", "archive/byteorder"} <= names, names
        with open(path, "rb") as raw:
            for entry in archive.infolist():
                assert entry.compress_type == zipfile.ZIP_STORED
                raw.seek(entry.header_offset + 26)
                sizes = raw.read(4)
                begin = entry.header_offset + 30 + sum(
                    int.from_bytes(sizes[i:i + 2], "little") for i in (0, 2))
                assert begin % 64 == 0, (entry.filename, begin)
    tensors = torch.load(path, weights_only=True)
    mapped = torch.load(path, weights_only=True, mmap=True)
    for name, tensor in tensors.items():
        assert bits(tensor).equal(bits(mapped[name])), name
    return tensors


def bits(tensor):
    return tensor.detach().contiguous().flatten().view(torch.uint8)


def compare(original, written):
    wanted = torch.load(original, weights_only=True)
    if written.endswith(".pth"):
        found = read_pth(written)
        assert list(found) == list(wanted), list(found)
    else:
        found = read_safetensors(written)
    assert set(found) == set(wanted), set(found) ^ set(wanted)
    for name, tensor in wanted.items():
        assert found[name].dtype == tensor.dtype, name
        assert found[name].shape == tensor.shape, name
        assert found[name].is_contiguous(), name
        assert bits(found[name]).equal(bits(tensor)), name
    return found


def main():
    network, *paths = sys.argv[1:]
    found = [compare(*pair) for pair in zip(paths[::2], paths[1::2])]
    net = getattr(torchvision.models, network)(num_classes=3)
    for weights in found[:2]:  # one format, then the other
        net.load_state_dict(weights, strict=True)


main()

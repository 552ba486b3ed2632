"""Writes small .caffemodel files as Caffe writes them, and beside each what a reader of
weights must find in it: NAME.txt with a line "name dtype shape" a tensor, NAME.bin with
their bytes.

usage: make_caffemodels.py FOLDER
"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import caffe
import caffemodel as cm

FOLDER = pathlib.Path(sys.argv[1])
RNG = np.random.default_rng(3)


def values(*shape, dtype=np.float32):
    return RNG.standard_normal(shape).astype(dtype)


def write(name, content, tensors):
    (FOLDER / f"{name}.caffemodel").write_bytes(content)
    with open(FOLDER / f"{name}.txt", "w") as lines, \
            open(FOLDER / f"{name}.bin", "wb") as raw:
        for key, value in tensors.items():
            lines.write(f"{key} {value.dtype} {'x'.join(map(str, value.shape))}\n")
            raw.write(np.ascontiguousarray(value).tobytes())


def state(channels=3, dtype=np.float32):
    return {"conv1": (values(4, channels, 3, 2, dtype=dtype), values(4, dtype=dtype)),
            "mixed/3x3": (values(6, 2, 1, 1, dtype=dtype), values(6, dtype=dtype)),
            "fc": (values(5, 6, dtype=dtype), values(5, dtype=dtype))}


def found(layers):
    """What a reader gives of it: dots for slashes, RGB in the first layer."""
    tensors = {}
    for name, blobs in layers.items():
        for blob, what in zip(blobs, ("weight", "bias")):
            if name == "conv1" and what == "weight" and blob.shape[1] == 3:
                blob = blob[:, ::-1]
            tensors[f"{name.replace('/', '.')}.{what}"] = blob
    return tensors


def layers_of(weights, make, **options):
    def one(name, kind):
        return make(name, kind, [cm.blob(v, **options) for v in weights[name]])
    return [one("conv1", "Convolution"), make("relu1", "ReLU"),
            make("pool1", "Pooling"), make("norm1", "LRN"),
            one("mixed/3x3", "Convolution"), one("fc", "InnerProduct"),
            make("loss", "SoftmaxWithLoss")]


def both_generations():
    new = cm.preparation(crop=227, scale=0.5, mean_file="mean.binaryproto")
    old = cm.preparation(crop=227, mean_values=(104, 117.5, 123))
    weights = state()
    write("new", cm.net("Small", [cm.layer("data", "Data", more=caffe.payload(100, new)),
                                  *layers_of(weights, cm.layer)]), found(weights))
    weights = state()
    write("v1", cm.net("Old", [
        cm.old_layer("data", "Data", more=caffe.payload(36, old)),
        *layers_of(weights, cm.old_layer, old_shape=True)]), found(weights))
    write("v1_new_shapes", b"".join(layers_of(weights, cm.old_layer)), found(weights))
    write("old_shapes", b"".join(layers_of(weights, cm.layer, old_shape=True)),
          found(weights))


def kinds_of_values():
    weights = state()
    write("unpacked", b"".join(layers_of(weights, cm.layer, packed=False)),
          found(weights))
    weights = state(dtype=np.float64)
    write("double", b"".join(layers_of(weights, cm.layer)), found(weights))
    write("double_unpacked", b"".join(layers_of(weights, cm.layer, packed=False)),
          found(weights))
    weight, bias = values(4, 3, 1, 1), values(4)
    pieces = (caffe.payload(5, weight.tobytes()[:20]) + cm.floats(5, weight.flat[5:7]) +
              caffe.payload(5, weight.tobytes()[28:]) +
              caffe.payload(6, values(12).tobytes()) +  # diff
              caffe.payload(7, caffe.number(1, 4) + caffe.payload(1, b"\3\1\1")))
    write("pieces", cm.layer("conv1", "Convolution", [pieces, cm.blob(bias)]),
          found({"conv1": (weight, bias)}))


def first_layers():
    for name, channels in (("gray", 1), ("four", 4)):
        weights = state(channels)
        write(name, b"".join(layers_of(weights, cm.layer)), found(weights))
    weight, bias = values(2, 12), values(2)
    write("product_first", cm.layer("ip", "InnerProduct",
                                    [cm.blob(weight), cm.blob(bias)]),
          {"ip.weight": weight, "ip.bias": bias})


def other_layers():
    weight, fc, bias = values(4, 3, 1, 1), values(5, 4), values(5)
    mean, variance, factor = values(4), values(4), values(1)
    scale, shift = values(4), values(4)
    scalar = np.array(2.5, np.float32)
    write("others", cm.net("Others", [
        cm.layer("conv1", "Convolution", [cm.blob(weight)]),
        cm.layer("bn", "BatchNorm", [cm.blob(mean), cm.blob(variance), cm.blob(factor)]),
        cm.layer("scale", "Scale", [cm.blob(scale), cm.blob(shift)]),
        cm.layer("prelu", "PReLU", [cm.blob(scalar)]),
        cm.layer("fc", "InnerProduct",
                 [cm.blob(np.ascontiguousarray(fc.T)), cm.blob(bias)],
                 more=cm.inner_product(5, transposed=True) + cm.inner_product(5)),
        cm.layer("kept", "InnerProduct", [cm.blob(fc)], more=cm.inner_product(5))]),
        {"conv1.weight": weight[:, ::-1], "bn.blob0": mean, "bn.blob1": variance,
         "bn.blob2": factor, "scale.weight": scale, "scale.bias": shift,
         "prelu.blob0": scalar, "fc.weight": fc, "fc.bias": bias, "kept.weight": fc})


def nvidia():
    """Values as NVIDIA's Caffe writes them: raw, and in half precision if so wished."""
    for name, kind, dtype in (("raw", 1, np.float32), ("raw_half", 2, np.float16),
                              ("raw_double", 0, np.float64)):
        weights = state(dtype=dtype)

        def blob(value):
            shape = caffe.payload(7, caffe.payload(
                1, b"".join(map(caffe.varint, value.shape))))
            return (shape + caffe.number(10, kind) +
                    caffe.payload(12, value.tobytes()))
        write(name, b"".join(
            cm.layer(key, "InnerProduct" if key == "fc" else "Convolution",
                     [blob(v) for v in blobs]) for key, blobs in weights.items()),
            found(weights))


def old_preparation():
    """Before there was a transform_param; and a mean of the pictures' channels first."""
    weights = state()
    data = (caffe.payload(1, b"train_lmdb") + cm.floats(2, [0.25]) +
            caffe.payload(3, b"old_mean.binaryproto") + caffe.number(5, 227))
    mean = values(3)
    tensors = {"data_bn.blob0": mean, **found(weights)}
    write("v1_old_preparation", cm.net("Old", [
        cm.old_layer("data", "Data", more=caffe.payload(11, data)),
        cm.old_layer("data_bn", "BatchNorm", [cm.blob(mean)]),
        *layers_of(weights, cm.old_layer, old_shape=True)]), tensors)


both_generations()
kinds_of_values()
first_layers()
other_layers()
nvidia()
old_preparation()

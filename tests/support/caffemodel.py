"""Caffe's .caffemodel files (NetParameter of caffe.proto) by field number alone: as a
stranger to convoy writes them, in both generations of layers."""
import struct

import caffe

OLD_TYPES = {"Data": 5, "Convolution": 4, "InnerProduct": 14, "LRN": 15, "Pooling": 17,
             "ReLU": 18, "BatchNorm": 0, "Dropout": 6, "SoftmaxWithLoss": 21}


def floats(field, values):
    """A repeated float that is not packed."""
    return b"".join(caffe.varint(field << 3 | 5) + struct.pack("<f", v) for v in values)


def blob(values, old_shape=False, packed=True):
    """A BlobProto of float32 or float64 values; old shapes have 4 sizes, ones first."""
    wide = values.dtype.itemsize == 8
    field = 8 if wide else 5
    data = values.astype("<f8" if wide else "<f4").tobytes()
    sizes = (1,) * (4 - values.ndim) + values.shape if old_shape else values.shape
    if old_shape:
        shape = b"".join(caffe.number(i + 1, n) for i, n in enumerate(sizes))
    elif packed:
        shape = caffe.payload(7, caffe.payload(1, b"".join(map(caffe.varint, sizes))))
    else:
        shape = caffe.payload(7, b"".join(caffe.number(1, n) for n in sizes))
    if packed:
        numbers = caffe.payload(field, data)
    else:
        step = values.dtype.itemsize
        tag = caffe.varint(field << 3 | (1 if wide else 5))
        numbers = b"".join(tag + data[i:i + step] for i in range(0, len(data), step))
    # protoc writes by field number: the old sizes before the values, shape behind.
    return shape + numbers if old_shape else numbers + shape


def preparation(crop=0, scale=None, mean_file=None, mean_values=()):
    """A TransformationParameter."""
    message = b"" if scale is None else floats(1, [scale])
    message += caffe.number(2, 1) + caffe.number(3, crop)
    if mean_file:
        message += caffe.payload(4, mean_file.encode())
    return message + floats(5, mean_values)


def layer(name, kind, blobs=(), more=b""):
    """A field of NetParameter; `more`: encoded fields of LayerParameter."""
    rates = caffe.payload(6, floats(3, [1]) + floats(4, [1]))  # ParamSpec
    return caffe.payload(100, (
        caffe.payload(1, name.encode()) + caffe.payload(2, kind.encode()) +
        caffe.payload(3, b"below") + caffe.payload(4, name.encode()) +
        rates * len(blobs) + b"".join(caffe.payload(7, b) for b in blobs) +
        caffe.number(10, 0) + more))


def old_layer(name, kind, blobs=(), more=b""):
    """The same of V1LayerParameter."""
    return caffe.payload(2, (
        caffe.payload(2, b"below") + caffe.payload(3, name.encode()) +
        caffe.payload(4, name.encode()) + caffe.number(5, OLD_TYPES[kind]) +
        b"".join(caffe.payload(6, b) for b in blobs) +
        floats(7, [1] * len(blobs)) + more))


def net(name, layers):
    return caffe.payload(1, name.encode()) + b"".join(layers)


def inner_product(outputs, transposed=False):
    return caffe.payload(117, caffe.number(1, outputs) +
                         (caffe.number(6, 1) if transposed else b""))


def network(name, state, old=False, **options):
    """The bytes of a network from {our name: array}, whose first layer reads BGR. 4-D
    weights are those of convolutions."""
    make = old_layer if old else layer
    kinds = {2: "InnerProduct", 4: "Convolution"}
    layers = [make("data", "Data", more=caffe.payload(36 if old else 100, preparation(
        crop=224, mean_values=(104, 117, 123))))]
    for key, values in state.items():
        if key.endswith(".weight"):
            title = key.removesuffix(".weight")
            blobs = [blob(v, old_shape=old, **options)
                     for v in (values, state[title + ".bias"])]
            layers.append(make(title.replace(".", "/"), kinds[values.ndim], blobs))
    return net(name, layers)

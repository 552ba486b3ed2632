"""Caffe's Datum, BlobProto and LMDB by field number alone: as a stranger to convoy
writes and reads them. Used by tests that hold convoy against Caffe's formats."""
import struct

import lmdb
import numpy as np


def varint(value):
    value &= (1 << 64) - 1
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def number(field, value):
    return varint(field << 3) + varint(value)


def payload(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def datum(shape=None, data=b"", label=None, floats=None, encoded=None,
          packed=False):
    message = b""
    if shape:
        message += b"".join(number(i + 1, n) for i, n in enumerate(shape))
    if data:
        message += payload(4, data)
    if label is not None:
        message += number(5, label)
    if floats is not None and packed:
        message += payload(6, floats.astype("<f4").tobytes())
    elif floats is not None:
        message += b"".join(b"\x35" + struct.pack("<f", value)
                            for value in floats.flat)
    if encoded is not None:
        message += number(7, encoded)
    return message


def mean_blob(planes):
    """The bytes of a mean .binaryproto, from planes in CHW order."""
    sizes = (1, *planes.shape)
    return (b"".join(number(i + 1, n) for i, n in enumerate(sizes)) +
            payload(5, planes.astype("<f4").tobytes()))


def key(index, path):
    return f"{index:08d}_{path}".encode()


def planar_bgr(pixels):
    """RGB pixels in HWC order as Caffe stores them."""
    return np.ascontiguousarray(pixels[..., ::-1].transpose(2, 0, 1))


def write(path, records, **options):
    options = {"map_size": 1 << 26, **options}
    with lmdb.open(str(path), **options) as environment:
        with environment.begin(write=True) as transaction:
            for name, value in records:
                transaction.put(name, value)


def read_varint(buffer, at):
    value = shift = 0
    while True:
        byte = buffer[at]
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if byte < 128:
            return value, at


def fields(buffer):
    """(field, wire type, value) of a message; bytes stay bytes."""
    at = 0
    while at < len(buffer):
        tag, at = read_varint(buffer, at)
        kind = tag & 7
        if kind == 0:
            value, at = read_varint(buffer, at)
            value -= (value >> 63) << 64
        elif kind == 1:
            value, at = struct.unpack_from("<Q", buffer, at)[0], at + 8
        elif kind == 2:
            size, at = read_varint(buffer, at)
            value, at = bytes(buffer[at:at + size]), at + size
        elif kind == 5:
            value, at = struct.unpack_from("<f", buffer, at)[0], at + 4
        else:
            raise ValueError(f"wire type {kind}")
        yield tag >> 3, kind, value


def read(path):
    """(key, value) of every record, as Caffe opens a database: read-only, and able to
    do without a lock file."""
    with lmdb.open(str(path), readonly=True, lock=False) as environment:
        with environment.begin() as transaction:
            yield from transaction.cursor()

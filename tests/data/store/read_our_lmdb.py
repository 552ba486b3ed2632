"""Reads a database that convoy wrote as a stranger would: with py-lmdb and a protobuf
parser of a few lines. Prints one line a record: key, the fields by number, and the data
in hexadecimal."""
import struct
import sys

import lmdb


def varint(buffer, at):
    value = shift = 0
    while True:
        byte = buffer[at]
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if byte < 128:
            return value, at


def fields(buffer):
    at = 0
    while at < len(buffer):
        tag, at = varint(buffer, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(buffer, at)
            value -= (value >> 63) << 64
        elif kind == 1:
            value, at = struct.unpack_from("<Q", buffer, at)[0], at + 8
        elif kind == 2:
            size, at = varint(buffer, at)
            value, at = buffer[at:at + size].hex(), at + size
        elif kind == 5:
            value, at = struct.unpack_from("<f", buffer, at)[0], at + 4
        else:
            raise ValueError(f"wire type {kind}")
        yield f"{tag >> 3}:{kind}={value}"


with lmdb.open(sys.argv[1], readonly=True, lock=False) as environment:
    with environment.begin() as transaction:
        for key, value in transaction.cursor():
            print(key.decode(), *fields(value))

"""Reads a database that convoy wrote as a stranger would: with py-lmdb and a protobuf
parser of a few lines. Prints one line a record: key, the fields by number, and the data
in hexadecimal."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import caffe


def shown(value):
    return value.hex() if isinstance(value, bytes) else value


for key, record in caffe.read(sys.argv[1]):
    print(key.decode(), *(f"{field}:{kind}={shown(value)}"
                          for field, kind, value in caffe.fields(record)))

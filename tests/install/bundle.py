"""A copy of the LibTorch that convoy was built with, as people pass it on: torch/lib and
the CUDA libraries of nvidia/ beside it, without Python."""
import os
import pathlib
import re
import shutil
import subprocess


def libraries_of(program):
    """Name to path of every library that the loader would load."""
    listing = subprocess.run(["ldd", str(program)], check=True, capture_output=True,
                             text=True).stdout
    return dict(re.findall(r"^\s*(\S+) => (/\S+)", listing, re.M))


def link(source, target):
    """A hard link where possible: LibTorch is several gigabytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        target.symlink_to(source)


def copy_libtorch(program, folder):
    """Fills FOLDER/torch/lib and FOLDER/nvidia; returns the folder it came from."""
    origin = pathlib.Path(libraries_of(program)["libtorch.so"]).resolve().parents[2]
    for part in ("torch/lib", "nvidia"):
        for file in (origin / part).rglob("*.so*"):
            if file.is_file():
                link(file.resolve(), folder / file.relative_to(origin))
    return origin


def copy_program(program, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(program, target)
    return target

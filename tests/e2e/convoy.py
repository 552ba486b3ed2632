"""Running the built program in tests: alone and under mpirun, on small databases."""
import functools
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = os.environ.get("CONVOY") or str(ROOT / "build/release/convoy")

MPIRUN = ["mpirun", "-q", "--oversubscribe", "--bind-to", "none"]
if os.getuid() == 0:
    MPIRUN.append("--allow-run-as-root")


@functools.lru_cache(maxsize=None)
def workspace():
    """A folder for this test program, removed when it ends."""
    folder = tempfile.TemporaryDirectory(prefix="convoy-e2e-")
    workspace.keep = folder
    return pathlib.Path(folder.name)


def command(words, ranks=None):
    line = [CONVOY, *map(str, words)]
    return line if ranks is None else [*MPIRUN, "-np", str(ranks), *line]


def run(*words, ranks=None, timeout=300, env=None, cwd=None):
    """Runs to the end; stdout and stderr as text."""
    return subprocess.run(
        command(words, ranks), capture_output=True, text=True, timeout=timeout,
        stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})}, cwd=cwd)


def start(*words, ranks=None, env=None):
    """Starts in a session of its own, so that the whole job can be signalled."""
    return subprocess.Popen(
        command(words, ranks), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, text=True, start_new_session=True,
        env={**os.environ, **(env or {})})


def rank_processes(job):
    """Process ids of the ranks below an mpirun, by rank."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if words[0].decode() != CONVOY:
                continue
            environment = (entry / "environ").read_bytes().split(b"\0")
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(stat[1]) != job.pid:
            continue
        for variable in environment:
            if variable.startswith(b"OMPI_COMM_WORLD_RANK="):
                found[int(variable.split(b"=")[1])] = int(entry.name)
    return found


def wait_for(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s for {what}")


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"  # one that nobody has asked after


def end(job):
    """Kills a job and its ranks, stopped ones too; nothing where they have ended."""
    if job.poll() is None:
        for pid in [*rank_processes(job).values(), job.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    job.communicate()


@functools.lru_cache(maxsize=None)
def vehicles(train=4, val=1, px=32):
    """The rendered set, small: train.lmdb and val.lmdb of 100 classes."""
    folder = workspace() / f"vehicles-{train}-{val}-{px}"
    done = run("dataset", "render", folder, "--px", px, "--train", train, "--val", val)
    assert done.returncode == 0, done.stderr
    return folder


# What the short config below leaves out, so that with both every augmentation is on.
MORE_AUGMENTATION = {
    "translate_fraction": 0.1, "lighting_stddev": 0.1, "policy": "rand",
    "erase": {"probability": 0.5, "fill": "random"}, "mixup_alpha": 0.4, "cutmix_alpha": 1.0}
OTHER_SAMPLING = {"sampling": "balanced", "repeat_augment": 2}


def config(name, databases=None, **changes):
    """Writes a config for a quick run, of a network with batch norm whose checkpoints are
    small, and returns (path, run folder). Sections are given as keyword arguments and
    replace single keys."""
    databases = databases or vehicles()
    folder = workspace() / name
    sections = {
        "run": {"dir": str(folder / "run"), "seed": 5, "epochs": 0, "iterations": 6,
                "log_every": 2},
        "data": {"train": str(databases / "train.lmdb"),
                 "val": str(databases / "val.lmdb"),
                 "workers": 1},
        "augment": {"crop_px": 32, "scale": [0.5, 1.0], "flip_horizontal": 0.0,
                    "rotate_degrees": 5, "noise_stddev": 0.01,
                    "jitter": {"brightness": 0.2, "hue": 0.02}},
        "eval": {"resize_px": 32, "crop_px": 32},
        "net": {"name": "cifar_resnet20"},
        "optimizer": {"lr": 0.05},
        "schedule": {"name": "cosine"},
        "batch": {"global": 24},
        "precision": "fp32",
    }
    for section, values in changes.items():
        if isinstance(values, dict):
            sections.setdefault(section, {}).update(values)
        else:
            sections[section] = values
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(json.dumps(sections, indent=1))  # JSON is YAML
    return path, folder / "run"


def read_checkpoint(path):
    """Header and data of a safetensors file."""
    content = pathlib.Path(path).read_bytes()
    length, = struct.unpack("<Q", content[:8])
    return json.loads(content[8:8 + length]), content[8 + length:]


def newest_checkpoint(run_dir):
    return sorted((run_dir / "checkpoints").glob("step-*.safetensors"))[-1]


def tensors_of(path):
    """Name to bytes of every tensor: parameters, buffers, optimizer state."""
    header, data = read_checkpoint(path)
    return {name: data[slice(*entry["data_offsets"])]
            for name, entry in header.items() if name != "__metadata__"}


def metrics(run_dir, kind):
    lines = (run_dir / "metrics.jsonl").read_text().splitlines()
    return [record for record in map(json.loads, lines)
            if kind in (record.get("kind"), record.get("event"))]


def copy_run(source, target):
    shutil.copytree(source, target)
    return target


def state_hashes(run_dir):
    """Step to the hash of parameters, buffers and optimizer state of what was saved."""
    return {record["step"]: record["message"].split()[-1]
            for record in metrics(run_dir, "checkpoint")}

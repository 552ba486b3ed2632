#!/usr/bin/env python3
"""Convoy beside the plain PyTorch DDP script, end to end on one database: same network,
batch, crop, precision and ranks, runs interleaved. First the script's loader workers are
tuned. Prints images/s of every pair, medians and the ratio.

usage: compare.py --train DB --classes N [--repeats 5] [--ranks 2] [--precision fp32|bf16]
       [--net resnet18] [--crop 96] [--batch 32] [--steps 40]
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = os.environ.get("CONVOY") or str(ROOT / "build/release/convoy")
WARMUP = 10


def peer(options, workers):
    words = [sys.executable, str(ROOT / "tests/peers/ddp_train.py"),
             "--train", options.train, "--classes", options.classes, "--net", options.net,
             "--ranks", options.ranks, "--crop", options.crop, "--batch", options.batch,
             "--precision", options.precision, "--steps", options.steps + WARMUP,
             "--warmup", WARMUP, "--workers", workers]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout)["images_per_second"]


def convoy(options):
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "config.yaml"
        config.write_text(json.dumps({
            "run": {"dir": folder + "/run", "epochs": 0, "log_every": WARMUP,
                    "iterations": options.steps + WARMUP},
            "data": {"train": str(pathlib.Path(options.train).absolute())},
            "augment": {"crop_px": options.crop, "scale": [0.35, 1.0]},
            "eval": {"resize_px": options.crop, "crop_px": options.crop},
            "net": {"name": options.net},
            "optimizer": {"nesterov": True, "weight_decay": 5e-4},
            "schedule": {"name": "one_cycle"},
            "batch": {"per_rank": options.batch}, "precision": options.precision}))
        root = ["--allow-run-as-root"] if os.getuid() == 0 else []
        done = subprocess.run(
            ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", *root, "-np",
             str(options.ranks), CONVOY, "train", str(config)],
            capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        lines = (pathlib.Path(folder) / "run/metrics.jsonl").read_text().splitlines()
        records = [r for r in map(json.loads, lines) if r.get("kind") == "train"]
    seconds = records[-1]["seconds"] - records[0]["seconds"]
    steps = records[-1]["step"] - records[0]["step"]
    return steps * options.batch * options.ranks / seconds


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True)
    parser.add_argument("--classes", type=int, required=True)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--net", default="resnet18")
    parser.add_argument("--crop", type=int, default=96)
    parser.add_argument("--batch", type=int, default=32, help="per rank")
    parser.add_argument("--workers", type=int, nargs="+", default=(0, 1, 2),
                        help="loader processes of the script that are tried")
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    tuning = {workers: peer(options, workers) for workers in options.workers}
    workers = max(tuning, key=tuning.get)
    print("script by loader workers:",
          ", ".join(f"{w}: {rate:.1f}/s" for w, rate in tuning.items()), flush=True)
    pairs = []
    for repeat in range(options.repeats):
        pairs.append((convoy(options), peer(options, workers)))
        print(f"{repeat + 1}: convoy {pairs[-1][0]:.1f} img/s, "
              f"script {pairs[-1][1]:.1f} img/s, "
              f"ratio {pairs[-1][0] / pairs[-1][1]:.3f}", flush=True)
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"median: convoy {ours:.1f} img/s, script {theirs:.1f} img/s, ratio {ratio:.3f}")


if __name__ == "__main__":
    main()

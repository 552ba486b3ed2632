#!/usr/bin/env python3
"""Training steps on made-up pictures: convoy beside PyTorch's DDP over Gloo (ddp_step.py),
same network, batch, precision and layout, on one rank and on several, interleaved; and
convoy's ranks beside as many processes of one rank each that run at once and know nothing
of each other: what is lost against those is what communication costs. Prints a table in
Markdown: medians of images a second, how efficient ranks are, and ratios.

usage: step.py [NET ...] [--ranks 2] [--repeats 3] [--precision bf16|fp32] [--steps 6]
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = os.environ.get("CONVOY") or str(ROOT / "build/release/convoy")
# Batch of a rank and pixels.
NETS = {"alexnet": (32, 224), "googlenet": (16, 224), "resnet18": (16, 224),
        "resnet50": (8, 224), "inception_v3": (8, 299), "vgg16": (4, 224)}
WARMUP = 2


def run(words):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, env={
        **os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"})
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def peer(net, ranks, options):
    batch, pixels = NETS[net]
    return run([sys.executable, ROOT / "tests/peers/ddp_step.py", net, batch, pixels,
                "--ranks", ranks, "--precision", options.precision, "--steps",
                options.steps, "--warmup", WARMUP])["images_per_second"]


def alone(net, options, data, folder):
    """Processes of one rank, at once: their rates added up."""
    with concurrent.futures.ThreadPoolExecutor(options.ranks) as pool:
        rates = pool.map(
            lambda k: convoy(net, 1, options, data, f"{folder}/{k}")[0], range(options.ranks))
        return sum(rates)


def convoy(net, ranks, options, data, folder):
    batch, pixels = NETS[net]
    pathlib.Path(folder).mkdir(exist_ok=True)
    config = pathlib.Path(folder) / "step.yaml"
    config.write_text(json.dumps({
        "run": {"dir": f"{folder}/run"}, "data": {"train": f"{data}/train.lmdb"},
        "augment": {"crop_px": pixels}, "eval": {"resize_px": pixels, "crop_px": pixels},
        "net": {"name": net, "classes": 100},
        "optimizer": {"lr": 1e-3, "weight_decay": 5e-4},
        "batch": {"per_rank": batch}, "precision": options.precision}))
    root = ["--allow-run-as-root"] if os.getuid() == 0 else []
    rows = run(["mpirun", "-q", "--oversubscribe", "--bind-to", "none", *root, "-np", ranks,
                CONVOY, "scaling", config, "--ranks", ranks, "--data", "synthetic", "--steps",
                options.steps, "--warmup", WARMUP, "--repeats", 1, "--json"])["rows"]
    return rows[-1]["images_per_second"], rows[-1]["phase_ms"]


def measure(net, options, data, folder):
    ours, theirs, apart = {}, {}, []
    for _ in range(options.repeats):
        apart.append(alone(net, options, data, folder))
        for ranks in (1, options.ranks):
            rate, phases = convoy(net, ranks, options, data, folder)
            ours.setdefault(ranks, []).append(rate)
            theirs.setdefault(ranks, []).append(peer(net, ranks, options))
    a = {ranks: statistics.median(rates) for ranks, rates in ours.items()}
    b = {ranks: statistics.median(rates) for ranks, rates in theirs.items()}
    n = options.ranks
    ratios = [x / y for x, y in zip(ours[n], theirs[n])]
    lost = statistics.median(1 - x / y for x, y in zip(ours[n], apart))
    print(f"| {net} ({NETS[net][0]}) | {a[1]:.1f} | {a[n]:.1f} ({a[n] / a[1] / n:.2f}) | "
          f"{b[1]:.1f} | {b[n]:.1f} ({b[n] / b[1] / n:.2f}) | "
          f"**{statistics.median(ratios):.2f}** ({min(ratios):.2f}..{max(ratios):.2f}) | "
          f"{statistics.median(apart):.1f} | {100 * lost:.1f} % | "
          f"{phases['comm']:.0f} of {sum(phases.values()):.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nets", nargs="*", default=list(NETS))
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--precision", default="bf16")
    parser.add_argument("--steps", type=int, default=6)
    options = parser.parse_args()
    n = options.ranks
    print(f"| network (batch) | convoy, 1 rank | {n} ranks | DDP, 1 rank | {n} ranks | "
          f"convoy / DDP at {n} | {n} processes apart | lost to communication | comm ms of "
          "a step |\n" + "| --- " * 9 + "|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([CONVOY, "dataset", "render", f"{folder}/data", "--train", "1",
                        "--val", "1"], check=True, capture_output=True)
        for net in options.nets:
            measure(net, options, f"{folder}/data", folder)


if __name__ == "__main__":
    main()

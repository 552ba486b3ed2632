#!/usr/bin/env python3
"""All-reduces beside each other: convoy's, MPI's calls with Open MPI's settings (as convoy
sets them, its own default, which copies through the other process's memory, and malloc
that keeps large blocks), PyTorch's Gloo. Rounds are interleaved, medians over rounds.
How fast memory is differs from job to job on virtual machines, so convoy's shm is measured
in every job of MPI's calls, in turn with them, and compared with those.

usage: allreduce.py [--ranks 2] [--rounds 5] [--from 64K] [--to 256M] [--json]

Prints a table in Markdown, microseconds; the last columns are over convoy's shm: the best
MPI, median and range of its jobs, and Gloo. With --json one object a row.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = os.environ.get("CONVOY") or str(ROOT / "build/release/convoy")
PLAIN = "MPI_Allreduce,MPI_Allreduce-1MB,MPI_Iallreduce"
MPI_SETTINGS = {
    "": {},
    " (cma)": {"OMPI_MCA_btl_vader_single_copy_mechanism": "cma"},
    " (malloc)": {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)},
}


def json_lines(words, environment):
    done = subprocess.run(words, capture_output=True, text=True, env={
        **os.environ, "CUDA_VISIBLE_DEVICES": "", **environment})
    if done.returncode != 0:
        sys.exit(done.stderr)
    return list(map(json.loads, done.stdout.splitlines()))


def ours(options, backends, environment):
    root = ["--allow-run-as-root"] if os.getuid() == 0 else []
    return json_lines(
        ["mpirun", "-q", "--oversubscribe", "--bind-to", "none", *root, "-np",
         str(options.ranks), CONVOY, "bench", "allreduce", "--json", "--repeats", "3",
         "--from", options.smallest, "--to", options.largest, "--backends", backends],
        environment)


def gloo(options, sizes):
    return json_lines(
        [sys.executable, str(ROOT / "tests/peers/gloo_allreduce.py"), str(options.ranks),
         *map(str, sizes)], {"OMP_NUM_THREADS": "1"})


def measure(options):
    """By way and size, over rounds: microseconds, those of one job over its shm, wrong elements."""
    times, ratios, wrong = {}, {}, {}

    def note(rows, label=""):
        shm = {row["bytes"]: row["median_us"] for row in rows if row["backend"] == "shm"}
        for row in rows:
            name = row["backend"] + (label if row["backend"].startswith("MPI_") else "")
            key = name, row["bytes"]
            times.setdefault(key, []).append(row["median_us"])
            wrong[key] = wrong.get(key, 0) + row["wrong"]
            if shm:
                ratios.setdefault(key, []).append(row["median_us"] / shm[row["bytes"]])

    for _ in range(options.rounds):
        note(ours(options, "shm,shm-in-place,shm-copied,mpi", {}))
        for label, environment in MPI_SETTINGS.items():
            note(ours(options, "shm," + PLAIN, environment), label)
        note(gloo(options, sorted({size for _, size in times})))
    return {key: statistics.median(all_of) for key, all_of in times.items()}, ratios, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--from", default="64K", dest="smallest")
    parser.add_argument("--to", default="256M", dest="largest")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    times, ratios, wrong = measure(options)
    if options.json:
        for (backend, size), us in sorted(times.items(), key=lambda item: item[0][::-1]):
            print(json.dumps({
                "backend": backend, "ranks": options.ranks, "bytes": size, "median_us": us,
                "algbw_gbs": size / us / 1e3,
                "busbw_gbs": size / us / 1e3 * 2 * (options.ranks - 1) / options.ranks,
                "wrong": wrong[backend, size]}))
        return
    backends = sorted({backend for backend, _ in times}, key=lambda name: (
        not name.startswith("shm"), name))
    mpi = [name for name in backends if name.startswith("MPI_")]
    print(f"| bytes | {' | '.join(backends)} | best MPI / shm | Gloo / shm |")
    print("| --- " * (len(backends) + 3) + "|")
    for size in sorted({size for _, size in times}):
        row = [f"{times[name, size]:.1f}" for name in backends]
        best = min((ratios[name, size] for name in mpi), key=statistics.median)
        against_gloo = times["gloo", size] / times["shm", size]
        print(f"| {size} | {' | '.join(row)} | **{statistics.median(best):.2f}** "
              f"({min(best):.2f}..{max(best):.2f}) | **{against_gloo:.1f}** |")
    print(f"\nwrong elements: {sum(wrong.values())}")


if __name__ == "__main__":
    main()

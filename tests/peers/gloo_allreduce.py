#!/usr/bin/env python3
"""PyTorch's Gloo all-reduce on CPUs, timed as `convoy bench allreduce` times: fp32 zeros,
calls one after the other, the slowest rank, the median of three repeats. A JSON object a
size: backend, ranks, bytes, median_us, wrong.

usage: gloo_allreduce.py RANKS BYTES...
"""
import json
import os
import socket
import statistics
import sys
import time

import torch
import torch.distributed as dist

REPEATS = 3
SECONDS = 0.05


def timed(tensor, calls):
    """Microseconds of a call on the slowest rank."""
    dist.barrier()
    start = time.perf_counter()
    for _ in range(calls):
        dist.all_reduce(tensor)
    seconds = torch.tensor([time.perf_counter() - start], dtype=torch.float64)
    dist.all_reduce(seconds, op=dist.ReduceOp.MAX)
    return 1e6 * seconds.item() / calls


def count_wrong(tensor, rank, ranks):
    pattern = torch.arange(tensor.numel(), dtype=torch.float32).remainder(1009)
    tensor.copy_(pattern * (rank + 1))
    dist.all_reduce(tensor)
    wrong = tensor.ne(pattern * (ranks * (ranks + 1) // 2)).sum()
    dist.all_reduce(wrong)
    return wrong.item()


def run(rank, ranks, port, sizes):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=ranks)
    for size in sizes:
        tensor = torch.zeros(size // 4)
        timed(tensor, 1)
        calls = max(1, min(20000, int(1e6 * SECONDS / timed(tensor, 2))))
        median = statistics.median(timed(tensor, calls) for _ in range(REPEATS))
        wrong = count_wrong(tensor, rank, ranks)
        if rank == 0:
            print(json.dumps({"backend": "gloo", "ranks": ranks, "bytes": size,
                              "median_us": median, "wrong": wrong}), flush=True)
    dist.barrier()
    dist.destroy_process_group()


def main():
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ranks, sizes = int(sys.argv[1]), list(map(int, sys.argv[2:]))
    torch.multiprocessing.spawn(run, (ranks, port, sizes), ranks)


if __name__ == "__main__":
    main()

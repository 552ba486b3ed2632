#!/usr/bin/env python3
"""Training steps of PyTorch's DistributedDataParallel over Gloo on CPUs, on made-up
pictures: channels-last, gradients as views of the buckets, SGD with momentum, one thread a
rank. Prints one JSON object: images_per_second of the timed steps.

usage: ddp_step.py NET BATCH PIXELS --ranks 2 --precision bf16|fp32 --steps 6 --warmup 2
"""
import argparse
import json
import socket
import time

import torch
import torch.distributed as dist
import torchvision

AUXILIARY = {"googlenet": 0.3, "inception_v3": 0.4}


def loss_of(net_name, outputs, labels):
    criterion = torch.nn.functional.cross_entropy
    if torch.is_tensor(outputs):
        return criterion(outputs, labels)
    main, *auxiliary = [logits for logits in outputs if logits is not None]
    return criterion(main, labels) + AUXILIARY[net_name] * sum(
        criterion(logits, labels) for logits in auxiliary)


def train(rank, options, port):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    dist.init_process_group(
        "gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=options.ranks)
    more = {"init_weights": False} if options.net in AUXILIARY else {}
    net = torchvision.models.get_model(options.net, weights=None, num_classes=100, **more)
    net = net.to(memory_format=torch.channels_last)
    if options.ranks > 1:
        net = torch.nn.parallel.DistributedDataParallel(net, gradient_as_bucket_view=True)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, weight_decay=5e-4)
    images = torch.randn(options.batch, 3, options.pixels, options.pixels)
    images = images.to(memory_format=torch.channels_last)
    labels = torch.randint(0, 100, (options.batch,))

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
            loss = loss_of(options.net, net(images), labels)
        optimizer.zero_grad(set_to_none=options.ranks == 1)
        loss.backward()
        optimizer.step()

    for _ in range(options.warmup):
        step()
    dist.barrier()
    start = time.perf_counter()
    for _ in range(options.steps):
        step()
    dist.barrier()
    seconds = time.perf_counter() - start
    if rank == 0:
        print(json.dumps({"images_per_second":
                          options.steps * options.batch * options.ranks / seconds}))
    dist.destroy_process_group()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("net")
    parser.add_argument("batch", type=int, help="per rank")
    parser.add_argument("pixels", type=int)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--warmup", type=int, default=2)
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    torch.multiprocessing.spawn(train, (options, port), options.ranks)


if __name__ == "__main__":
    main()

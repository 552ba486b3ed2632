#!/usr/bin/env python3
"""A plain PyTorch DistributedDataParallel script over a convoy (Caffe) LMDB: what a user
would otherwise write. Channels-last, autocast, Gloo on CPUs, DataLoader workers.

Prints one JSON object: images_per_second of the timed steps (after the warm-up ones),
seconds, top1 on --val when given.

usage: ddp_train.py --train DB [--val DB] [--ranks 2] [--net resnet18] [--crop 96]
       [--batch 32] [--epochs 25 | --steps 60] [--precision bf16|fp32] [--workers 1]
"""
import argparse
import io
import json
import os
import sys
import time

import lmdb
import torch
import torch.distributed
import torch.multiprocessing
import torchvision
from PIL import Image
from torchvision.transforms import v2

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def varint(data, at):
    value, shift = 0, 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def parse_datum(record):
    """The picture's bytes and the label of Caffe's Datum."""
    at, picture, label = 0, b"", 0
    while at < len(record):
        tag, at = varint(record, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(record, at)
            if tag >> 3 == 5:
                label = value
        elif kind == 2:
            length, at = varint(record, at)
            if tag >> 3 == 4:
                picture = record[at:at + length]
            at += length
        else:
            at += 4 if kind == 5 else 8
    return picture, label


class LmdbDataset(torch.utils.data.Dataset):
    def __init__(self, path, transform):
        self.path, self.transform, self.env = path, transform, None
        with self.open().begin() as transaction:
            self.keys = [key for key, _ in transaction.cursor()]
        self.env = None  # every worker process opens its own

    def open(self):
        if self.env is None:
            self.env = lmdb.open(self.path, readonly=True, lock=False,
                                 readahead=False, max_readers=512)
        return self.env

    def __len__(self):
        return len(self.keys)

    def __getitem__(self, index):
        with self.open().begin(buffers=False) as transaction:
            picture, label = parse_datum(transaction.get(self.keys[index]))
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        return self.transform(image), label


def transforms(options):
    end = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)]
    train = [v2.RandomResizedCrop(options.crop, scale=(options.scale, 1.0))]
    if options.flip:
        train.append(v2.RandomHorizontalFlip())
    evaluation = [v2.Resize(options.resize), v2.CenterCrop(options.crop)]
    return v2.Compose(train + end), v2.Compose(evaluation + end)


def evaluate(net, options, transform, rank):
    """Accuracy over all ranks; every sample once."""
    data = LmdbDataset(options.val, transform)
    mine = torch.utils.data.Subset(data, range(rank, len(data), options.ranks))
    loader = torch.utils.data.DataLoader(mine, 64, num_workers=options.workers)
    hits = torch.zeros(2)
    net.eval()
    with torch.no_grad():
        for images, labels in loader:
            images = images.to(memory_format=torch.channels_last)
            hits[0] += (net(images).argmax(1) == labels).sum()
            hits[1] += len(labels)
    net.train()
    torch.distributed.all_reduce(hits)
    return 100 * float(hits[0] / hits[1])


def train(rank, options):
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "127.0.0.1", options.port
    torch.distributed.init_process_group("gloo", rank=rank, world_size=options.ranks)
    threads = max(1, len(os.sched_getaffinity(0)) // options.ranks)
    torch.set_num_threads(threads)
    torch.manual_seed(options.seed)
    train_transform, eval_transform = transforms(options)
    data = LmdbDataset(options.train, train_transform)
    sampler = torch.utils.data.DistributedSampler(data, drop_last=True)
    loader = torch.utils.data.DataLoader(
        data, options.batch, sampler=sampler, drop_last=True,
        num_workers=options.workers, persistent_workers=options.workers > 0,
        prefetch_factor=4 if options.workers else None)
    net = torchvision.models.get_model(
        options.net, weights=None, num_classes=options.classes)
    net = net.to(memory_format=torch.channels_last)
    net = torch.nn.parallel.DistributedDataParallel(net, gradient_as_bucket_view=True)
    total = options.steps or options.epochs * len(loader)
    optimizer = torch.optim.SGD(
        net.parameters(), lr=options.lr, momentum=0.9, nesterov=True,
        weight_decay=options.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=options.lr, total_steps=total + 1)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=options.smoothing)
    step, epoch, start, timed_from = 0, 0, time.time(), None
    while step < total:
        sampler.set_epoch(epoch)
        for images, labels in loader:
            if step == options.warmup:
                torch.distributed.barrier()
                timed_from = time.time()
            images = images.to(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16,
                                enabled=options.precision == "bf16"):
                loss = loss_of(net(images), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1
            if step == total:
                break
        epoch += 1
        if rank == 0 and not options.steps:
            print(f"epoch {epoch} loss {float(loss):.3f} {time.time() - start:.0f} s",
                  file=sys.stderr, flush=True)
    torch.distributed.barrier()
    seconds = time.time() - timed_from
    top1 = evaluate(net, options, eval_transform, rank) if options.val else None
    if rank == 0:
        images = (total - options.warmup) * options.batch * options.ranks
        print(json.dumps({
            "peer": f"pytorch {torch.__version__} ddp gloo",
            "images_per_second": images / seconds, "seconds": time.time() - start,
            "ranks": options.ranks, "precision": options.precision,
            "workers": options.workers, "threads": threads, "top1": top1}), flush=True)
    torch.distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True)
    parser.add_argument("--val")
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--net", default="resnet18")
    parser.add_argument("--crop", type=int, default=96)
    parser.add_argument("--resize", type=int, default=96)
    parser.add_argument("--scale", type=float, default=0.35)
    parser.add_argument("--flip", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32, help="per rank")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--warmup", type=int, default=5, help="steps not timed")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--smoothing", type=float, default=0.0)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="bf16")
    parser.add_argument("--workers", type=int, default=1, help="loader processes a rank")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", default="29544")
    options = parser.parse_args()
    torch.multiprocessing.spawn(train, (options,), nprocs=options.ranks)


if __name__ == "__main__":
    main()

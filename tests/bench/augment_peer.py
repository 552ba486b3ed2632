"""Convoy's augmentation beside torchvision's (Pillow pictures, its default way), one core
each, in one run: python augment_peer.py BENCH_DATA. CPU time of a 500x375 picture to
224x224, rounds interleaved; prints medians with the least and the most."""
import json
import statistics
import subprocess
import sys
import time

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T

torch.set_num_threads(1)
torch.manual_seed(0)
picture = Image.fromarray(
    np.random.default_rng(0).integers(0, 256, (375, 500, 3), dtype=np.uint8))

crop = [T.RandomResizedCrop(224), T.RandomHorizontalFlip()]
jitter = [T.ColorJitter(0.2, 0.2, 0.2, 0.05)]
motion = [T.RandomAffine(10, translate=(0.05, 0.05),
                         interpolation=T.InterpolationMode.BILINEAR)]
tensor = [T.ToTensor()]
noise = [lambda x: x + 0.01 * torch.randn_like(x)]
normalize = [T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
peers = {
    "augment/resized_crop_and_flip/1": crop + tensor + normalize,
    "augment/and_jitter/1": crop + jitter + tensor + normalize,
    "augment/and_rotation/1": crop + motion + jitter + tensor + normalize,
    "augment/and_noise/1": crop + motion + jitter + tensor + noise + normalize,
    "evaluate/1": [T.Resize(256), T.CenterCrop(224)] + tensor + normalize,
}


def torchvision_rate(steps, seconds=1.0):
    chain = T.Compose(steps)
    for _ in range(5):
        chain(picture)
    begin, count = time.process_time(), 0
    while time.process_time() - begin < seconds:
        chain(picture)
        count += 1
    return count / (time.process_time() - begin)


def convoy_rates():
    report = subprocess.run(
        [sys.argv[1], "--benchmark_format=json",
         "--benchmark_filter=" + "|".join(f"^{name}$" for name in peers)],
        check=True, capture_output=True, text=True).stdout
    return {b["name"]: 1e9 / b["cpu_time"] for b in json.loads(report)["benchmarks"]}


ours = {name: [] for name in peers}
theirs = {name: [] for name in peers}
for _ in range(5):
    for name, rate in convoy_rates().items():
        ours[name].append(rate)
    for name, steps in peers.items():
        theirs[name].append(torchvision_rate(steps))
for name in peers:
    ratios = [a / b for a, b in zip(ours[name], theirs[name])]
    print(f"{name:35} convoy {statistics.median(ours[name]):7.0f}/s  "
          f"torchvision {statistics.median(theirs[name]):6.0f}/s  ratio "
          f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")

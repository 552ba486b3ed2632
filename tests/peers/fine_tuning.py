"""Fine-tuning against training from scratch on a share of the training pictures.

usage: fine_tuning.py VEHICLES6 WEIGHTS WORK [--share 0.1 ...] [--seeds 3] [--epochs N]
                      [--set KEY=VALUE ...]

VEHICLES6 holds train/CLASS/*.jpg and test/CLASS/*.jpg. For each share and seed, that share
of each class's training pictures is drawn with the seed and imported; `convoy preset`
writes a config with WEIGHTS and one without; both train for the former's epochs, or N, and
are evaluated on all test pictures. Prints a table of mean and standard deviation; what has
been run before in WORK is taken from there.
"""
import argparse
import json
import pathlib
import random
import re
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVOY = ROOT / "build/release/convoy"


def convoy(*words):
    done = subprocess.run([CONVOY, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"convoy {' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


def draw(source, share, seed, folder):
    """A database of the share, beside one of all test pictures."""
    data = folder / "data"
    if data.exists():
        return data
    for kind in sorted(path for path in (source / "train").iterdir() if path.is_dir()):
        pictures = sorted(kind.iterdir())
        chosen = random.Random(f"{seed} {kind.name}").sample(
            pictures, round(share * len(pictures)))
        (folder / "pictures/train" / kind.name).mkdir(parents=True, exist_ok=True)
        for picture in chosen:
            (folder / "pictures/train" / kind.name / picture.name).hardlink_to(picture)
    (folder / "pictures/test").symlink_to(source / "test")
    convoy("import", "folder", folder / "pictures", data)
    return data


def accuracy(data, weights, epochs, seed, options):
    """Acc@1 at the end of a run, in percent; and the epochs of its preset."""
    run = data.parent / ("scratch" if weights is None else "weights")
    words = [] if weights is None else ["--weights", weights]
    text = convoy("preset", data, "--net", "squeezenet1_0", "--dir", run, *words)
    epochs = epochs or int(re.search(r"epochs: (\d+)", text)[1])
    config = run.with_suffix(".yaml")
    config.write_text(text)
    sets = [f"run.epochs={epochs}", f"run.seed={seed}", "run.evaluate_every_epochs=0",
            "run.checkpoint_every_epochs=0", *options]
    convoy("train", config, *(word for key in sets for word in ("--set", key)))
    records = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    figures = [record["top1"] for record in records if record.get("kind") == "eval"]
    return figures[-1], epochs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("weights", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--share", type=float, nargs="+", default=[0.1, 0.3, 1])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], dest="options")
    arguments = parser.parse_args()
    print("| share | epochs | from scratch | fine-tuned |", flush=True)
    print("| --- | --- | --- | --- |", flush=True)
    for share in arguments.share:
        rows = {"scratch": [], "weights": []}
        for seed in range(1, arguments.seeds + 1):
            folder = arguments.work / f"{share:g}-{seed}"
            data = draw(arguments.source, share, seed, folder)
            figure, epochs = accuracy(
                data, arguments.weights, arguments.epochs, seed, arguments.options)
            rows["weights"].append(figure)
            rows["scratch"].append(
                accuracy(data, None, epochs, seed, arguments.options)[0])
        columns = [f"{statistics.mean(row):.1f} ± {statistics.stdev(row):.1f}"
                   for row in rows.values()]
        print(f"| {100 * share:g} % | {epochs} | {' | '.join(columns)} |", flush=True)


if __name__ == "__main__":
    main()

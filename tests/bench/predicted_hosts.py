"""Steps on hosts that are apart (network namespaces with links of limited rate), beside what
the cost model says of them: every network, rate and number of hosts.

    python tests/bench/predicted_hosts.py SCALING.json... [--rates 100mbit 1gbit 10gbit]

SCALING.json: of `convoy scaling --ranks 1 --data synthetic`. What a rank computes is slept
through, since hosts share this machine's cores; gradients are exchanged for real. Nothing is
fitted: the prediction knows the step of one rank and the link's name. Needs root."""
import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/support"))
sys.path.append(str(ROOT / "tests/e2e"))
import convoy
import hosts

PROGRAM = ROOT / "build/release/tests/bench/convoy_emulated_step"


def write_profile(row, path):
    """A row of scaling.json in the words of emulated_step.cpp."""
    profile = row["profile"]
    lines = [(profile["step_ms"], profile["backward_end_ms"])] + [
        (b["bytes"], b["ready_ms"]) for b in profile["buckets"]]
    first, *rest = lines
    path.write_text(f"{first[0] / 1000} {first[1] / 1000}\n" + "".join(
        f"{size} {ready / 1000}\n" for size, ready in rest))


def cell(profile, rate, count, steps):
    """(measured, predicted, without communication) ms of a step."""
    with hosts.Hosts(count, rate, prefix="cvp") as cluster:
        line = [*convoy.MPIRUN, "--hostfile", str(cluster.hostfile(1)), "-np", str(count),
                "--map-by", "slot", str(PROGRAM), str(profile), rate, str(steps)]
        done = subprocess.run(
            cluster.inside(0, line), capture_output=True, text=True, timeout=900,
            stdin=subprocess.DEVNULL, env=cluster.environment())
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return tuple(map(float, done.stdout.split()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--rates", nargs="+", default=["100mbit", "1gbit", "10gbit"])
    parser.add_argument("--hosts", nargs="+", type=int, default=[2, 4])
    parser.add_argument("--steps", type=int, default=3)
    options = parser.parse_args()
    print("| network | link | hosts | alone ms | measured ms | predicted ms | error |\n"
          "| --- | --- | --- | --- | --- | --- | --- |")
    for file in options.files:
        report = json.loads(file.read_text())
        profile = file.with_suffix(".profile")
        write_profile(report["rows"][0], profile)
        for rate in options.rates:
            for count in options.hosts:
                measured, predicted, alone = cell(profile, rate, count, options.steps)
                print(f"| {report['net']} | {rate} | {count} | {alone:.0f} | {measured:.0f} "
                      f"| {predicted:.0f} | {100 * (predicted / measured - 1):+.1f} % |",
                      flush=True)


if __name__ == "__main__":
    main()

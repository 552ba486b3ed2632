#!/usr/bin/env python3
"""Runs what CMake has registered with add_test and counts single tests.

usage: tests/run.py [--full] [--only NAME ...] [--list]

A GoogleTest program and a unittest file both report each test. Only tests labelled `gpu`,
those labelled `hosts` where there can be none, and those whose data are absent may skip
themselves, with a reason; any other skip counts as a failure. Tests labelled `slow` run with --full. Programs run side by side while there
is room for the processors that they ask for (CMake's PROCESSORS), those that ask for more
and may take long first, and those that must be alone (RUN_SERIAL) at the end. Exit code 0
when nothing failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"

CORES = len(os.sched_getaffinity(0))
# More than there are processors: ranks wait for each other, and for mpirun.
ROOM = CORES + 2 * (CORES > 1)


def registered_tests():
    listing = subprocess.run(
        ["ctest", "--test-dir", str(BUILD), "--show-only=json-v1"],
        check=True, capture_output=True, text=True).stdout
    for test in json.loads(listing)["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        yield {
            "name": test["name"],
            "command": test.get("command", ["false"]),  # absent when it is not built
            "labels": properties.get("LABELS", []),
            "cores": ROOM if properties.get("RUN_SERIAL")
                     else min(int(properties.get("PROCESSORS", 1)), CORES),
            "timeout": float(properties.get("TIMEOUT", 600)),
            "environment": dict(
                pair.split("=", 1) for pair in properties.get("ENVIRONMENT", [])),
        }


def count_gtest(output):
    passed = len(re.findall(r"^\[       OK \] ", output, re.M))
    failed = sorted(set(re.findall(
        r"^\[  FAILED  \] ([^\s,]+)(?:, where .*)? \(\d+ ms\)$", output, re.M)))
    skipped = []
    for block in re.split(r"^\[ RUN      \] ", output, flags=re.M)[1:]:
        match = re.search(r"^\[  SKIPPED \] (\S+) \(\d+ ms\)", block, re.M)
        if match:
            reason = [line for line in block.splitlines()[1:]
                      if line and not line.startswith("[")
                      and not re.search(r":\d+: Skipped$", line)]
            skipped.append((match[1], reason[0] if reason else "no reason given"))
    return passed, failed, skipped


def count_unittest(output):
    passed, failed, skipped = 0, [], []
    for line in output.splitlines():
        match = re.match(r"^(\w+) \(([\w.]+)\).* \.\.\. (.*)$", line)
        if not match:
            continue
        name, result = match[2], match[3]
        if result == "ok":
            passed += 1
        elif result.startswith("skipped"):
            skipped.append((name, result[len("skipped "):].strip("'\"")))
        else:
            failed.append(name)
    return passed, failed, skipped


def may_skip(labels, reason):
    """Real data are found through CONVOY_TEST_DATA; a skip for want of them names it."""
    return ("gpu" in labels or "CONVOY_TEST_DATA" in reason
            or ("hosts" in labels and reason.startswith("hosts need")))


def judge(test, output, code):
    """(passed, failed, skipped) of a program that has ended with `code`."""
    count = count_gtest if "[==========]" in output else count_unittest
    passed, failed, skipped = count(output)
    allowed = [(name, why) for name, why in skipped if may_skip(test["labels"], why)]
    failed = failed + [f"{name} (may not skip: {why})" for name, why in skipped
                       if (name, why) not in allowed]
    if code != 0 and not failed:
        failed = [test["name"] + f" (exit code {code})"]
    if code == 0 and passed + len(skipped) == 0:
        failed = [test["name"] + " ran no test"]
    return passed, failed, allowed


def run(test):
    start = time.monotonic()
    environment = {**os.environ, "GTEST_COLOR": "no", **test["environment"]}
    try:
        done = subprocess.run(
            test["command"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, timeout=test["timeout"], env=environment,
            cwd=ROOT)
        output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as error:
        output = (error.stdout or b"").decode(errors="replace")
        output += f"\ntimed out after {test['timeout']:.0f} s\n"
        code = -1
    return *judge(test, output, code), output, time.monotonic() - start


def side_by_side(tests):
    """Runs all and yields (test, its results) as they end: always the first that fits
    into the room left. What must be alone is last, and before it go those that want
    much room, since small ones fit beside them; of these the long ones."""
    waiting = sorted(tests, key=lambda test: (
        test["cores"] == ROOM, -test["cores"], -test["timeout"]))
    running, free = {}, ROOM
    with concurrent.futures.ThreadPoolExecutor(ROOM) as pool:
        while waiting or running:
            for test in [*waiting]:
                if test["cores"] <= free:
                    waiting.remove(test)
                    free -= test["cores"]
                    running[pool.submit(run, test)] = test
            ended, _ = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ended:
                test = running.pop(future)
                free += test["cores"]
                yield test, future.result()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the slow ones too")
    parser.add_argument("--only", nargs="+", help="names of registered tests")
    parser.add_argument("--list", action="store_true", help="show names and labels")
    options = parser.parse_args()
    data = ROOT.parent / "shared" / "data"
    if data.is_dir():
        os.environ.setdefault("CONVOY_TEST_DATA", str(data))
    tests = [t for t in registered_tests()
             if (options.full or "slow" not in t["labels"])
             and (not options.only or t["name"] in options.only)]
    if options.list:
        for test in tests:
            print(f"{test['name']:24} {' '.join(test['labels'])}")
        return 0
    total, failures, skips = 0, [], []
    for number, (test, results) in enumerate(side_by_side(tests), 1):
        passed, failed, skipped, output, seconds = results
        print(f"[{number}/{len(tests)}] {test['name']:24} "
              f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped, "
              f"{seconds:.0f} s", flush=True)
        if failed:
            print(output[-20000:], flush=True)
        total += passed
        failures += [f"{test['name']}: {name}" for name in failed]
        skips += [(f"{test['name']}: {name}", reason) for name, reason in skipped]
    print()
    for name, reason in skips:
        print(f"skipped  {name}: {reason}")
    for name in failures:
        print(f"FAILED   {name}")
    print(f"{total} passed, {len(failures)} failed, {len(skips)} skipped")
    return 1 if failures or not tests else 0


if __name__ == "__main__":
    sys.exit(main())

"""Builds a part of data/ and nets/ under a sanitizer, in a build folder of its own, and runs
its tests: foreign bytes under AddressSanitizer and UBSan, the loader under ThreadSanitizer.

usage: run_sanitized.py asan|tsan [-DVARIABLE=VALUE ...]   (for CMake)

The output is GoogleTest's, so that tests/run.py counts each test. A finding ends the
program, with a report and an exit code other than 0.
"""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = {"asan": ["sanitized_input", "sanitized_weights"], "tsan": ["sanitized_loader"]}
OPTIONS = {
    "ASAN_OPTIONS": "strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1",
}


def build(preset, variables):
    for command in (["cmake", "--preset", preset, *variables],
                    ["cmake", "--build", "--preset", preset,
                     "--target", *TARGETS[preset]]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-8000:]}")
    return [ROOT / "build" / preset / "tests" / target for target in TARGETS[preset]]


def without_address_randomisation():
    """ThreadSanitizer of GCC 12 can't place its shadow where a kernel randomises
    addresses by more than 30 bits; a container may forbid to turn that off."""
    words = ["setarch", "-R"]
    if shutil.which("setarch") and subprocess.run(
            [*words, "true"], capture_output=True).returncode == 0:
        return words
    return []


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(__doc__)
    preset = sys.argv[1]
    programs = build(preset, sys.argv[2:])
    prefix = without_address_randomisation() if preset == "tsan" else []
    codes = [subprocess.run([*prefix, program], env={**OPTIONS, **os.environ}).returncode
             for program in programs]
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main())

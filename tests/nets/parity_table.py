#!/usr/bin/env python3
"""Turns what nets/parity_test.cpp measured into the table of docs/networks.md.

usage: build/release/tests/test_nets --gtest_filter='*Parity*' --gtest_output=json:parity.json
       tests/nets/parity_table.py parity.json
"""
import json
import sys

FIGURES = ("logits", "gradients", "ten_losses", "gradients64")

rows = {}
for suite in json.load(open(sys.argv[1]))["testsuites"]:
    for test in suite["testsuite"]:
        figures = {figure: test[figure] for figure in FIGURES if figure in test}
        if figures:
            rows.setdefault(test["name"].split("/")[-1], {}).update(figures)
print("| network | eval logits | gradients | ten losses | gradients, channels-last, fp64 |")
print("| --- | --- | --- | --- | --- |")
for name in sorted(rows):
    print("| " + " | ".join([name, *(rows[name].get(f, "") for f in FIGURES)]) + " |")

"""What `convoy evaluate --report` writes, against Python's own figures."""
import csv
import json
import math
import pathlib
import re
import resource
import unittest
from xml.etree import ElementTree

import convoy
import evaluate_test
from evaluate_test import evaluate, report

TYPES = ("pickup", "sedan", "truck", "van")


def type_of(name):
    return name.split("_")[0]


def names():
    """The 100 classes of the rendered set, by number."""
    return [f"{kind}_{view}" for kind in TYPES for view in
            [*(f"az{azimuth:03}_el{elevation:02}" for azimuth in range(0, 360, 45)
               for elevation in (5, 30, 60)), "top"]]


def class_map(name, new_name):
    """A class map file: old name to new_name(old)."""
    path = convoy.workspace() / name
    lines = [f"{old}{': ' if path.suffix == '.yaml' else ','}{new_name(old)}\n"
             for old in names()]
    path.write_text("".join(lines))
    return path


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def probabilities():
    """(true class, probability of each class) of the pictures of the validation set,
    looked at one by one by `convoy predict`."""
    if not hasattr(probabilities, "rows"):
        folder = convoy.workspace() / "predicted-one-by-one"
        convoy.run("dataset", "render", folder, "--folders", "--px", 32, "--train", 4,
                   "--val", 1)
        done = convoy.run("predict", "--checkpoint", evaluate_test.trained(),
                          folder / "val", "--json", "--top", 100)
        assert done.returncode == 0, done.stderr
        probabilities.rows = [
            (pathlib.Path(line["file"]).parent.name,
             {c["name"]: c["probability"] for c in line["classes"]})
            for line in map(json.loads, done.stdout.splitlines())]
    return probabilities.rows


class Figures(unittest.TestCase):
    """Of the samples' own table, by formulas that are written down here once more."""

    @classmethod
    def setUpClass(cls):
        cls.folder, cls.printed = report("figures", "--group-by", "_([a-z]+)_",
                                         "--worst", 7)
        cls.json = json.loads((cls.folder / "report.json").read_text())
        cls.samples = table(cls.folder / "samples.csv")

    def test_samples_have_their_keys_and_their_classes_in_order(self):
        self.assertEqual([int(s["index"]) for s in self.samples], list(range(100)))
        self.assertEqual([s["true"] for s in self.samples], names())
        for sample in self.samples:
            self.assertIn("_" + sample["true"] + "/", sample["key"])
            top = sample["top five"].split(";")
            self.assertEqual(top[0], sample["predicted"])
            self.assertEqual(len(set(top)), 5)
            rank = int(sample["rank"])
            self.assertEqual(sample["true"] in top, rank < 5)
            self.assertAlmostEqual(-math.log(float(sample["probability of true"])),
                                   float(sample["loss"]), 6)

    def test_the_confusion_matrix_counts_them(self):
        with open(self.folder / "confusion.csv", newline="") as file:
            rows = list(csv.reader(file))
        self.assertEqual(rows[0][1:], names())
        for row, counts in zip(names(), self.json["confusion"]):
            for column, count in zip(names(), counts):
                self.assertEqual(count, sum(s["true"] == row and s["predicted"] == column
                                            for s in self.samples))
        self.assertEqual([[int(c) for c in row[1:]] for row in rows[1:]],
                         self.json["confusion"])

    def test_precision_recall_and_f1_follow(self):
        recalls = []
        for line in self.json["classes"]:
            own = [s for s in self.samples if s["true"] == line["class"]]
            taken = [s for s in self.samples if s["predicted"] == line["class"]]
            hits = sum(s["true"] == s["predicted"] for s in own)
            recall = hits / len(own)
            precision = hits / len(taken) if taken else None
            self.assertEqual(line["recall"], recall)
            self.assertEqual(line["precision"], precision)
            self.assertAlmostEqual(line["f1"], 2 * hits / (len(own) + len(taken)))
            hits5 = sum(int(s["rank"]) < 5 for s in own)
            taken5 = hits5 + sum(int(s["rank"]) >= 5 for s in taken)
            self.assertEqual(line["recall5"], hits5 / len(own))
            self.assertEqual(line["precision5"], hits5 / taken5 if taken5 else None)
            self.assertAlmostEqual(line["f1_5"], 2 * hits5 / (len(own) + taken5))
            recalls.append(recall)
        self.assertAlmostEqual(self.json["averages"]["balanced_accuracy"],
                               sum(recalls) / len(recalls))
        self.assertAlmostEqual(self.json["averages"]["micro"]["f1"],
                               self.json["top1_hits"] / 100)
        self.assertAlmostEqual(self.json["averages"]["micro"]["f1_5"],
                               self.json["top5_hits"] / 100)

    def test_coverage_and_accuracy_follow(self):
        sure = [(float(s["probability"]), s["true"] == s["predicted"])
                for s in self.samples]
        self.assertEqual(len(self.json["thresholds"]), 101)
        for row in self.json["thresholds"]:
            covered = [hit for p, hit in sure if p >= row["threshold"]]
            self.assertEqual(row["covered"], len(covered))
            if covered:
                self.assertAlmostEqual(row["accuracy"], sum(covered) / len(covered))

    def test_the_calibration_error_follows(self):
        bins = [[] for _ in range(15)]
        for s in self.samples:
            p = float(s["probability"])
            bins[max(0, math.ceil(p * 15) - 1)].append((p, s["true"] == s["predicted"]))
        error = sum(abs(sum(p for p, _ in b) - sum(hit for _, hit in b))
                    for b in bins) / 100
        self.assertAlmostEqual(
            self.json["calibration"]["expected_calibration_error"], error, 6)

    def test_groups_follow(self):
        self.assertEqual([g["group"] for g in self.json["groups"]], sorted(TYPES))
        for group in self.json["groups"]:
            own = [s for s in self.samples if type_of(s["true"]) == group["group"]]
            self.assertEqual(group["samples"], len(own))
            self.assertEqual(group["top1_hits"],
                             sum(s["true"] == s["predicted"] for s in own))
            self.assertAlmostEqual(group["loss"],
                                   sum(float(s["loss"]) for s in own) / len(own))
        self.assertRegex(self.printed, r"(?m)^van +25 +[\d.]+ +[\d.]+ +[\d.]+$")

    def test_the_worst_come_with_their_pictures(self):
        wanted = sorted(self.samples, key=lambda s: -float(s["loss"]))[:7]
        self.assertEqual([w["key"] for w in self.json["worst"]],
                         [s["key"] for s in wanted])
        page = (self.folder / "worst.html").read_text()
        for place, worst in enumerate(self.json["worst"], 1):
            self.assertEqual(worst["file"],
                             f"worst/{place:04}_{worst['true']}_as_{worst['predicted']}.jpg")
            self.assertIn(worst["file"], page)
            self.assertEqual((self.folder / worst["file"]).read_bytes()[:3],
                             b"\xff\xd8\xff")

    def test_the_matrix_is_drawn(self):
        picture = ElementTree.parse(self.folder / "confusion.svg").getroot()
        titles = [t.text for t in picture.iter("{http://www.w3.org/2000/svg}title")]
        pairs = {(s["true"], s["predicted"]) for s in self.samples}
        self.assertEqual({tuple(re.match(r"(\S+) taken for (\S+):", t).groups())
                          for t in titles}, pairs)


class Groups(unittest.TestCase):
    """Against probabilities that `convoy predict` gives, picture by picture: they differ
    in the last digits, as forward passes of other sizes do."""

    def test_two_groups_count_escapes_and_overkill(self):
        ng = [name for name in names() if type_of(name) in ("truck", "van")]
        folder, printed = report("two-groups", "--ng", ",".join(ng), "--escape", 0.1)
        scores = [(type_of(true) in ("truck", "van"), sum(p[name] for name in ng))
                  for true, p in probabilities()]
        for row in json.loads((folder / "report.json").read_text())[
                "two_groups"]["thresholds"]:
            t = row["threshold"]
            escapes = [sum(is_ng and s < t + d for is_ng, s in scores) for d in
                       (-1e-4, 1e-4)]
            overkills = [sum(not is_ng and s >= t + d for is_ng, s in scores) for d in
                         (1e-4, -1e-4)]
            self.assertTrue(escapes[0] <= row["escapes"] <= escapes[1], row)
            self.assertTrue(overkills[0] <= row["overkills"] <= overkills[1], row)
        for row, (is_ng, score) in zip(table(folder / "samples.csv"), scores):
            self.assertAlmostEqual(float(row["probability of NG"]), score, 4)
        found = json.loads((folder / "report.json").read_text())["two_groups"][
            "escape_at_most"]
        self.assertEqual(found["observed"]["escapes"], 5)
        ng_scores = sorted(s for is_ng, s in scores if is_ng)
        self.assertAlmostEqual(found["observed"]["threshold"], ng_scores[5], 4)
        # The greatest k of 50 with a limit of at most 10 % is 1: 9.14 %.
        self.assertEqual(found["assured"]["escapes"], 1)
        self.assertAlmostEqual(found["assured"]["escape_limit"], 0.0914, 4)
        self.assertIn("escape <= 10.00 % of these samples: threshold", printed)

    def test_a_class_map_sums_probabilities(self):
        for path in (class_map("types.yaml", type_of), class_map("types.csv", type_of)):
            seen = json.loads(evaluate("--class-map", path, "--json").stdout)
            hits, loss = 0, 0
            for true, p in probabilities():
                sums = {kind: sum(v for name, v in p.items() if type_of(name) == kind)
                        for kind in TYPES}
                hits += max(sums, key=sums.get) == type_of(true)
                loss -= math.log(sums[type_of(true)])
            self.assertAlmostEqual(seen["top1_hits"], hits, delta=1)
            self.assertEqual(seen["top5_hits"], 100, "of four classes")
            self.assertAlmostEqual(seen["loss"], loss / 100, 4)

    def test_dropped_classes_and_their_samples_are_gone(self):
        path = class_map("no-trucks.csv",
                         lambda name: "" if type_of(name) == "truck" else type_of(name))
        seen = evaluate("--class-map", path)
        loss = 0
        for true, p in probabilities():
            if type_of(true) != "truck":
                left = {n: v for n, v in p.items() if type_of(n) != "truck"}
                own = sum(v for n, v in left.items() if type_of(n) == type_of(true))
                loss -= math.log(own / sum(left.values()))
        match = re.match(r"Acc@1 [\d.]+ Acc@5 100.000 loss ([\d.]+) \(75 samples: ",
                         seen.stdout)
        self.assertIsNotNone(match, seen.stdout)
        self.assertAlmostEqual(float(match[1]), loss / 75, 4)
        self.assertRegex(seen.stdout, r"(?m)^sedan +25 ")
        self.assertNotIn("truck", seen.stdout)

    def test_the_temperature_has_the_least_loss(self):
        folder, _ = report("temperature")
        found = json.loads((folder / "report.json").read_text())["calibration"]

        def loss(temperature):
            total = 0
            for true, p in probabilities():
                scaled = {n: math.log(v) / temperature for n, v in p.items() if v > 0}
                most = max(scaled.values())
                total += most - scaled[true] + math.log(
                    sum(math.exp(v - most) for v in scaled.values()))
            return total / 100
        self.assertAlmostEqual(found["loss"], loss(1), 4)
        self.assertAlmostEqual(found["loss_at_temperature"], loss(found["temperature"]), 4)
        for factor in (0.8, 1.25):
            self.assertLess(found["loss_at_temperature"],
                            loss(factor * found["temperature"]) - 1e-6)

    def test_a_threshold_leaves_samples_unsure(self):
        folder, printed = report("unsure", "--threshold", 0.05)
        samples = table(folder / "samples.csv")
        unsure = sum(float(s["probability"]) < 0.05 for s in samples)
        match = re.search(r"at threshold 0.05: (\d+) of 100 .* (\d+) unsure", printed)
        self.assertEqual((int(match[1]), int(match[2])), (100 - unsure, unsure))
        with open(folder / "confusion.csv", newline="") as file:
            rows = list(csv.reader(file))
        self.assertEqual(rows[0][-1], "(unsure)")
        self.assertEqual(sum(int(row[-1]) for row in rows[1:]), unsure)


class FullDisk(unittest.TestCase):
    def test_keeps_the_figures_and_leaves_no_report(self):
        folder = convoy.workspace() / "no-room"
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
        try:
            done = convoy.run("evaluate", "--checkpoint", evaluate_test.trained(),
                              "--report", folder)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertRegex(done.stdout, r"^Acc@1 [\d.]+ Acc@5 ")
        self.assertFalse(folder.exists())


class BadOptions(unittest.TestCase):
    def test_are_refused_once_with_their_code(self):
        missing = convoy.workspace() / "unknown.csv"
        missing.write_text("van_top,van\nvan_topp,van\n")
        page = convoy.workspace() / "page.txt"
        page.write_text("no folder")
        for code, words, sentence in (
                (64, ["--ng", "van_topp"], 'did you mean "van_top"?'),
                (64, ["--escape", "0.1"], "--escape needs --ng CLASS,CLASS"),
                (64, ["--group-by", "cam(.)"], "matches none of the 100 keys"),
                (65, ["--class-map", missing],
                 'unknown.csv:2: class "van_topp" is none of the checkpoint\'s 100 '
                 'classes; did you mean "van_top"?'),
                (66, ["--class-map", "/no/map.csv"], "/no/map.csv can't be read"),
                (74, ["--report", page / "report"], "page.txt/report"),
                (74, ["--report", convoy.workspace()], "holds something else than")):
            done = convoy.run("evaluate", "--checkpoint", evaluate_test.trained(), *words,
                              ranks=2)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(done.stderr.count(sentence), 1, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)

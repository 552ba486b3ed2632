"""Exact evaluation and prediction."""
import json
import pathlib
import subprocess
import unittest

import convoy


def trained():
    """A checkpoint of a short run."""
    if not hasattr(trained, "path"):
        path, run_dir = convoy.config(
            "trained", run={"epochs": 2, "iterations": 0}, batch={"global": 20},
            optimizer={"lr": 0.01})  # no probability so small that it is told as 0
        done = convoy.run("train", path, ranks=2)
        assert done.returncode == 0, done.stderr
        trained.path, trained.config = convoy.newest_checkpoint(run_dir), path
    return trained.path


class Evaluation(unittest.TestCase):
    def test_gives_equal_counts_and_loss_bits_on_one_two_and_three_ranks(self):
        data = convoy.vehicles(1, 3)  # 300 pictures: blocks of 32 and a short one
        results = []
        for ranks in (None, 1, 2, 3):
            done = convoy.run("evaluate", "--checkpoint", trained(), "--data",
                              data / "val.lmdb", "--json", ranks=ranks)
            self.assertEqual(done.returncode, 0, done.stderr)
            results.append(json.loads(done.stdout))
        self.assertEqual(results[0]["samples"], 300)
        for other in results[1:]:
            self.assertEqual(other, results[0])

    def test_does_not_depend_on_threads(self):
        bits = set()
        for threads in ("1", "2"):
            done = convoy.run("evaluate", "--checkpoint", trained(), "--json",
                              env={"OMP_NUM_THREADS": threads})
            bits.add(json.loads(done.stdout)["loss_bits"])
        self.assertEqual(len(bits), 1)

    def test_finds_the_best_checkpoint_of_a_config(self):
        trained()
        done = convoy.run("evaluate", trained.config, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^Acc@1 [\d.]+ Acc@5 [\d.]+ loss ")

    def test_prepares_pictures_as_asked(self):
        def evaluate(*words):
            done = convoy.run("evaluate", "--checkpoint", trained(), "--json", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)["loss_bits"]
        own = evaluate()
        self.assertEqual(evaluate("--set", "eval.resize_px=32"), own)
        self.assertNotEqual(evaluate("--set", "eval.resize_px=40"), own)

    def test_refuses_settings_that_are_not_evaluations(self):
        for code, words, sentence in (
                (64, ["optimizer.lr=1"], "with --checkpoint only eval.KEY=VALUE and"),
                (78, ["run.device=tpu"], "want one of auto, cpu, cuda"),
                (78, ["eval.crop_px=48"],
                 "eval.resize_px: 48 does not fit into 32"),
                (78, ["eval.crop_x=48"], "unknown key; did you mean eval.crop_px?")):
            done = convoy.run("evaluate", "--checkpoint", trained(), "--set", *words,
                              ranks=2)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(done.stderr.count(sentence), 1, done.stderr)

    def test_refuses_other_classes(self):
        folder = convoy.workspace() / "two"
        for name in ("apple", "pear"):
            (folder / name).mkdir(parents=True)
            subprocess.run(
                ["cp", str(picture()), str(folder / name / "a.jpg")], check=True)
        convoy.run("import", "folder", folder, convoy.workspace() / "two.lmdb")
        done = convoy.run("evaluate", "--checkpoint", trained(), "--data",
                          convoy.workspace() / "two.lmdb", ranks=2)
        self.assertEqual(done.returncode, 65)
        self.assertEqual(done.stderr.count("class 0 is \"apple\""), 1, done.stderr)


def evaluate(*words, ranks=None):
    done = convoy.run("evaluate", "--checkpoint", trained(), *words,
                      ranks=ranks)
    assert done.returncode == 0, done.stderr
    return done


def report(name, *words, ranks=None):
    """The folder and what was printed."""
    folder = convoy.workspace() / name
    done = evaluate("--report", folder, *words, ranks=ranks)
    return folder, done.stdout


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


class Reports(unittest.TestCase):
    def assertSameReports(self, name, ranks_of_runs, *words):
        data = convoy.vehicles(1, 3) / "val.lmdb"
        first = None
        for ranks in ranks_of_runs:
            folder, printed = report(f"{name}-{ranks}", "--data", data, *words,
                                     ranks=ranks)
            if first is None:
                first = contents(folder), printed
            self.assertEqual(contents(folder), first[0], f"{ranks} ranks")
            self.assertEqual(printed, first[1], f"{ranks} ranks")
        return first

    def test_are_equal_to_the_byte_on_one_two_and_three_ranks(self):
        files, printed = self.assertSameReports(
            "equal", (1, 2, 3), "--worst", 4, "--group-by", "_([a-z]+)_", "--ng",
            "van_top,truck_top", "--escape", 0.5, "--threshold", 0.02)
        self.assertEqual(
            {name for name in files if not name.startswith("worst/")},
            {"confusion.csv", "confusion.svg", "groups.csv", "ng_thresholds.csv",
             "per_class.csv", "reliability.csv", "report.json", "samples.csv",
             "thresholds.csv", "worst.html"})
        self.assertEqual(len(files), 14)
        self.assertEqual(json.loads(files["report.json"])["samples"], 300)
        self.assertTrue(printed.startswith("Acc@1 "), printed)

    def test_of_several_views_are_equal_to_the_byte_on_any_ranks(self):
        wider = ["--set", "eval.resize_px=40"]
        own = json.loads(evaluate("--json", *wider, "--data",
                                  convoy.vehicles(1, 3) / "val.lmdb").stdout)
        losses = {own["loss_bits"]}
        for tta, ranks in (("flip", (1, 2)), ("ten_crop", (1, 3))):
            files, _ = self.assertSameReports(tta, ranks, "--tta", tta, *wider)
            seen = json.loads(files["report.json"])
            self.assertEqual(seen["tta"], tta)
            self.assertAlmostEqual(seen["loss"], own["loss"], delta=0.5 * own["loss"])
            losses.add(seen["loss_bits"])
        self.assertEqual(len(losses), 3)

    def test_change_no_figure_of_the_line(self):
        folder, printed = report("same-line")
        self.assertEqual(printed.splitlines()[0], evaluate().stdout.splitlines()[0])
        own = json.loads(evaluate("--json").stdout)
        self.assertEqual(json.loads((folder / "report.json").read_text())["loss_bits"],
                         own["loss_bits"])

    def test_are_refused_or_replaced_where_there_is_one(self):
        folder, _ = report("again")
        words = ["evaluate", "--checkpoint", trained(), "--report", folder]
        done = convoy.run(*words, ranks=2)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertEqual(done.stderr.count("replace it with --overwrite"), 1, done.stderr)
        (folder / "note.txt").write_text("of the former report")
        self.assertEqual(convoy.run(*words, "--overwrite").returncode, 0)
        self.assertFalse((folder / "note.txt").exists())
        self.assertEqual([p.name for p in folder.parent.glob(".again*")], [])


def picture():
    folder = convoy.workspace() / "pictures"
    if not folder.exists():
        done = convoy.run("dataset", "render", folder, "--folders", "--px", 48,
                          "--train", 1, "--val", 1)
        assert done.returncode == 0, done.stderr
    return sorted((folder / "val").rglob("*.jpg"))[0]


class Prediction(unittest.TestCase):
    def test_names_classes_and_adds_up_to_one(self):
        done = convoy.run("predict", "--checkpoint", trained(), picture(), "--json",
                          "--top", 100)
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(len(result["classes"]), 100)
        self.assertAlmostEqual(sum(c["probability"] for c in result["classes"]), 1, 4)
        self.assertEqual(len({c["name"] for c in result["classes"]}), 100)

    def test_agrees_with_evaluation(self):
        # The pictures of val.lmdb as files: as many top-1 hits.
        folder = convoy.workspace() / "as-files"
        convoy.run("dataset", "render", folder, "--folders", "--px", 32, "--train", 4,
                   "--val", 1)
        done = convoy.run("predict", "--checkpoint", trained(), folder / "val",
                          "--json", "--top", 1)
        hits = 0
        for line in done.stdout.splitlines():
            result = json.loads(line)
            hits += pathlib.Path(result["file"]).parent.name == \
                result["classes"][0]["name"]
        evaluated = convoy.run("evaluate", "--checkpoint", trained(), "--json")
        self.assertEqual(hits, json.loads(evaluated.stdout)["top1_hits"])

    def test_stays_on_the_processor_when_told_to(self):
        for command in (["predict", picture()], ["evaluate"]):
            done = convoy.run(*command, "--checkpoint", trained(),
                              "--set", "run.device=cpu")
            self.assertEqual(done.returncode, 0, done.stderr)
            done = convoy.run(*command, "--checkpoint", trained(),
                              "--set", "run.device=cuda")
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn("no NVIDIA GPU is visible", done.stderr)
        done = convoy.run("predict", picture(), "--checkpoint", trained(),
                          "--set", "run.seed=3")
        self.assertEqual(done.returncode, 64)
        self.assertIn("--set run.seed=3: only run.device=VALUE", done.stderr)

    def test_goes_on_after_a_file_that_is_no_picture(self):
        page = convoy.workspace() / "page.jpg"
        page.write_text("<html>404</html>")
        done = convoy.run("predict", "--checkpoint", trained(), page, picture())
        self.assertEqual(done.returncode, 65)
        self.assertIn("page.jpg", done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_goes_on_after_a_file_that_is_not_there(self):
        done = convoy.run("predict", "--checkpoint", trained(), "/no/a.jpg", picture())
        self.assertEqual(done.returncode, 66)
        self.assertEqual(done.stderr, "convoy: /no/a.jpg: there is no such file\n")
        self.assertEqual(len(done.stdout.splitlines()), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)

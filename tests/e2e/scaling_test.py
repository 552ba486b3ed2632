"""convoy scaling: what it measures, what it refuses."""
import csv
import json
import subprocess
import unittest
import xml.etree.ElementTree

import convoy

QUICK = ("--steps", 2, "--warmup", 1, "--repeats", 2)
SVG = "{http://www.w3.org/2000/svg}"


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class Measurement(unittest.TestCase):
    def test_logs_speedup_against_a_baseline(self):
        path, run_dir = convoy.config("scaling")
        out = run_dir / "scaling.json"
        # What the runs are compared with may be named before it is measured.
        path, run_dir = convoy.config("scaling", run={"baseline": str(out)})
        measured = convoy.run(
            "scaling", path, "--ranks", "1,2", "--data", "real", *QUICK, ranks=2)
        self.assertEqual(measured.returncode, 0, measured.stderr)
        self.assertIn(f"saved in {out}", measured.stderr)
        rows = json.loads(out.read_text())["rows"]
        self.assertEqual([r["ranks"] for r in rows], [1, 2])
        self.assertEqual(rows[0]["speedup"], 1)
        self.assertAlmostEqual(
            rows[1]["speedup"],
            rows[1]["images_per_second"] / rows[0]["images_per_second"])
        self.assertAlmostEqual(rows[1]["efficiency"], rows[1]["speedup"] / 2)
        table = measured.stdout.splitlines()
        self.assertIn("real data, weak scaling: 12 samples a rank", table[0])
        self.assertEqual([line.split()[0] for line in table[1:4]], ["ranks", "1", "2"])
        self.assertEqual(table[3].split()[1], f"{rows[1]['images_per_second']:.1f}")
        done = convoy.run("train", path, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        record = convoy.metrics(run_dir, "train")[-1]
        self.assertAlmostEqual(
            record["speedup"],
            record["images_per_second"] / rows[0]["images_per_second"], places=6)
        self.assertAlmostEqual(record["efficiency"], record["speedup"] / 2, places=6)
        self.assertRegex(done.stderr, r"speedup \d+\.\d+.*efficiency \d")

    def test_measures_both_data_both_ways_in_one_run_and_accounts_for_each_step(self):
        # 25 over 2 ranks are 13 and 12.
        path, run_dir = convoy.config("four", batch={"global": 25})
        done = convoy.run("scaling", path, "--mode", "both", "--json", *QUICK, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(
            [(r["mode"], r["data"], r["ranks"], r["global_batch"], r["batch_per_rank"])
             for r in report["rows"]],
            [(mode, data, ranks, batch, share)
             for mode, loads in (("weak", ((1, 13, 13), (2, 26, 13))),
                                 ("strong", ((1, 25, 25), (2, 25, 13))))
             for data in ("real", "synthetic") for ranks, batch, share in loads])
        for row in report["rows"]:
            self.assertAlmostEqual(
                row["step_ms"], 1000 * row["global_batch"] / row["images_per_second"])
            self.assertAlmostEqual(sum(row["part_ms"].values()), row["step_ms"])
            self.assertAlmostEqual(sum(row["lost"].values()), 1 - row["efficiency"])
            self.assertEqual([r["rank"] for r in row["by_rank"]], list(range(row["ranks"])))
            for phase, ms in row["phase_ms"].items():
                self.assertAlmostEqual(
                    ms, sum(r[phase] for r in row["by_rank"]) / row["ranks"])
            self.assertGreater(row["part_ms"]["compute"], 0)
        self.agrees_with_its_files(report, run_dir)

    def agrees_with_its_files(self, report, run_dir):
        self.assertEqual(
            {p.name for p in run_dir.iterdir() if not p.name.startswith(".")},
            {"scaling.json", "scaling.csv", "scaling_ranks.csv", "scaling.md",
             "scaling.svg"})
        self.assertEqual(json.loads((run_dir / "scaling.json").read_text()), report)
        rows = read_csv(run_dir / "scaling.csv")
        self.assertEqual(len(rows), len(report["rows"]))
        for line, row in zip(rows, report["rows"]):
            for key in ("data", "mode", "ranks", "global_batch"):
                self.assertEqual(line[key], str(row[key]))
            self.assertAlmostEqual(
                float(line["efficiency"]) / row["efficiency"], 1, places=4)
        ranks = read_csv(run_dir / "scaling_ranks.csv")
        self.assertEqual([line["rank"] for line in ranks], ["0", "0", "1"] * 4)
        text = (run_dir / "scaling.md").read_text()
        self.assertIn("](scaling.svg)", text)
        self.assertEqual(text.count("| ranks | images/s |"), 4)
        picture = xml.etree.ElementTree.parse(run_dir / "scaling.svg").getroot()
        self.assertEqual(picture.tag, SVG + "svg")
        measured = [g for g in picture.iter(SVG + "g") if g.get("class") == "measured"]
        self.assertEqual([len(g.findall(SVG + "circle")) for g in measured], [2] * 4)

    def test_puts_predicted_beside_measured_by_what_an_all_reduce_costs(self):
        path, _ = convoy.config("checked")
        done = convoy.run(
            "scaling", path, "--data", "synthetic", "--json", *QUICK, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        one, two = report["rows"]
        self.assertNotIn("all_reduce", one)
        self.assertGreaterEqual(two["all_reduce"]["latency_us"], 0)
        self.assertGreaterEqual(two["all_reduce"]["ns_per_byte"], 0)
        self.assertGreater(sum(two["all_reduce"].values()), 0)
        check, = report["predicted_and_measured"]
        alone = sum(ms for phase, ms in one["phase_ms"].items() if phase != "comm")
        self.assertEqual((check["ranks"], check["global_batch"]), (2, 24))
        self.assertAlmostEqual(check["step_ms"], alone + check["exposed_ms"])
        self.assertAlmostEqual(check["images_per_second"], 24000 / check["step_ms"])
        self.assertEqual(check["measured"], two["images_per_second"])
        self.assertAlmostEqual(
            check["error"], check["images_per_second"] / check["measured"] - 1)

    def test_tells_time_and_cost_to_an_accuracy_that_a_run_reached(self):
        path, run_dir = convoy.config(
            "history", run={"epochs": 2, "iterations": 0}, batch={"global": 100})
        self.assertEqual(convoy.run("train", path).returncode, 0)
        summary = run_dir / "summary.csv"
        rows = read_csv(summary)
        with open(summary, "w", newline="") as file:  # what it reached is chance
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            for row, top1 in zip(rows, ("30.0000", "55.5000"), strict=True):
                writer.writerow({**row, "eval_top1": top1})
        path, _ = convoy.config("planned")
        words = ["scaling", path, *QUICK, "--data", "synthetic", "--json", "--history",
                 run_dir, "--price-per-hour", 3, "--predict", 8, "--link", "10gbit"]
        done = convoy.run(*words, "--to-accuracy", 50, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["plan"]["epochs"], 2)
        self.assertEqual(report["plan"]["images"], 400)  # data.train's
        for row in report["rows"] + report["predictions"]:
            hours = 2 * 400 / row["images_per_second"] / 3600
            self.assertAlmostEqual(row["training"]["hours"], hours)
            self.assertAlmostEqual(row["training"]["cost"], 3 * row["ranks"] * hours)
        done = convoy.run(*words, "--to-accuracy", 99.5, ranks=2)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn("summary.csv reached 55.5 at best, in epoch 2", done.stderr)

    def test_predicts_from_the_step_of_the_fewest_ranks(self):
        path, _ = convoy.config("predicted")
        words = ("scaling", path, "--ranks", "1", *QUICK, "--data", "synthetic",
                 "--predict", "1,2,64")
        done = convoy.run(*words, "--link", "1mbit", "--json", ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        one, two, many = report["predictions"]
        measured = sum(ms for phase, ms in report["rows"][0]["phase_ms"].items()
                       if phase != "comm")
        self.assertAlmostEqual(one["step_ms"], measured)
        self.assertEqual(one["exposed_ms"], 0)
        self.assertGreater(two["exposed_ms"], 1000)
        self.assertGreater(many["exposed_ms"], 1.9 * two["exposed_ms"])
        self.assertAlmostEqual(many["step_ms"], measured + many["exposed_ms"])
        self.assertAlmostEqual(many["efficiency"], measured / many["step_ms"])
        done = convoy.run(*words, "--link", "10gbit", ranks=2)
        self.assertIn("predicted, not measured: 1 rank a host, hosts on 10gbit, "
                      "from the step of 1 rank above", done.stdout)

    def test_refuses_predictions_of_what_it_is_not_told(self):
        path, _ = convoy.config("unpredictable")
        for words, text in (
                (("--predict", "8"), '--link: link ""'),
                (("--predict", "8", "--link", "fast"), '--link: link "fast"'),
                (("--predict", "0", "--link", "1gbit"), '--predict 0: "0" is not'),
                (("--predict", "8", "--link", "1gbit", "--ranks-per-host", 4),
                 '--inside: link ""')):
            done = convoy.run("scaling", path, *words, ranks=2)
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn(text, done.stderr)
            self.assertEqual(done.stderr.count("convoy: "), 1, done.stderr)


class Refusals(unittest.TestCase):
    def refused_alike(self, settings, code, text, ranks=2):
        """By train and by scaling, in the same words."""
        path, _ = convoy.config("sound")
        words = [word for s in settings for word in ("--set", s)]
        complaints = []
        for command in ("train", "scaling"):
            done = convoy.run(command, path, *words, ranks=ranks)
            self.assertEqual(done.returncode, code, done.stderr)
            complaints.append([line for line in done.stderr.splitlines()
                               if line.startswith("convoy: ")])
        self.assertEqual(len(complaints[0]), 1, complaints)
        self.assertIn(text, complaints[0][0])
        self.assertEqual(complaints[0], complaints[1])

    def test_rules_between_keys(self):
        self.refused_alike(["batch.per_rank=8"], 78, "set exactly one above 0")

    def test_rules_that_need_ranks(self):
        self.refused_alike(["batch.global=3"], 78, "want at least 2 in each")

    def test_rules_that_need_a_device(self):
        self.refused_alike(["precision=fp16"], 78, "fp16 needs a GPU")

    def test_a_sample_that_does_not_go_together_with_the_settings(self):
        self.refused_alike(["augment.crop=random", "augment.crop_px=64"], 65,
                           "record '")

    def test_a_network_that_the_config_does_not_fit(self):
        path, run_dir = convoy.config("weights", run={"iterations": 1})
        self.assertEqual(convoy.run("train", path).returncode, 0)
        weights = convoy.newest_checkpoint(run_dir)
        self.refused_alike(
            [f"net.weights={weights}", "fine_tune.mode=partial",
             "fine_tune.first_layer=layer9"], 78,
            "no layer of cifar_resnet20 is called \"layer9\"")

    def test_a_run_folder_that_can_not_be_written(self):
        self.refused_alike(["run.dir=/proc/run"], 74, "Choose another")

    def test_ranks_that_do_not_agree(self):
        path, _ = convoy.config("sound")
        line = [convoy.CONVOY, "scaling", str(path)]
        done = subprocess.run(
            [*convoy.MPIRUN, "-np", "1", *line, ":", "-np", "1", *line,
             "--set", "data.val=null"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("ranks do not agree on the config's data.val", done.stderr)

    def test_a_global_batch_that_can_not_be_shared(self):
        path, run_dir = convoy.config("shared")
        for ranks, words, text in (
                (2, ("--predict", "64", "--link", "1gbit"), "24 samples for 64 ranks"),
                (4, ("--ranks", "3", "--set", "batch.global=8", "--set", "batch.micro=2"),
                 "8 over 3 ranks in micro-batches of at most 2 gives batch norm")):
            done = convoy.run("scaling", path, "--mode", "strong", *words, ranks=ranks)
            self.assertEqual(done.returncode, 78, done.stderr)
            self.assertIn(text, done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertFalse(run_dir.exists())

    def test_a_history_that_is_none(self):
        path, _ = convoy.config("sound")
        folder = convoy.workspace() / "unevaluated"
        folder.mkdir()
        (folder / "summary.csv").write_text("epoch,eval_top1\n1,\n")
        for history, code, text in (
                (convoy.workspace() / "nowhere", 66, "no summary.csv there"),
                (folder, 65, "no epoch was evaluated")):
            done = convoy.run("scaling", path, "--to-accuracy", 50, "--history", history,
                              ranks=2)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(text, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_result_that_is_called_as_none_of_its_files(self):
        path, _ = convoy.config("sound")
        out = convoy.workspace() / "result.csv"
        done = convoy.run("scaling", path, "--out", out, ranks=2)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(f"--out {out}: want a name that ends in .json", done.stderr)

    def test_a_folder_to_keep_the_result_in_is_no_file(self):
        path, _ = convoy.config("sound")
        for out in (convoy.workspace(), f"{convoy.workspace()}/new/"):
            done = convoy.run("scaling", path, "--out", out, ranks=2)
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn(f"--out {out} is a folder", done.stderr)

    def test_a_result_that_could_not_be_kept_is_told_before_the_measurement(self):
        path, _ = convoy.config("sound")
        done = convoy.run("scaling", path, "--out", "/proc/scaling.json", ranks=2)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)

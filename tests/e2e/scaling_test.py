"""convoy scaling: what it measures, what it refuses."""
import json
import subprocess
import unittest

import convoy


class Measurement(unittest.TestCase):
    def test_logs_speedup_against_a_baseline(self):
        path, run_dir = convoy.config("scaling")
        out = run_dir / "scaling.json"
        # What the runs are compared with may be named before it is measured.
        path, run_dir = convoy.config("scaling", run={"baseline": str(out)})
        measured = convoy.run(
            "scaling", path, "--ranks", "1,2", "--steps", 2, "--warmup", 1,
            "--repeats", 2, ranks=2)
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
        self.assertEqual([line.split()[0] for line in table], ["ranks", "1", "2"])
        self.assertEqual(table[2].split()[1], f"{rows[1]['images_per_second']:.1f}")
        done = convoy.run("train", path, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        record = convoy.metrics(run_dir, "train")[-1]
        self.assertAlmostEqual(
            record["speedup"],
            record["images_per_second"] / rows[0]["images_per_second"], places=6)
        self.assertAlmostEqual(record["efficiency"], record["speedup"] / 2, places=6)
        self.assertRegex(done.stderr, r"speedup \d+\.\d+.*efficiency \d")


    def test_predicts_from_the_step_of_the_fewest_ranks(self):
        path, _ = convoy.config("predicted")
        words = ("scaling", path, "--ranks", "1", "--steps", 2, "--warmup", 1,
                 "--repeats", 1, "--synthetic", "--predict", "1,2,64")
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

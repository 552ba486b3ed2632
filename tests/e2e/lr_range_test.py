"""The learning-rate range test, run as a user does."""
import csv
import unittest
import xml.etree.ElementTree

import convoy


class RangeTest(unittest.TestCase):
    def rows(self, run_dir):
        with open(run_dir / "lr_range.csv", newline="") as file:
            return [{key: float(value) for key, value in row.items()}
                    for row in csv.DictReader(file)]

    def test_suggests_a_rate_and_saves_no_checkpoint(self):
        path, run_dir = convoy.config("range", batch={"global": 20})
        done = convoy.run(
            "train", path, "--lr-range", "1e-5,10", "--lr-range-steps", "40", ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.rows(run_dir)
        self.assertLessEqual(len(rows), 40)
        self.assertEqual([r["step"] for r in rows], list(range(1, len(rows) + 1)))
        for i, row in enumerate(rows):
            self.assertAlmostEqual(row["lr"] / (1e-5 * 1e6 ** (i / 39)), 1, places=4)
        least = min(rows, key=lambda r: r["smoothed_loss"])
        self.assertLess(least["smoothed_loss"], 0.99 * rows[0]["smoothed_loss"])
        self.assertRegex(done.stdout, rf"(?m)^{len(rows)} of 40 steps: ")
        self.assertRegex(
            done.stdout, rf"(?m)^suggested peak rate: {least['lr'] / 10:.2g}, a tenth of")
        self.assertRegex(done.stdout, r"(?m)^set optimizer\.lr=\S+$")
        self.assertEqual(sorted(p.name for p in run_dir.iterdir()
                                if not p.name.startswith(".")),
                         ["lr_range.csv", "lr_range.svg"])
        picture = xml.etree.ElementTree.parse(run_dir / "lr_range.svg").getroot()
        self.assertEqual(picture.tag, "{http://www.w3.org/2000/svg}svg")
        marks = {g.get("id") for g in picture.iter("{http://www.w3.org/2000/svg}g")}
        self.assertLessEqual({"suggested", "rises", "steepest"}, marks)

    def test_ends_when_the_loss_has_left(self):
        path, run_dir = convoy.config("range-high")
        done = convoy.run("train", path, "--lr-range=1,1e9", ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        # Of nine decades in a hundred steps the loss survives a few.
        self.assertLess(len(self.rows(run_dir)), 60)
        self.assertRegex(
            done.stdout, r"(?m)^\d+ of 100 steps: the (smoothed )?loss .*(exceeded|not finite)")

    def test_begins_and_ends_on_its_own(self):
        path, run_dir = convoy.config("range-alone")
        for words in (["--dry-run"], ["--resume", "never"], ["--force-resume"]):
            done = convoy.run("train", path, "--lr-range", *words)
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn("leave --dry-run, --resume and --force-resume out", done.stderr)
        done = convoy.run("train", path, "--lr-range-steps", "50")
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn("--lr-range-steps wants --lr-range beside it", done.stderr)
        self.assertFalse(run_dir.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)

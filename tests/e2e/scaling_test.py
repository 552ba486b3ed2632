"""convoy scaling: what it measures, how ranks wait for it, what it refuses."""
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

import convoy


def cpu_seconds(pid):
    """User and system time of a process; None once it is gone."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


class Watch(threading.Thread):
    """Notes the processor time of a job's ranks, ten times a second, until it ends."""

    def __init__(self, job, ranks):
        super().__init__(daemon=True)
        self.job = job
        self.notes = []  # (time, seconds of each rank)
        convoy.wait_for(lambda: len(convoy.rank_processes(job)) == ranks, 60, "ranks")
        self.pids = [pid for _, pid in sorted(convoy.rank_processes(job).items())]
        self.start()

    def run(self):
        while self.job.poll() is None:
            used = [cpu_seconds(pid) for pid in self.pids]
            if None not in used:
                self.notes.append((time.monotonic(), used))
            time.sleep(0.1)

    def used(self, begin, end):
        """What each rank used between two moments, and how long that was."""
        within = [note for note in self.notes if begin <= note[0] <= end]
        (first, before), (last, after) = within[0], within[-1]
        return [b - a for a, b in zip(before, after)], last - first


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


class Waiting(unittest.TestCase):
    def test_ranks_without_a_part_sleep_for_as_long_as_it_takes(self):
        timeout = 2
        path, _ = convoy.config("waiting", distributed={"timeout_s": timeout})
        quick = convoy.run("scaling", path, "--ranks", 1, "--steps", 3, "--repeats", 1,
                           "--json", ranks=2)
        self.assertEqual(quick.returncode, 0, quick.stderr)
        report = json.loads(quick.stdout)
        rate = report["rows"][0]["images_per_second"]
        steps = int(5 * timeout * rate / report["batch_per_rank"]) + 1
        job = convoy.start("scaling", path, "--ranks", 1, "--steps", steps,
                           "--repeats", 1, "--json", ranks=2)
        self.addCleanup(convoy.end, job)
        watch = Watch(job, 2)
        out, err = job.communicate(timeout=120)
        end = time.monotonic()
        self.assertEqual(job.returncode, 0, err)
        report = json.loads(out)
        lasted = steps * report["batch_per_rank"] / report["rows"][0]["images_per_second"]
        self.assertGreater(lasted, timeout)
        watch.join()
        # The end of the job, saving and leaving, is not the measurement.
        (worker, idle), seconds = watch.used(end - lasted, end - 0.3 * lasted)
        self.assertGreater(worker, 0.2 * seconds)
        self.assertLess(idle, 0.1 * seconds)
        self.assertLess(idle, 0.2 * worker)

    def test_ranks_without_a_part_notice_when_the_others_hang(self):
        path, _ = convoy.config("hanging", distributed={"timeout_s": 2})
        job = convoy.start("scaling", path, "--ranks", 1, "--steps", 1000000, ranks=2)
        self.addCleanup(convoy.end, job)
        watch = Watch(job, 2)

        def measuring():
            worker, idle = (cpu_seconds(pid) for pid in watch.pids)
            return worker > idle + 1.5

        convoy.wait_for(measuring, 60, "a measurement")
        os.kill(watch.pids[0], signal.SIGSTOP)
        _, err = job.communicate(timeout=60)
        self.assertEqual(job.returncode, 71, err)
        self.assertRegex(err, r"convoy: rank 1 on \S+: waited \d+ s for the other ranks")


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

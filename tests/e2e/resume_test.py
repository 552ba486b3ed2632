"""Nothing is lost: kills, signals, damaged checkpoints, full disks."""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import time
import unittest

import convoy


def final_state(run_dir):
    return convoy.tensors_of(convoy.newest_checkpoint(run_dir))


def steps_logged(run_dir):
    try:
        return len(convoy.metrics(run_dir, "train"))
    except (OSError, json.JSONDecodeError):
        return 0  # not there yet, or in the middle of a line


class Interrupted(unittest.TestCase):
    """One uninterrupted run is the reference. Others are interrupted again and again;
    each state that they save, and their end, must have its bits."""

    STEPS = 12
    KILLS = 3
    SIGNALS = 3

    @classmethod
    def setUpClass(cls):
        cls.changes = {
            "run": {"iterations": cls.STEPS, "log_every": 1, "checkpoint_every_steps": 2},
            "data": convoy.OTHER_SAMPLING,
            "augment": convoy.MORE_AUGMENTATION,
            "batch": {"global": 24, "micro": 6}}
        cls.make_reference()

    @classmethod
    def make_reference(cls):
        path, run_dir = convoy.config("reference", **cls.changes)
        done = convoy.run("train", path, "--set", "run.checkpoint_every_steps=1",
                          ranks=2, timeout=1800)
        assert done.returncode == 0, done.stderr
        cls.reference = final_state(run_dir)
        cls.reference_losses = [
            r["loss"] for r in convoy.metrics(run_dir, "train")]
        cls.reference_hashes = convoy.state_hashes(run_dir)
        assert list(cls.reference_hashes) == list(range(1, cls.STEPS + 1))

    def finish(self, path, run_dir):
        done = convoy.run("train", path, ranks=2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_the_end(run_dir)

    def check_the_end(self, run_dir):
        self.assertEqual(final_state(run_dir), self.reference)
        self.assertEqual(
            [r["loss"] for r in convoy.metrics(run_dir, "train")],
            self.reference_losses)
        self.check_saved_states(run_dir)
        left = [p.name for p in (run_dir / "checkpoints").iterdir()
                if not p.name.endswith(".safetensors")]
        self.assertEqual(left, [])
        shutil.rmtree(run_dir)  # a storm's checkpoints would fill the disk

    def check_saved_states(self, run_dir):
        for step, state in convoy.state_hashes(run_dir).items():
            self.assertEqual(state, self.reference_hashes[step], f"step {step}")

    def start_and_wait(self, path, run_dir, more_steps):
        """A job that has logged so many steps more than are logged already."""
        step = min(steps_logged(run_dir) + more_steps, self.STEPS - 4)
        job = convoy.start("train", path, ranks=2)
        convoy.wait_for(
            lambda: job.poll() is not None or (
                len(convoy.rank_processes(job)) == 2
                and steps_logged(run_dir) >= step),
            120, f"step {step}")
        return job

    def test_kill_9_at_random_moments_costs_no_bit(self):
        choose = random.Random(20)
        path, run_dir = convoy.config("kill", **self.changes)
        for _ in range(self.KILLS):
            job = self.start_and_wait(path, run_dir, choose.randrange(1, 4))
            time.sleep(choose.random() * 0.3)
            self.kill_one(job, choose.randrange(2))
            self.check_saved_states(run_dir)
        self.finish(path, run_dir)

    def test_kill_9_inside_a_save_costs_no_bit(self):
        path, run_dir = convoy.config("save", **self.changes)
        folder = run_dir / "checkpoints"
        inside = 0
        for attempt in range(30):
            job = self.start_and_wait(path, run_dir, 1)
            rank_0 = convoy.rank_processes(job)[0]
            unfinished = f".writing-{rank_0}-*"
            convoy.wait_for(lambda: list(folder.glob(unfinished)) or job.poll() is not None,
                            60, "a save under way")
            if job.poll() is not None:  # it came to its end
                self.check_the_end(run_dir)
                path, run_dir = convoy.config(f"save{attempt}", **self.changes)
                folder = run_dir / "checkpoints"
                continue
            os.kill(rank_0, signal.SIGKILL)
            job.communicate(timeout=30)
            # Unless the save ended in between.
            inside += bool(list(folder.glob(unfinished)))
            if inside == 2:
                break
        self.assertEqual(inside, 2)
        self.finish(path, run_dir)

    def kill_one(self, job, rank):
        os.kill(convoy.rank_processes(job)[rank], signal.SIGKILL)
        start = time.monotonic()
        job.communicate(timeout=30)
        self.assertNotEqual(job.returncode, 0)
        self.assertLess(time.monotonic() - start, 10)

    def test_usr1_saves_at_one_agreed_step_and_leaves_with_75(self):
        choose = random.Random(7)
        saves, runs = 0, 0
        while saves < self.SIGNALS:
            path, run_dir = convoy.config(f"usr1-{runs}", **self.changes)
            while saves < self.SIGNALS and steps_logged(run_dir) < self.STEPS - 4:
                job = self.start_and_wait(path, run_dir, 1)
                time.sleep(choose.random() * 0.3)
                # To mpirun, which passes it on, or to one rank alone.
                target = job.pid if saves % 2 == 0 else convoy.rank_processes(job)[1]
                os.kill(target, signal.SIGUSR1)
                _, errors = job.communicate(timeout=60)
                if job.returncode == 0:
                    break  # the signal came in the last step
                self.assertEqual(job.returncode, 75, errors)
                self.check_agreed_save(run_dir, errors)
                saves += 1
            if job.returncode == 0:
                self.check_the_end(run_dir)
            else:
                self.finish(path, run_dir)
            runs += 1

    def check_agreed_save(self, run_dir, errors):
        self.assertEqual(errors.count("stopped on request"), 1, errors)
        step = int(re.search(r"stopped on request after step (\d+)", errors)[1])
        self.assertEqual(convoy.newest_checkpoint(run_dir).name,
                         f"step-{step:09d}.safetensors")
        self.assertEqual(convoy.state_hashes(run_dir)[step], self.reference_hashes[step])
        passport = json.loads((run_dir / "passport.json").read_text())
        self.assertEqual(passport["status"], "stopped")

    def test_goes_on_with_another_number_of_ranks_and_the_same_samples(self):
        path, run_dir = convoy.config("regroup", **self.changes)
        job = self.start_and_wait(path, run_dir, 4)
        os.kill(job.pid, signal.SIGUSR1)
        job.communicate(timeout=60)
        self.assertEqual(job.returncode, 75)
        done = convoy.run("train", path, ranks=3)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("it was saved by 2 ranks", done.stderr)
        reference = convoy.metrics(
            convoy.workspace() / "reference" / "run", "train")
        records = convoy.metrics(run_dir, "train")
        self.assertEqual([r["step"] for r in records], [r["step"] for r in reference])
        self.assertEqual([r["samples_hash"] for r in records],
                         [r["samples_hash"] for r in reference])


class Asked(unittest.TestCase):
    """Other ways to ask a run to save and leave."""

    def run_until_it_trains(self, name, start):
        path, run_dir = convoy.config(name, run={"iterations": 1000, "log_every": 1})
        job = start(path)
        convoy.wait_for(lambda: job.poll() is not None or steps_logged(run_dir) > 1,
                        120, "training")
        return job, run_dir

    def check_saved(self, job, run_dir):
        _, errors = job.communicate(timeout=60)
        self.assertEqual(job.returncode, 75, errors)
        step = int(convoy.newest_checkpoint(run_dir).stem.split("-")[1])
        self.assertEqual(step, convoy.metrics(run_dir, "train")[-1]["step"])

    def test_term_to_one_rank(self):
        job, run_dir = self.run_until_it_trains(
            "term", lambda path: convoy.start("train", path, ranks=2))
        os.kill(convoy.rank_processes(job)[1], signal.SIGTERM)
        self.check_saved(job, run_dir)

    def test_ctrl_c_to_the_launch_script(self):
        job, run_dir = self.run_until_it_trains("ctrl-c", lambda path: subprocess.Popen(
            [convoy.ROOT / "launch/local.sh", "2", path], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            # Ignored by what a shell runs in the background, these tests perhaps.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            env={**os.environ, "CONVOY": convoy.CONVOY}))
        os.kill(job.pid, signal.SIGINT)
        self.check_saved(job, run_dir)


class Checkpoints(unittest.TestCase):
    LARGE = ("--set", "net.name=resnet18")  # whose checkpoints have 90 MB

    def setUp(self):
        if not hasattr(Checkpoints, "original"):
            path, run_dir = convoy.config(
                "checkpoints", run={"checkpoint_every_steps": 2})
            done = convoy.run("train", path, ranks=2)
            assert done.returncode == 0, done.stderr
            Checkpoints.original, Checkpoints.path = run_dir, path

    def copy(self, name):
        target = convoy.workspace() / name
        convoy.copy_run(self.original, target)
        return target

    def train(self, run_dir, *words):
        return convoy.run("train", self.path, "--set", f"run.dir={run_dir}", *words,
                          ranks=2)

    def test_a_finished_run_has_nothing_left_to_do(self):
        run_dir = self.copy("finished")
        before = final_state(run_dir)
        done = self.train(run_dir)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(final_state(run_dir), before)
        self.assertIn("nothing is left to do here. Another run.dir, or --resume",
                      done.stderr)
        self.assertNotIn("bit by bit", done.stderr)

    def test_a_damaged_newest_one_is_passed_over_with_a_sentence(self):
        run_dir = self.copy("damaged")
        newest = convoy.newest_checkpoint(run_dir)
        with open(newest, "r+b") as file:
            file.seek(newest.stat().st_size // 2)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 1]))
        done = self.train(run_dir)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("it is damaged or cut short"), 1)
        self.assertIn("step-000000004.safetensors at step 4", done.stderr)
        self.assertEqual(final_state(run_dir), final_state(self.original))

    def test_none_whole_is_refused_rather_than_started_over(self):
        run_dir = self.copy("none-whole")
        for path in (run_dir / "checkpoints").glob("step-*"):
            os.truncate(path, path.stat().st_size // 3)
        done = self.train(run_dir)
        self.assertEqual(done.returncode, 66, done.stderr)
        self.assertIn("none of the 3 checkpoints", done.stderr)

    def test_another_config_is_refused_with_both_values(self):
        run_dir = self.copy("other")
        done = self.train(run_dir, "--set", "optimizer.lr=0.07", "--set", "run.seed=9")
        self.assertEqual(done.returncode, 78)
        self.assertIn("optimizer.lr: 0.05 in the checkpoint, 0.07 in the config",
                      done.stderr)
        self.assertIn("run.seed: 5 in the checkpoint, 9 in the config", done.stderr)
        convoy.newest_checkpoint(run_dir).unlink()  # so that a step is left
        forced = self.train(run_dir, "--set", "optimizer.lr=0.07", "--force-resume")
        self.assertEqual(forced.returncode, 0)
        self.assertIn("--force-resume ignores: optimizer.lr", forced.stderr)
        self.assertIn("it goes on with other settings than it began with", forced.stderr)
        self.assertNotIn("bit by bit", forced.stderr)

    def test_other_data_is_refused(self):
        run_dir = self.copy("other-data")
        other = convoy.vehicles(3, 1)
        done = self.train(run_dir, "--set", f"data.train={other}/train.lmdb")
        self.assertEqual(done.returncode, 78)
        self.assertIn("training data: fingerprint", done.stderr)

    def test_starting_afresh_moves_the_old_run_aside(self):
        run_dir = self.copy("afresh")
        done = self.train(run_dir, "--resume", "never")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(
            (run_dir / "previous-1/checkpoints/step-000000006.safetensors").exists())
        self.assertEqual(final_state(run_dir), final_state(self.original))

    def test_a_word_that_is_no_checkpoint_is_told_what_resume_wants(self):
        done = self.train(self.copy("nevr"), "--resume", "nevr")
        self.assertEqual(done.returncode, 66, done.stderr)
        self.assertIn("nevr; --resume wants auto, never, or the path", done.stderr)

    def test_a_dry_run_of_a_fresh_start_moves_nothing(self):
        run_dir = self.copy("afresh-dry")
        done = self.train(run_dir, "--resume", "never", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse((run_dir / "previous-1").exists())
        self.assertEqual(final_state(run_dir), final_state(self.original))

    def test_a_start_that_is_refused_moves_nothing(self):
        run_dir = self.copy("refused")
        done = self.train(run_dir, "--resume", "never", "--set", "net.name=cifar_resnet32",
                          "--set", f"net.weights={convoy.newest_checkpoint(self.original)}")
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertFalse((run_dir / "previous-1").exists())
        self.assertEqual(final_state(run_dir), final_state(self.original))

    def test_going_back_to_an_older_checkpoint_sets_the_later_ones_aside(self):
        run_dir = self.copy("back")
        older = run_dir / "checkpoints/step-000000002.safetensors"
        done = self.train(run_dir, "--resume", older, "--set", "run.keep=1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 checkpoints of later steps than 2 moved aside into ", done.stderr)
        for name in ("step-000000006", "best"):
            self.assertTrue(
                (run_dir / f"previous-1/checkpoints/{name}.safetensors").exists(), name)
        self.assertEqual(final_state(run_dir), final_state(self.original))

    def test_a_step_beyond_the_schedule_is_refused_naming_both(self):
        run_dir = self.copy("beyond")
        done = self.train(run_dir, "--set", "run.iterations=4", "--force-resume")
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("step-000000006.safetensors is of step 6, and the run has 4",
                      done.stderr)

    def test_resumes_from_a_named_file(self):
        run_dir = convoy.workspace() / "named"
        done = self.train(
            run_dir, "--resume",
            self.original / "checkpoints/step-000000002.safetensors")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(final_state(run_dir), final_state(self.original))

    def test_a_second_job_on_the_folder_is_refused(self):
        run_dir = convoy.workspace() / "busy"
        job = convoy.start("train", self.path, "--set", f"run.dir={run_dir}",
                           "--set", "run.iterations=400", ranks=2)
        convoy.wait_for(lambda: (run_dir / "metrics.jsonl").exists(), 60, "a start")
        done = self.train(run_dir)
        os.kill(job.pid, signal.SIGUSR1)
        job.communicate(timeout=60)
        self.assertEqual(done.returncode, 73, done.stderr)
        self.assertRegex(done.stderr, r"is in use by process \d+ on ")

    def test_a_full_disk_keeps_the_old_checkpoint_and_ends_with_74(self):
        disk = convoy.workspace() / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=130m", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True).returncode == 0:
            try:
                self.check_that_saving_fails_beyond_step_2(disk / "run", "disk full")
            finally:
                subprocess.run(["umount", str(disk)], check=True)
        else:  # not root: a limit on the size of files, once step 2 is saved
            done = self.train(disk / "run", *self.LARGE, "--set", "run.iterations=2")
            self.assertEqual(done.returncode, 0, done.stderr)
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (32 << 20, before[1]))
            try:
                self.check_that_saving_fails_beyond_step_2(
                    disk / "run", "File too large", "--force-resume")
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def test_a_disk_too_small_for_any_checkpoint_is_told_so(self):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (32 << 20, before[1]))
        try:
            done = self.train(convoy.workspace() / "too-small", *self.LARGE)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn("Training goes on; no checkpoint of this run exists", done.stderr)

    def check_that_saving_fails_beyond_step_2(self, run_dir, cause, *words):
        done = self.train(run_dir, *self.LARGE, "--set", "run.keep=3", *words)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn("Training goes on; earlier checkpoints stand", done.stderr)
        self.assertEqual(done.stderr.count(cause), 2, done.stderr)
        convoy.read_checkpoint(run_dir / "checkpoints/step-000000002.safetensors")
        names = {p.name for p in (run_dir / "checkpoints").glob("step-*")}
        self.assertEqual(names, {"step-000000002.safetensors"})
        leftovers = list((run_dir / "checkpoints").glob(".writing-*"))
        self.assertEqual(leftovers, [])


class NonFinite(unittest.TestCase):
    def test_all_ranks_stop_alike_after_n_steps(self):
        path, run_dir = convoy.config(
            "diverge", run={"max_nonfinite": 2, "iterations": 30},
            optimizer={"lr": 1e30}, schedule={"name": "constant"})
        done = convoy.run("train", path, ranks=2)
        self.assertEqual(done.returncode, 76, done.stderr)
        self.assertEqual(done.stderr.count("training has diverged"), 1)
        self.assertIn("2 times in a row", done.stderr)
        self.assertEqual(done.stderr.count("the update is skipped"), 1)
        self.assertEqual(len(convoy.metrics(run_dir, "nonfinite")), 2)
        # Whoever finds the run folder later learns it too.
        self.assertIn("training has diverged", (run_dir / "log.txt").read_text())
        passport = json.loads((run_dir / "passport.json").read_text())
        self.assertEqual(passport["status"], "failed")
        self.assertIn("training has diverged", passport["failure"])
        self.assertFalse(list((run_dir / "checkpoints").glob("best*"))
                         if (run_dir / "checkpoints").exists() else [])

    def test_can_stop_at_once(self):
        path, _ = convoy.config(
            "diverge-stop", run={"on_nonfinite": "stop", "iterations": 30},
            optimizer={"lr": 1e30}, schedule={"name": "constant"})
        done = convoy.run("train", path, ranks=2)
        self.assertEqual(done.returncode, 76, done.stderr)
        self.assertNotIn("skipped", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)

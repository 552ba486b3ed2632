"""launch/slurm.sbatch under a real Slurm: two nodes with a slurmd each."""
import json
import sys
import time
import unittest

import convoy

sys.path.append(str(convoy.ROOT / "tests/support"))
import slurm

ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}


@unittest.skipIf(slurm.why_not(), slurm.why_not())
class Sbatch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = slurm.Slurm(2)
        cls.cluster.__enter__()
        cls.addClassCleanup(cls.cluster.__exit__)

    def submit(self, config, *words, options=()):
        self.log = config.parent / "slurm.out"
        environment = {
            **self.cluster.environment(), "CONVOY": convoy.CONVOY, "CUDA_VISIBLE_DEVICES": "",
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        return self.cluster.submit(
            *words, "--output", self.log, "launch/slurm.sbatch", config, *options,
            env=environment, cwd=convoy.ROOT)

    def story(self):
        """What the job and Slurm wrote, for the message of a failed test."""
        return f"{self.log.read_text()[-2000:]}\n{self.cluster.told()}"

    def wait_for(self, job, states, seconds=120):
        convoy.wait_for(lambda: self.cluster.job(job)["JobState"] in states, seconds,
                        f"job {job} to be one of {states}: {self.cluster.job(job)}")
        return self.cluster.job(job)

    def wait_for_training(self, run_dir):
        convoy.wait_for(lambda: (run_dir / "metrics.jsonl").exists()
                        and convoy.metrics(run_dir, "train"), 120, "the first steps")

    def test_trains_on_the_tasks_of_two_nodes(self):
        config, run_dir = convoy.config("two-nodes")
        job = self.wait_for(self.submit(config, "--nodes=2", "--ntasks-per-node=1"), ENDED)
        self.assertEqual((job["JobState"], job["ExitCode"]), ("COMPLETED", "0:0"), self.story())
        self.assertIn("1 on slm0, 1 on slm1", self.log.read_text())
        self.assertEqual(convoy.metrics(run_dir, "train")[-1]["step"], 6)

    def test_the_time_limit_saves_queues_again_and_goes_on_to_the_end(self):
        config, run_dir = convoy.config("limit", run={"iterations": 100000, "log_every": 1})
        job = self.submit(config, "--ntasks=2", "--signal=B:USR1@30", options=["--force-resume"])
        self.wait_for_training(run_dir)
        # Slurm looks at limits every half a minute.
        self.cluster.call("scontrol", "update", f"JobId={job}", "EndTime=now+40")
        self.assertEqual(self.wait_for(job, {"PENDING"} | ENDED)["Restarts"], "1")
        self.assertIn("stopped on request", self.log.read_text())
        saved = max(convoy.state_hashes(run_dir))
        # Slurm itself would wait for two minutes, until all of the first session is gone.
        self.shorten(config, saved + 3)
        self.cluster.wait_until_idle()
        # A node refuses what is of the second in which it ended the first session.
        time.sleep(2)
        self.cluster.call("scontrol", "update", f"JobId={job}", "StartTime=now", "TimeLimit=10")
        ended = self.wait_for(job, ENDED)
        self.assertEqual((ended["JobState"], ended["ExitCode"]), ("COMPLETED", "0:0"),
                         self.story())
        steps = [record["step"] for record in convoy.metrics(run_dir, "train")]
        self.assertEqual(steps, list(range(1, saved + 4)))

    def shorten(self, config, iterations):
        sections = json.loads(config.read_text())
        sections["run"]["iterations"] = iterations
        config.write_text(json.dumps(sections))

    def test_a_cancelled_job_saves_on_all_nodes_and_stays_away(self):
        config, run_dir = convoy.config("cancelled", run={"iterations": 100000, "log_every": 1})
        job = self.submit(config, "--nodes=2", "--ntasks-per-node=1")
        self.wait_for_training(run_dir)
        self.assertEqual(list((run_dir / "checkpoints").glob("step-*")), [])
        self.cluster.call("scancel", job)
        ended = self.wait_for(job, ENDED)
        self.assertEqual(
            (ended["JobState"], ended["ExitCode"], ended["Restarts"]),
            ("CANCELLED", "75:0", "0"), self.story())
        self.assertIn("stopped on request", self.log.read_text())
        convoy.newest_checkpoint(run_dir)

    def test_a_wrong_config_is_the_job_s_exit_code(self):
        config, _ = convoy.config("wrong", net={"name": "none"})
        ended = self.wait_for(self.submit(config, "--ntasks=2"), ENDED)
        self.assertEqual((ended["JobState"], ended["ExitCode"], ended["Restarts"]),
                         ("FAILED", "78:0", "0"), self.story())


if __name__ == "__main__":
    unittest.main(verbosity=2)

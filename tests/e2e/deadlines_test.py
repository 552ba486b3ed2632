"""Ranks that wait for each other, with deadlines of seconds: run alone, since another program
beside them could make them miss one."""
import json
import os
import pathlib
import signal
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


class Waiting(unittest.TestCase):
    def test_ranks_without_a_part_sleep_for_as_long_as_it_takes(self):
        timeout = 2
        path, _ = convoy.config("waiting", distributed={"timeout_s": timeout})
        quick = convoy.run("scaling", path, "--ranks", 1, "--steps", 3, "--repeats", 1,
                           "--data", "real", "--json", ranks=2)
        self.assertEqual(quick.returncode, 0, quick.stderr)
        row, = json.loads(quick.stdout)["rows"]
        steps = int(5 * timeout * row["images_per_second"] / row["global_batch"]) + 1
        job = convoy.start("scaling", path, "--ranks", 1, "--steps", steps,
                           "--repeats", 1, "--data", "real", "--json", ranks=2)
        self.addCleanup(convoy.end, job)
        watch = Watch(job, 2)
        out, err = job.communicate(timeout=120)
        end = time.monotonic()
        self.assertEqual(job.returncode, 0, err)
        row, = json.loads(out)["rows"]
        lasted = steps * row["global_batch"] / row["images_per_second"]
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
        self.assertRegex(err, r"convoy: rank 1 on \S+: waited \d+ s for rank 0 on \S+ ")


class Hanging(unittest.TestCase):
    def test_a_rank_that_hangs_ends_the_job_within_the_deadline(self):
        path, run_dir = convoy.config(
            "hang", run={"iterations": 1000, "log_every": 1},
            distributed={"timeout_s": 3})
        job = convoy.start("train", path, ranks=3)
        self.addCleanup(convoy.end, job)
        convoy.wait_for((run_dir / "metrics.jsonl").exists, 60, "a start")
        ranks = convoy.rank_processes(job)
        os.kill(ranks[1], signal.SIGSTOP)
        start = time.monotonic()
        _, errors = job.communicate(timeout=60)
        self.assertLess(time.monotonic() - start, 3 + 3 + 2)  # mpirun's end, too
        self.assertEqual(job.returncode, 71, errors)
        self.assertRegex(errors, r"convoy: rank 0 on \S+: waited 3 s for rank 1 on \S+ "
                         r"\(last seen in (data|compute|comm|optimizer) of step \d+\) in ")
        self.assertIn("distributed.timeout_s = 3", errors)
        self.assertEqual(errors.count("waited"), 1, errors)
        convoy.wait_for(lambda: not any(map(convoy.is_alive, ranks.values())), 5, "their end")


if __name__ == "__main__":
    unittest.main(verbosity=2)

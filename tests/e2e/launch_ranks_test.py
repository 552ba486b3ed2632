"""launch/quickstart.sh, local.sh, cluster.sh and slurm.sbatch: how many ranks they start,
and what they say to what can't be done."""
import re
import signal
import unittest

import convoy
from machine import Machine, refused

# mpirun that does what Slurm and Ctrl-C are answered with: USR1 saves.
VERSION = 'if [ "$1" = --version ]; then echo "mpirun (Open MPI) 4.1.4"; exit; fi; '
SAVES = VERSION + "trap 'exit 75' USR1; echo up; for i in {1..3000}; do /bin/sleep 0.01; done"


class OnMachine(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(self.id())

    def mpirun(self):
        """The arguments of the one call that starts ranks."""
        call, = [c for c in self.machine.calls("mpirun") if c != "--version"]
        return call

    def stopped_by(self, number, script, *words, mpirun=SAVES, **environment):
        """Sends a signal to a script that trains, and returns its exit code and stderr."""
        self.machine.fake("mpirun", mpirun)
        job = self.machine.start(script, *words, **environment)
        self.addCleanup(job.kill)
        self.assertIn("up\n", iter(job.stdout.readline, ""))
        job.send_signal(number)
        _, errors = job.communicate(timeout=60)
        return job.returncode, errors


class Local(OnMachine):
    def local(self, *words, **environment):
        return self.machine.run("launch/local.sh", *words, **environment)

    def test_starts_the_ranks_with_the_options(self):
        self.assertEqual(self.local(3, "a.yaml", "--set", "run.epochs=2").returncode, 0)
        self.assertTrue(self.mpirun().endswith(
            f"-np 3 {self.machine.program} train a.yaml --set run.epochs=2"))

    def test_too_few_arguments(self):
        for words in ([], [2], ["a.yaml"]):
            refused(self, self.local(*words), 64, "want: launch/local.sh N CONFIG")

    def test_a_wrong_number_of_ranks(self):
        for ranks in ("0", "-1", "x", "2.5", "", "a.yaml"):
            refused(self, self.local(ranks, "a.yaml"), 64,
                    f'the number of ranks is "{ranks}"; want 1, 2')

    def test_a_config_that_is_not_there(self):
        self.machine.fake("mpirun", 'exec /usr/bin/mpirun "$@"')
        refused(self, self.local(2, "none.yaml", CONVOY=convoy.CONVOY), 66, "none.yaml")

    def test_before_the_build(self):
        refused(self, self.local(2, "a.yaml", CONVOY="/none/convoy"), 66,
                "/none/convoy is not there yet: launch/setup.sh builds it")

    def test_without_open_mpi(self):
        self.machine.lacks("mpirun")
        refused(self, self.local(2, "a.yaml"), 66, "mpirun is not on PATH", "launch/setup.sh")

    def test_the_exit_code_is_that_of_the_ranks(self):
        self.machine.fake("mpirun", "exit 71")
        self.assertEqual(self.local(2, "a.yaml").returncode, 71)

    def test_a_rank_killed_for_memory(self):
        self.machine.fake("mpirun", "exit 137")
        refused(self, self.local(2, "a.yaml"), 137, "memory ran out",
                "goes on from the newest checkpoint", "batch.micro")

    def test_a_program_whose_libraries_this_user_may_not_read(self):
        self.machine.fake("mpirun", "exit 127")
        refused(self, self.local(2, "a.yaml"), 127, "could not be loaded", "CONVOY_DEPS")

    def test_ctrl_c_before_mpirun_is_ready_loses_nothing(self):
        code, errors = self.stopped_by(
            signal.SIGINT, "launch/local.sh", 2, "a.yaml", mpirun="echo up; sleep 60 & wait")
        self.assertEqual(
            (code, errors),
            (75, "convoy: stopped before it began. The same command begins anew.\n"))

    def test_ctrl_c_term_and_a_lost_terminal_save(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            code, errors = self.stopped_by(number, "launch/local.sh", 2, "a.yaml")
            self.assertEqual((code, errors), (75, ""))  # the program itself tells


class Cluster(OnMachine):
    def cluster(self, text, *words):
        hosts = self.machine.root / "hosts"
        hosts.write_text(text)
        return self.machine.run("launch/cluster.sh", hosts, *words)

    def test_starts_as_many_ranks_as_there_are_slots(self):
        done = self.cluster("# ours\nnode1 slots=4 # GPUs\n\nnode2 slots=2\nnode3\n", "a.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("7 ranks on node1 node2 node3", done.stdout)
        call = self.mpirun()
        self.assertIn(" -np 7 ", call)
        self.assertNotIn("LD_LIBRARY_PATH", call)  # mpirun warns of what is not set

    def test_a_host_file_without_hosts(self):
        refused(self, self.cluster("# none\n", "a.yaml"), 65, "names no host", "slots=4")

    def test_a_host_file_that_is_not_there(self):
        refused(self, self.machine.run("launch/cluster.sh", "none", "a.yaml"), 66,
                "no host file at none", "launch/hostfile.example")

    def test_a_host_that_is_lost(self):
        # What mpirun of Open MPI 4.1 and of 5.0 does.
        for mpirun in ("exit 205", "echo 'PRTE has lost communication with a remote daemon.' >&2"):
            self.machine.fake("mpirun", mpirun)
            done = self.cluster("node1\n", "a.yaml")
            self.assertEqual(done.returncode, 71, done.stderr)
            self.assertIn("convoy: a host was lost", done.stderr)
            self.assertIn("goes on from the newest checkpoint", done.stderr)

    def test_too_few_arguments(self):
        refused(self, self.cluster("node1\n"), 64, "want: launch/cluster.sh HOSTFILE CONFIG")


class Slurm(OnMachine):
    config, job = "a.yaml", {"SLURM_JOB_ID": "7"}

    def slurm(self, **environment):
        return self.machine.run("launch/slurm.sbatch", self.config, **self.job, **environment)

    def test_one_rank_a_gpu_of_the_allocation(self):
        self.assertEqual(self.slurm(SLURM_GPUS_ON_NODE=3).returncode, 0)
        self.assertIn("--map-by ppr:3:node:oversubscribe ", self.mpirun())

    def test_or_as_many_as_the_user_asks_for(self):
        for asked in ({"SLURM_GPUS_ON_NODE": 4, "SLURM_NTASKS_PER_NODE": 2}, {}):
            self.assertEqual(self.slurm(**asked).returncode, 0)
            self.assertNotRegex(self.mpirun(), "--map-by|-np")

    def test_the_time_limit_saves_and_queues_again(self):
        code, errors = self.stopped_by(
            signal.SIGUSR1, "launch/slurm.sbatch", self.config, **self.job)
        self.assertEqual((code, errors), (75, ""))
        self.assertEqual(self.machine.calls("scontrol"), ["requeue 7"])

    def test_a_job_that_is_cancelled_saves_and_stays_away(self):
        code, _ = self.stopped_by(
            signal.SIGTERM, "launch/slurm.sbatch", self.config, **self.job)
        self.assertEqual(code, 75)
        self.assertEqual(self.machine.calls("scontrol"), [])

    def test_what_is_not_there(self):
        refused(self, self.machine.run("launch/slurm.sbatch"), 64, "want: sbatch launch/")
        refused(self, self.slurm(CONVOY="none/convoy"), 66, "none/convoy is not there yet",
                "launch/setup.sh")
        refused(self, self.slurm(SLURM_SUBMIT_DIR=self.machine.root), 66,
                f"there is no launch/steps.sh in {self.machine.root}", "holds launch/")

    def test_a_time_limit_before_mpirun_is_ready_loses_nothing(self):
        code, errors = self.stopped_by(
            signal.SIGUSR1, "launch/slurm.sbatch", self.config, **self.job,
            mpirun="echo up; sleep 60 & wait")
        self.assertEqual(code, 75)
        self.assertIn("stopped before it began", errors)
        self.assertEqual(self.machine.calls("scontrol"), ["requeue 7"])


class Quickstart(OnMachine):
    def quickstart(self, *words, **environment):
        return self.machine.run("launch/quickstart.sh", *words, **environment)

    def with_gpus(self, *lines):
        """A program whose doctor finds these GPUs, on a machine that has eight."""
        machine = convoy.run("doctor").stdout
        # "ok" or "BAD", which GPU, what of it: the lines that quickstart reads.
        self.assertRegex(machine, r"(?m)^(ok    GPU \d+ |(ok|BAD)\s+GPU {3,}\w)")
        others = re.sub(r"(?m)^\S+ +GPU.*\n( +-> .*\n)?", "", machine)
        report = self.machine.root / "doctor"
        report.write_text(others + "".join(
            f"{level:4}  {subject:14} {seen}\n" for level, subject, seen in lines))
        self.machine.fake("nvidia-smi", 'for i in {0..7}; do echo "GPU $i: NVIDIA"; done')
        self.machine.fake("convoy", f'[ "$1" != doctor ] || {{ cat "{report}"; exit 78; }}')
        done = self.quickstart()
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, self.machine.calls("mpirun")

    def test_a_folder_that_is_not_there(self):
        refused(self, self.quickstart("none"), 66, "there is no folder none",
                "one folder of JPEG or PNG files for each class")

    def test_a_wrong_command_line(self):
        for words, text in ((["--epochs", "x"], 'got "x"'), (["--epochs"], 'got ""'),
                            (["--epoch", "3"], "unknown option --epoch"),
                            (["launch", "configs"], 'got "launch" and "configs"')):
            refused(self, self.quickstart(*words), 64, text)
        self.assertEqual(self.machine.calls("pip"), [])

    def test_a_failed_set_up_ends_it(self):
        self.machine.fake("df", "echo Avail; echo 3G")
        refused(self, self.quickstart(), 74, "has 3 GB free")
        self.assertEqual(self.machine.calls("mpirun"), [])

    def test_a_folder_without_pictures(self):
        photos = self.machine.root / "photos"
        (photos / "cats").mkdir(parents=True)
        for _ in ("empty", "only a text"):
            refused(self, self.quickstart(photos, CONVOY=convoy.CONVOY), 65, "no picture")
            (photos / "cats/note.txt").write_text("no picture")
        self.assertEqual(self.machine.calls("mpirun"), [])

    def test_two_ranks_without_a_gpu(self):
        _, calls = self.with_gpus(("ok", "GPU", "none: training runs on the CPU"))
        self.assertEqual(len(calls), 2)
        for call, command in zip(calls, ("train", "evaluate")):
            self.assertTrue(call.endswith(
                f"-np 2 {self.machine.program} {command} configs/quickstart.yaml"), call)

    def test_a_rank_for_each_gpu_that_convoy_sees(self):
        _, calls = self.with_gpus(("ok", "GPU 0", "NVIDIA H200"), ("ok", "GPU 1", "NVIDIA H200"),
                                  ("ok", "GPU 2", "NVIDIA H200"))
        for call in calls:
            self.assertIn(" -np 3 ", call)

    def test_a_gpu_that_is_of_no_use_is_told_and_left_out(self):
        output, calls = self.with_gpus(
            ("BAD", "GPU", "the NVIDIA driver is too old for CUDA 13"),
            ("ok", "GPU 0", "NVIDIA H200"))
        self.assertIn("there is a GPU, but the NVIDIA driver is too old for CUDA 13.", output)
        for call in calls:
            self.assertIn(" -np 2 ", call)
            self.assertTrue(call.endswith(" --set run.device=cpu"), call)


if __name__ == "__main__":
    unittest.main(verbosity=2)

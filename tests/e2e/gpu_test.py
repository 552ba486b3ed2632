"""The main job on GPUs: train, resume, evaluate, doctor. Skipped where there is none."""
import functools
import json
import os
import signal
import subprocess
import unittest

import convoy


@functools.lru_cache(maxsize=None)
def gpus():
    """What `convoy doctor` finds, as a list of findings."""
    report = json.loads(convoy.run("doctor", "--json").stdout)
    return [f for f in report["findings"] if f["subject"].startswith("GPU ")]


@unittest.skipUnless(gpus(), "no GPU")
class OnGpus(unittest.TestCase):
    def train(self, name, *words, ranks=1, code=0, **changes):
        path, run_dir = convoy.config(
            name, run={"device": "cuda", "deterministic": True,
                       **changes.pop("run", {})}, **changes)
        done = convoy.run("train", path, *words, ranks=ranks)
        self.assertEqual(done.returncode, code, done.stderr)
        return path, run_dir, done

    def test_doctor_lists_them(self):
        for finding in gpus():
            self.assertEqual(finding["level"], "ok", finding)
            self.assertRegex(finding["seen"], r"\d+ GB, compute capability .*GPU-")
        report = json.loads(convoy.run("doctor", "--json").stdout)
        self.assertNotEqual(report["versions"]["cuda_driver"], "none")

    def test_learns_and_logs_phases_and_peak_memory(self):
        _, run_dir, done = self.train(
            "gpu-learns", run={"epochs": 3, "iterations": 0, "log_every": 5},
            batch={"global": 20}, precision="auto")
        self.assertIn("one GPU each, gradients over nccl", done.stderr)
        records = convoy.metrics(run_dir, "train")
        self.assertLess(records[-1]["loss"], records[0]["loss"])
        for record in records:
            # Weights, gradients and momenta of ResNet-18 alone are 134 MB.
            self.assertGreater(record["device_memory_mb"], 100)
        self.assertGreater(records[-1]["phase_ms_mean"]["compute"], 0)
        self.assertGreater(records[-1]["phase_ms_mean"]["optimizer"], 0)
        passport = json.loads((run_dir / "passport.json").read_text())
        self.assertRegex(json.dumps(passport["ranks"]), "GPU-[0-9a-f]{8}-")

    def test_sees_the_cpus_samples_and_starts_from_its_loss(self):
        losses, hashes = [], []
        for device in ("cpu", "cuda"):
            path, run_dir = convoy.config(
                f"samples-{device}", run={"device": device, "log_every": 1})
            self.assertEqual(convoy.run("train", path, ranks=1).returncode, 0)
            records = convoy.metrics(run_dir, "train")
            losses.append(records[0]["loss"])
            hashes.append([r["samples_hash"] for r in records])
        self.assertEqual(hashes[0], hashes[1])
        # TF32 convolutions: 2 % of the first loss.
        self.assertAlmostEqual(losses[1] / losses[0], 1, delta=0.02)

    def test_resumes_bit_by_bit(self):
        for precision in ("fp32", "fp16"):
            _, whole, _ = self.train(f"gpu-whole-{precision}", precision=precision)
            path, run_dir, _ = self.train(
                f"gpu-parts-{precision}", precision=precision,
                run={"checkpoint_every_steps": 3})
            for late in sorted((run_dir / "checkpoints").glob("step-*"))[1:]:
                late.unlink()
            for link in (run_dir / "checkpoints").glob("best*"):
                link.unlink()
            done = convoy.run("train", path, ranks=1)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("at step 3 of 6", done.stderr)
            self.assertIn("continues bit by bit", done.stderr)
            self.assertEqual(
                convoy.tensors_of(convoy.newest_checkpoint(run_dir)),
                convoy.tensors_of(convoy.newest_checkpoint(whole)))

    def test_evaluates_as_in_training(self):
        path, run_dir, _ = self.train("gpu-evaluate")
        result = convoy.run("evaluate", path, "--json", ranks=1)
        self.assertEqual(result.returncode, 0, result.stderr)
        figures = json.loads(result.stdout)
        self.assertEqual(figures["samples"], 100)
        logged = convoy.metrics(run_dir, "eval")
        self.assertAlmostEqual(logged[-1]["loss"], figures["loss"], places=9)
        self.assertEqual(logged[-1]["top1"], figures["top1"])

    def test_two_ranks_train_on_one_gpu_through_host_memory(self):
        path, run_dir, done = self.train(
            "gpu-shared", ranks=2, distributed={"backend": "mpi"})
        self.assertIn("gradients over mpi", done.stderr)
        self.assertEqual(len(convoy.metrics(run_dir, "train")), 3)
        header, _ = convoy.read_checkpoint(convoy.newest_checkpoint(run_dir))
        self.assertIn("__metadata__", header)

    def test_refuses_more_ranks_than_gpus(self):
        ranks = len(gpus()) + 1
        _, _, done = self.train("gpu-too-many", ranks=ranks, code=78)
        self.assertIn("would share GPU-", done.stderr)
        self.assertIn("distributed.backend=mpi", done.stderr)



@unittest.skipUnless(gpus(), "no GPU")
class OverNccl(unittest.TestCase):
    """Two ranks, on a GPU each; where there is one GPU, NCCL takes them for two hosts."""

    def start(self, name, **run):
        path, run_dir = convoy.config(
            name, run={"device": "cuda", "deterministic": True, **run},
            distributed={"backend": "nccl", "timeout_s": 10})
        line = [*convoy.MPIRUN]
        for rank in range(2):
            line += [":"] if rank else []
            line += ["-np", "1", "-x", f"NCCL_HOSTID=convoy-{rank}",
                     *convoy.command(["train", path])]
        job = subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            text=True, start_new_session=True)
        self.addCleanup(convoy.end, job)
        return job, run_dir

    def test_two_ranks_train_and_repeat_bit_by_bit(self):
        states = []
        for i in range(2):
            job, run_dir = self.start(f"gpu-nccl-{i}")
            _, errors = job.communicate(timeout=300)
            self.assertEqual(job.returncode, 0, errors)
            self.assertIn("gradients over nccl", errors)
            states.append(convoy.tensors_of(convoy.newest_checkpoint(run_dir)))
        self.assertEqual(states[0], states[1])

    def lose_rank_one(self, name, signal_number):
        job, run_dir = self.start(name, iterations=100000, log_every=1)
        convoy.wait_for((run_dir / "metrics.jsonl").exists, 120, "a start")
        ranks = convoy.rank_processes(job)
        os.kill(ranks[1], signal_number)
        _, errors = job.communicate(timeout=120)
        convoy.wait_for(lambda: not any(map(convoy.is_alive, ranks.values())), 5, "their end")
        return job.returncode, errors

    def test_a_rank_that_hangs_is_named_once(self):
        code, errors = self.lose_rank_one("gpu-nccl-stop", signal.SIGSTOP)
        self.assertEqual(code, 71, errors)
        self.assertRegex(errors, r"convoy: rank 0 on \S+: waited \d+ s for rank 1 on \S+ "
                         r"\(last seen in (data|compute|comm|optimizer) of step \d+\) in ")
        self.assertEqual(errors.count("waited"), 1, errors)

    def test_the_job_ends_when_a_rank_is_killed(self):
        code, errors = self.lose_rank_one("gpu-nccl-kill", signal.SIGKILL)
        self.assertIn(code, (71, 137), errors)


if __name__ == "__main__":
    unittest.main(verbosity=2)

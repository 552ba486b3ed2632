"""A machine of fakes for the launch scripts: a copy of them in a temporary folder, and a
PATH on which nothing can install, build or train in earnest."""
import functools
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess

import convoy

# What setup.sh and its kind run; a test says which of them fail, and how.
FAKES = {
    "apt-get": "",
    "dpkg-query": "echo install ok installed",
    "sudo": 'while [[ $1 = -* ]]; do shift; done; exec "$@"',
    "id": "echo 0",
    "df": "echo Avail; echo 500G",
    "cmake": "",
    "mpirun": "",
    "nvidia-smi": "",
    "scontrol": "",
    "sleep": "exec /bin/sleep 0.02",  # logged's, half a second
}


@functools.lru_cache(maxsize=None)
def tools():
    """A folder of links to this machine's programs, except those that are faked."""
    folder = convoy.workspace() / "tools"
    folder.mkdir()
    for program in {p.name: p for d in ("/usr/bin", "/bin")
                    for p in pathlib.Path(d).iterdir()}.values():
        if program.name not in FAKES:
            (folder / program.name).symlink_to(program)
    return folder


def hear_signals():
    """What a shell runs in the background ignores Ctrl-C, and under nohup a lost
    terminal; these tests perhaps."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Machine:
    def __init__(self, name):
        self.root = convoy.workspace() / name
        self.home = self.root / "convoy"  # the repository's root
        for folder in ("launch", "configs", ".ci"):
            shutil.copytree(convoy.ROOT / folder, self.home / folder)
        self.logs, self.deps_root = self.root / "logs", self.root / "deps"
        pins = (self.home / "launch/requirements.txt").read_bytes()
        self.deps = self.deps_root / f"torch-{hashlib.sha256(pins).hexdigest()[:12]}"
        for name, script in FAKES.items():
            self.fake(name, script)
        self.fake("pip", "")
        self.program = self.fake("convoy", "")

    def fake(self, name, script):
        """Makes a program that notes how it was called and then does `script`."""
        folder = self.deps / "bin" if name in ("pip", "python") else self.root / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(
            f'#!/bin/bash\nprintf "%s\\n" "{name} $*" >>"{self.root}/calls"\n{script}\n')
        path.chmod(0o755)
        return path

    def lacks(self, name):
        (self.root / "bin" / name).unlink()

    def packages_missing(self):
        self.fake("dpkg-query", "exit 1")

    def calls(self, name):
        """The arguments of each call of a fake, since the last time that was asked."""
        path = self.root / "calls"
        if not path.exists():
            return []
        lines = [line.split(" ", 1) for line in path.read_text().splitlines()]
        path.write_text("".join(" ".join(l) + "\n" for l in lines if l[0] != name))
        return [line[1] for line in lines if line[0] == name]

    def environment(self, **more):
        return {
            "PATH": f"{self.root}/bin:{tools()}", "HOME": str(self.root),
            "CONVOY_DEPS": str(self.deps_root), "CONVOY_LOGS": str(self.logs),
            "CONVOY_SYSTEM_CUDA": "OFF", "CONVOY": str(self.program), "LC_ALL": "C",
            "CDPATH": ".",  # with it `cd` prints where it went
            **{name: str(value) for name, value in more.items()}}

    def start(self, script, *words, **environment):
        return subprocess.Popen(
            ["bash", script, *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            text=True, cwd=self.home, env=self.environment(**environment),
            start_new_session=True,
            preexec_fn=hear_signals)

    def run(self, script, *words, **environment):
        """Runs to the end: exit code, stdout, stderr."""
        job = self.start(script, *words, **environment)
        output, errors = job.communicate(timeout=60)
        return subprocess.CompletedProcess(job.args, job.returncode, output, errors)


def refused(test, done, code, *texts):
    """Asserts the exit code, and one sentence for the user that says all of `texts`."""
    test.assertEqual(done.returncode, code, done.stdout + done.stderr)
    test.assertEqual(done.stderr.count("convoy: "), 1, done.stderr)
    test.assertTrue(done.stderr.lstrip("\n").startswith("convoy: "), done.stderr)
    for text in texts:
        test.assertIn(text, done.stderr)

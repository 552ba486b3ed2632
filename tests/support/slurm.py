"""Slurm on hosts that are really apart (hosts.py): a slurmctld and a slurmd each, of
Debian's slurm-wlm, in a temporary folder."""
import shutil
import subprocess
import time

import hosts

# One processor a task, of more than there are; nothing of the machine's own is used.
CONF = """\
ClusterName=convoy
SlurmctldHost={first}({address})
SlurmUser=root
AuthType=auth/none
CredType=cred/none
StateSaveLocation={folder}
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
{nodes}
PartitionName=all Nodes=ALL Default=YES State=UP
"""


def why_not():
    """What is missing for Slurm here; empty when nothing is."""
    for program in ("slurmctld", "slurmd", "sbatch"):
        if shutil.which(program) is None:
            return f"hosts need {program}"
    return hosts.why_not()


class Slurm(hosts.Hosts):
    """`count` nodes while a `with` lasts."""

    def __init__(self, count):
        super().__init__(count, prefix="slm")

    def __enter__(self):
        super().__enter__()
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        nodes = [f"NodeName={name} NodeAddr={self.address(i)} CPUs=8"
                 for i, name in enumerate(self.names)]
        self.conf = self.folder / "slurm.conf"
        self.conf.write_text(CONF.format(
            first=self.names[0], address=self.address(0), folder=self.folder,
            nodes="\n".join(nodes)))
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        self.serve(0, "slurmctld", "-D")
        for i, name in enumerate(self.names):
            self.serve(i, "slurmd", "-D", "-N", name)
        self.wait_until_idle()

    def wait_until_idle(self):
        """Until nothing is left of any job."""
        for _ in range(300):
            if self.call("sinfo", "--noheader", "--format=%T %D") == f"idle {len(self.names)}":
                return
            time.sleep(0.1)
        raise RuntimeError("Slurm's nodes are not idle: " + self.call("sinfo", "--long"))

    def serve(self, i, *words):
        self.servers.append(subprocess.Popen(
            self.inside(i, [*words, "-f", str(self.conf)]), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def environment(self):
        return {**super().environment(), "SLURM_CONF": str(self.conf)}

    def call(self, *words, **options):
        """What a command of Slurm prints."""
        done = subprocess.run(
            self.inside(0, words), capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL, **{"env": self.environment(), **options})
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr}")
        return done.stdout.strip()

    def submit(self, *words, **options):
        """The number of a job."""
        return self.call("sbatch", "--parsable", *map(str, words), **options)

    def job(self, number):
        """What `scontrol` knows of it: JobState, ExitCode, Restarts and so on."""
        line = self.call("scontrol", "--oneliner", "show", "job", number)
        return dict(word.split("=", 1) for word in line.split() if "=" in word)

    def told(self):
        """What slurmctld and the nodes wrote last, for the message of a failed test."""
        logs = [self.folder / "slurmctld.log", *(self.folder / f"{n}.log" for n in self.names)]
        return "\n".join(f"{log.name}:\n{log.read_text()[-4000:]}" for log in logs)

"""Hosts that are really apart, on one machine: network namespaces with a host name, an sshd
and a link of limited rate each, joined by a bridge. Needs root, iproute2 and
openssh-server."""
import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

NET = "10.77.0"


def why_not():
    """What is missing for hosts here; empty when nothing is."""
    if os.getuid() != 0:
        return "hosts need root"
    for program in ("ip", "tc", "unshare", "ssh", "/usr/sbin/sshd"):
        if shutil.which(program) is None:
            return f"hosts need {program}"
    tried = subprocess.run(["unshare", "--net", "--uts", "true"], capture_output=True)
    return "" if tried.returncode == 0 else "hosts need network namespaces"


def call(*words):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr}")


class Hosts:
    """`count` hosts named PREFIX0, PREFIX1, ... while a `with` lasts. `rate` is tc's, such
    as 1gbit, of what each host sends; None: as it comes."""

    def __init__(self, count, rate=None, prefix="cvy"):
        self.names = [f"{prefix}{i}" for i in range(count)]
        self.bridge, self.rate, self.servers = f"{prefix}br", rate, []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="convoy-hosts-"))
        # Names are the machine's: tests of another checkout wait for these to be free.
        self.lock = open(f"/run/lock/convoy-hosts-{self.bridge}", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.remove()  # what an earlier test left when it was killed
        try:
            self.make_keys()
            call("ip", "link", "add", self.bridge, "type", "bridge")
            call("ip", "link", "set", self.bridge, "up")
            for i, name in enumerate(self.names):
                self.make_host(i, name)
            self.wait_for_servers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.kill()
            server.wait()
        self.remove()
        self.lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove(self):
        """Everything on these hosts ends, sessions that nobody can reach any more too."""
        for name in self.names:
            found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True)
            for pid in map(int, found.stdout.split()):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
            subprocess.run(["ip", "link", "del", f"{name}v"], capture_output=True)
        subprocess.run(["ip", "link", "del", self.bridge], capture_output=True)

    def make_keys(self):
        for key in ("user", "host"):
            call("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / key)
        (self.folder / "ssh_config").write_text(
            f"Host *\nIdentityFile {self.folder}/user\nStrictHostKeyChecking no\n"
            "UserKnownHostsFile /dev/null\nLogLevel ERROR\nConnectTimeout 5\n")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)

    def make_host(self, i, name):
        call("ip", "netns", "add", name)
        call("ip", "link", "add", f"{name}v", "type", "veth", "peer", "name", "eth0",
             "netns", name)
        call("ip", "link", "set", f"{name}v", "master", self.bridge, "up")
        call("ip", "-n", name, "addr", "add", f"{self.address(i)}/24", "dev", "eth0")
        for device in ("eth0", "lo"):
            call("ip", "-n", name, "link", "set", device, "up")
        if self.rate:
            call("ip", "netns", "exec", name, "tc", "qdisc", "add", "dev", "eth0", "root",
                 "tbf", "rate", self.rate, "burst", "256k", "latency", "200ms")
        options = [f"AuthorizedKeysFile={self.folder}/user.pub", "StrictModes=no",
                   "PermitRootLogin=yes", "UsePAM=no", "PidFile=none"]
        self.servers.append(subprocess.Popen(
            self.inside(i, ["/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h",
                            str(self.folder / "host"),
                            *(word for option in options for word in ("-o", option))]),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL))

    def wait_for_servers(self):
        for i in range(len(self.names)):
            for _ in range(100):
                words = ["ssh", "-F", str(self.folder / "ssh_config"), self.address(i), "true"]
                if subprocess.run(self.inside(0, words), capture_output=True).returncode == 0:
                    break
                time.sleep(0.1)
            else:
                raise RuntimeError(f"{self.names[i]} does not answer")

    def pull_link(self, i):
        """Host i and its switch see that there is no carrier any more."""
        call("ip", "link", "set", f"{self.names[i]}v", "down")

    def lose_link(self, i):
        """Nothing that host i sends arrives, and nothing reaches it; nobody is told."""
        call("ip", "link", "set", f"{self.names[i]}v", "nomaster")

    def processes(self, program):
        """The process ids of a program on these hosts, those that have ended left out."""
        ours = {os.stat(f"/run/netns/{name}").st_ino for name in self.names}
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if (os.stat(entry / "ns/net").st_ino in ours
                        and (entry / "cmdline").read_bytes().split(b"\0")[0].decode() == program):
                    found.append(int(entry.name))
            except OSError:  # it has ended meanwhile; of one that is left, cmdline is empty
                pass
        return found

    @staticmethod
    def address(i):
        return f"{NET}.{i + 1}"

    def inside(self, i, words):
        """The command line `words` on host i."""
        return ["ip", "netns", "exec", self.names[i], "unshare", "--uts", "sh", "-c",
                f'hostname {self.names[i]}; exec "$@"', "sh", *words]

    def environment(self):
        """What mpirun, started on host 0, needs to reach the others."""
        return {**os.environ,
                "OMPI_MCA_plm_rsh_agent": f"ssh -F {self.folder}/ssh_config",
                "OMPI_MCA_btl_tcp_if_include": f"{NET}.0/24",
                "OMPI_MCA_oob_tcp_if_include": f"{NET}.0/24"}

    def hostfile(self, slots):
        path = self.folder / "hostfile"
        path.write_text("".join(
            f"{self.address(i)} slots={slots}\n" for i in range(len(self.names))))
        return path

"""launch/setup.sh and launch/test.sh where a step fails: one sentence that says what was
seen and what to do, and the exit code of docs/running.md."""
import fcntl
import os
import pathlib
import signal
import unittest

import convoy
from machine import Machine, refused


class OnMachine(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(self.id())

    def setup(self, *words, **environment):
        return self.machine.run("launch/setup.sh", *words, **environment)


class SetUp(OnMachine):
    def test_with_everything_there_nothing_is_installed_again(self):
        self.assertEqual(self.setup().returncode, 0)
        self.assertEqual(len(self.machine.calls("pip")), 2)
        done = self.setup()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.machine.calls("apt-get") + self.machine.calls("pip"), [])

    def test_missing_packages_and_no_others_are_installed(self):
        self.machine.fake("dpkg-query", '[ "${!#}" = cmake ] || echo install ok installed')
        self.assertEqual(self.setup("--no-build").returncode, 0)
        update, install = self.machine.calls("apt-get")
        self.assertTrue(update.startswith("update "), update)
        self.assertTrue(install.endswith(" --no-install-recommends cmake"), install)

    def test_a_set_up_that_failed_goes_on_where_it_stopped(self):
        self.machine.fake("cmake", "exit 1")
        self.assertEqual(self.setup().returncode, 1)
        self.assertEqual(len(self.machine.calls("pip")), 2)
        self.machine.fake("cmake", "")
        self.assertEqual(self.setup().returncode, 0)
        self.assertEqual(self.machine.calls("pip"), [])

    def test_downloads_go_to_the_disk_of_the_wheels_and_are_removed(self):
        leftover = self.machine.deps / "tmp/half-a-wheel"
        leftover.mkdir(parents=True)
        self.machine.fake("pip", f'[ ! -e "{leftover}" ] && : >"$TMPDIR/wheel"')
        self.assertEqual(self.setup("--no-build").returncode, 0)
        self.assertFalse((self.machine.deps / "tmp").exists())

    def test_unknown_option(self):
        refused(self, self.setup("--test"), 64, "unknown option --test", "--no-build")

    def test_not_debian(self):
        self.machine.lacks("apt-get")
        refused(self, self.setup(), 69, "apt-get was not found", "--no-root", "docs/running.md")

    def test_another_release_of_debian(self):
        self.machine.packages_missing()
        self.machine.fake("apt-get", '[ "$1" = update ] || '
                          '{ echo "E: Unable to locate package clang-format-14"; exit 100; }')
        refused(self, self.setup(), 69, "apt-get install failed", "lacks a package of Debian 12")

    def test_another_set_up_is_waited_for(self):
        with open(self.machine.deps_root / ".lock", "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            job = self.machine.start("launch/setup.sh", "--no-build")
            self.addCleanup(job.kill)
            for line in job.stdout:
                if "waiting for another set-up" in line:
                    break
            self.assertIn(str(self.machine.deps_root / ".lock"), line)
            self.assertEqual(self.machine.calls("pip"), [])
        _, errors = job.communicate(timeout=60)
        self.assertEqual((job.returncode, errors), (0, ""))
        self.assertEqual(len(self.machine.calls("pip")), 2)

    def test_ctrl_c_ends_the_step_and_what_it_started(self):
        pids = self.machine.root / "pids"
        self.machine.fake("pip", f'/bin/sleep 60 & echo $$ $! >"{pids}"; wait')
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            pids.write_text("")
            job = self.machine.start("launch/setup.sh")
            self.addCleanup(job.kill)
            convoy.wait_for(pids.read_text, 30, "pip")
            children = pids.read_text().split()
            os.kill(job.pid, number)
            job.communicate(timeout=60)
            self.assertEqual(job.returncode, 130)
            convoy.wait_for(lambda: not any(map(convoy.is_alive, children)), 10, "the end of pip")


class NoRoot(OnMachine):
    def setUp(self):
        super().setUp()
        self.machine.packages_missing()
        self.machine.fake("id", "echo 1000")

    def test_no_sudo(self):
        self.machine.lacks("sudo")
        refused(self, self.setup(), 77, "needs root or sudo", "apt-get install g++ cmake",
                "launch/setup.sh --no-root")

    def test_sudo_refuses(self):
        self.machine.fake("sudo", "exit 1")
        refused(self, self.setup(), 77, "sudo refused", "apt-get install g++ cmake")
        self.assertEqual(self.machine.calls("apt-get"), [])

    def test_a_password_is_asked_for_only_where_it_is_wanted(self):
        self.assertEqual(self.setup("--no-build").returncode, 0)
        self.assertNotIn("-v", self.machine.calls("sudo"))
        self.machine.fake("sudo", '[ "$*" != "-n true" ] || exit 1')
        self.assertEqual(self.setup("--no-build").returncode, 0)
        self.assertIn("-v", self.machine.calls("sudo"))

    def test_with_every_package_there_sudo_is_not_needed(self):
        self.machine.fake("dpkg-query", "echo install ok installed")
        self.machine.lacks("sudo")
        self.assertEqual(self.setup("--no-build").returncode, 0)


class OnACluster(OnMachine):
    """launch/setup.sh --no-root"""

    def setUp(self):
        super().setUp()
        self.machine.fake("id", "echo 1000")
        self.machine.packages_missing()
        self.machine.fake("c++", "")
        self.machine.fake("mpicxx", "")
        self.machine.fake("mpirun", "echo 'mpirun (Open MPI) 5.0.11'")
        self.machine.fake("python3.11", 'case $1 in -c) exit 0 ;; *) exec /usr/bin/python3 "$@" ;; esac')
        self.machine.fake("apt-get", 'case " $* " in *" --simulate "*) '
                          'echo "Inst liblmdb-dev (0.9 Debian)"; echo "Conf liblmdb-dev" ;; esac')
        self.prefix = self.machine.deps_root / "debian"
        self.machine.fake("dpkg-deb", f'mkdir -p "{self.prefix}"/usr/{{lib,include}}/x86_64-linux-gnu; '
                          f': >"{self.prefix}/usr/include/x86_64-linux-gnu/jconfig.h"; '
                          f'ln -s libz.so.1 "{self.prefix}/usr/lib/x86_64-linux-gnu/libz.so"')

    def test_libraries_are_unpacked_into_a_folder_of_the_user_s(self):
        done = self.setup("--no-root")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.machine.calls("sudo"), [])
        calls = self.machine.calls("apt-get")
        self.assertTrue(calls[-1].endswith(" download liblmdb-dev"), calls)
        for call in calls:
            self.assertIn(f"Dir::State::Lists={self.prefix}/apt/lists", call)
        self.assertTrue((self.prefix / "usr/include/jconfig.h").exists())
        self.assertEqual(os.readlink(self.prefix / "usr/lib/x86_64-linux-gnu/libz.so"),
                         "/usr/lib/x86_64-linux-gnu/libz.so.1")
        configure = next(c for c in self.machine.calls("cmake") if c.startswith("--preset"))
        self.assertIn(f"-DCMAKE_PREFIX_PATH={self.prefix}/usr", configure)
        self.assertIn("-DCMAKE_LIBRARY_ARCHITECTURE=x86_64-linux-gnu", configure)

    def test_what_was_fetched_is_not_fetched_again(self):
        for calls in (3, 0):
            self.assertEqual(self.setup("--no-root", "--no-build").returncode, 0)
            self.assertEqual(len(self.machine.calls("apt-get")), calls)

    def test_an_old_cmake_is_passed_over(self):
        self.machine.fake("cmake", '[ "$1" != --version ] || echo cmake version 3.20.2')
        self.machine.fake("ninja", "echo 1.11.1")
        self.assertEqual(self.setup("--no-root", "--no-build").returncode, 0)
        self.assertIn("requirements-tools.txt", "".join(self.machine.calls("pip")))
        self.machine.fake("cmake", '[ "$1" != --version ] || echo cmake version 3.25.1')
        done = self.setup("--no-root", "--no-build")
        self.assertNotIn("CMake and Ninja", done.stdout)

    def test_elsewhere_cmake_finds_what_modules_have(self):
        self.machine.lacks("apt-get")
        done = self.setup("--no-root")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("taken from the system and from CMAKE_PREFIX_PATH", done.stdout)
        self.assertNotIn("CMAKE_PREFIX_PATH", "".join(self.machine.calls("cmake")))

    def test_what_a_module_must_bring(self):
        refused(self, self.setup("--no-root", CXX="g++-99"), 66, "no C++ compiler g++-99", "CXX")
        self.machine.fake("mpirun", "echo HYDRA build details:")
        refused(self, self.setup("--no-root"), 66, "is not of Open MPI", "Open MPI 4.1 or 5")
        self.machine.lacks("mpirun")
        refused(self, self.setup("--no-root"), 66, "mpicxx and mpirun are not on PATH")

    def test_another_python(self):
        for name in ("python3.11", "python3"):
            self.machine.fake(name, "exit 1")
        script = self.machine.home / "launch/no_root.sh"
        script.write_text(script.read_text().replace("/usr/bin/python3", "/none/python3"))
        refused(self, self.setup("--no-root"), 66, "no Python 3.11", "venv")


class FailedStep(OnMachine):
    def apt_says(self, text, code, *sentences):
        self.machine.packages_missing()
        self.machine.fake("apt-get", f"echo {text!r}; exit 100")
        refused(self, self.setup(), code, "apt-get update failed: ", *sentences,
                f"(Whole log: {self.machine.logs}/apt-get-update.log)")

    def pip_says(self, text, code, *sentences):
        self.machine.fake("pip", f"echo {text!r} >&2; exit 1")
        refused(self, self.setup(), code, "pip install requirements.txt failed: ",
                *sentences)

    def build_says(self, script, *sentences):
        self.machine.fake("cmake", f'[ "$1" = --preset ] || {{ {script}; }}')
        refused(self, self.setup(), 1, "build failed: ", *sentences)

    def test_no_network_for_apt(self):
        self.apt_says("E: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease"
                      "  Temporary failure resolving deb.debian.org", 69,
                      "no package mirror could be reached", "http_proxy")

    def test_another_program_holds_apt_s_lock(self):
        self.apt_says("E: Could not get lock /var/lib/apt/lists/lock. It is held by process "
                      "71 (unattended-upgr)", 1, "another program is installing packages",
                      "Wait until it has ended")

    def test_an_installation_was_interrupted(self):
        self.apt_says("E: dpkg was interrupted, you must manually run dpkg --configure -a to "
                      "correct the problem.", 1, "Run `dpkg --configure -a` as root")

    def test_no_network_for_pip(self):
        self.pip_says("WARNING: Retrying: Failed to establish a new connection: [Errno 101] "
                      "Network is unreachable", 69, "no package mirror could be reached")

    def test_disk_full_in_pip(self):
        self.machine.fake("df", "echo Avail Mounted on; echo 500G /data")
        self.pip_says("ERROR: Could not install packages due to an OSError: [Errno 28] No "
                      "space left on device", 74, "the disk is full (500G /data)", "Free some space")

    def test_an_altered_file(self):
        self.pip_says("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS "
                      "FILE.", 1, "not the one pinned", "the mirror serves altered files")

    def test_wheels_of_another_owner(self):
        self.pip_says("ERROR: [Errno 13] Permission denied: /opt/deps/lib/x.py", 74,
                      "Permission denied: /opt/deps/lib/x.py. Run as its owner")

    def test_out_of_memory_in_the_compiler(self):
        self.build_says('echo "c++: fatal error: Killed signal terminated program cc1plus"; '
                        "exit 1", "ran out of memory", "CMAKE_BUILD_PARALLEL_LEVEL=1")

    def test_out_of_memory_in_the_step_itself(self):
        self.build_says("kill -9 $$", "ran out of memory")

    def test_anything_else_shows_the_last_lines(self):
        self.build_says('seq 40; echo "a.cpp:3: error: expected a semicolon"; exit 1',
                        "its last lines were:\n27\n", "a.cpp:3: error: expected a semicolon")


class NoRoom(OnMachine):
    def test_for_the_wheels(self):
        self.machine.fake("df", "echo Avail; echo 3G")
        refused(self, self.setup(), 74, "needs about 7 GB, and ", "has 3 GB free", "CONVOY_DEPS")
        self.assertEqual(self.machine.calls("pip"), [])

    def test_for_the_build(self):
        self.assertEqual(self.setup("--no-build").returncode, 0)
        self.machine.fake("df", "echo Avail; echo 1G")
        refused(self, self.setup(), 74, "The build needs about 3 GB", "has 1 GB free")
        self.assertEqual(self.machine.calls("cmake"), [])

    # Root may write anywhere: what is in the way here is of the wrong kind.
    def test_where_logs_can_t_be_written(self):
        for place in (pathlib.Path("/proc/none"), self.machine.root / "logs"):
            if place.is_relative_to(self.machine.root):
                (place / "cmake-configure.log").mkdir(parents=True)
            refused(self, self.setup(CONVOY_LOGS=place), 74, str(place), "can't be written",
                    "set CONVOY_LOGS")

    def test_where_wheels_can_t_be_written(self):
        (self.machine.deps_root / ".lock").mkdir()
        for place in ("/proc/none", self.machine.deps_root):
            refused(self, self.setup(CONVOY_DEPS=place), 74,
                    f"the folder {place} can't be written", "set CONVOY_DEPS")


class Tests(OnMachine):
    def test_the_tests_run_after_the_set_up_and_with_the_arguments(self):
        self.machine.fake("python", "exit 3")
        for script in ("launch/test.sh", ".ci/run"):
            done = self.machine.run(script, "--only", "data", "--full")
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertEqual(self.machine.calls("python"),
                             [f"{self.machine.home}/tests/run.py --only data --full"])

    def test_an_unknown_option_is_refused_before_anything_is_installed(self):
        for script in ("launch/test.sh", ".ci/run"):
            refused(self, self.machine.run(script, "--all"), 64, "unknown option --all",
                    "--full, --only NAME")
            self.assertEqual(self.machine.calls("pip"), [])

    def test_a_failed_set_up_runs_no_test(self):
        self.machine.fake("cmake", "exit 1")
        self.machine.fake("python", "")
        refused(self, self.machine.run("launch/test.sh"), 1, "cmake configure failed")
        self.assertEqual(self.machine.calls("python"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)

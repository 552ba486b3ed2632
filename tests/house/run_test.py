"""tests/run.py counts what programs report, and lets no test skip itself quietly."""
import concurrent.futures
import importlib.util
import pathlib
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("run", ROOT / "tests/run.py")
runner = importlib.util.module_from_spec(spec)
spec.loader.exec_module(runner)

UNIT = {"name": "some", "labels": ["unit"]}
GPU = {"name": "gpu", "labels": ["gpu"]}

# As GoogleTest and unittest print them.
GTEST_PASSES = """\
[==========] Running 2 tests from 1 test suite.
[ RUN      ] Order.IsAPermutation
[       OK ] Order.IsAPermutation (3 ms)
[ RUN      ] Sizes/Order.Reaches/2
[       OK ] Sizes/Order.Reaches/2 (0 ms)
[==========] 2 tests from 1 test suite ran. (3 ms total)
[  PASSED  ] 2 tests.
"""
GTEST_FAILS = """\
[==========] Running 2 tests from 1 test suite.
[ RUN      ] Order.IsAPermutation
tests/data/loader/order_test.cpp:20: Failure
Expected equality of these values:
[  FAILED  ] Order.IsAPermutation (3 ms)
[ RUN      ] Sizes/Order.Reaches/2
[  FAILED  ] Sizes/Order.Reaches/2, where GetParam() = 16-byte object (0 ms)
[==========] 2 tests from 1 test suite ran. (3 ms total)
[  PASSED  ] 0 tests.
[  FAILED  ] 2 tests, listed below:
[  FAILED  ] Order.IsAPermutation
[  FAILED  ] Sizes/Order.Reaches/2, where GetParam() = 16-byte object
"""
GTEST_SKIPS = """\
[==========] Running 2 tests from 1 test suite.
[ RUN      ] Order.IsAPermutation
[       OK ] Order.IsAPermutation (3 ms)
[ RUN      ] Vehicles6.IsImportedWholeAsItIsSplit
tests/data/importers/vehicles6_test.cpp:21: Skipped
{}

[  SKIPPED ] Vehicles6.IsImportedWholeAsItIsSplit (0 ms)
[==========] 2 tests from 1 test suite ran. (3 ms total)
[  PASSED  ] 1 test.
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] Vehicles6.IsImportedWholeAsItIsSplit
"""
UNITTEST_PASSES = """\
test_unknown_key (__main__.Configs.test_unknown_key) ... ok
test_leading_zero (__main__.Configs.test_leading_zero) ... ok

----------------------------------------------------------------------
Ran 2 tests in 0.010s

OK
"""
UNITTEST_FAILS = """\
test_unknown_key (__main__.Configs.test_unknown_key) ... FAIL
test_leading_zero (__main__.Configs.test_leading_zero) ... ERROR
test_yes_and_on (__main__.Configs.test_yes_and_on) ... ok

FAILED (failures=1, errors=1)
"""
UNITTEST_SKIPS = """\
test_unknown_key (__main__.Configs.test_unknown_key) ... ok
test_yes_and_on (__main__.Configs.test_yes_and_on) ... skipped '{}'

OK (skipped=1)
"""
NO_DATA = "CONVOY_TEST_DATA names no folder with vehicles6.tar"


class Counting(unittest.TestCase):
    def test_counts_what_passed(self):
        for output in (GTEST_PASSES, UNITTEST_PASSES):
            self.assertEqual(runner.judge(UNIT, output, 0), (2, [], []))

    def test_names_what_failed(self):
        self.assertEqual(
            runner.judge(UNIT, GTEST_FAILS, 1),
            (0, ["Order.IsAPermutation", "Sizes/Order.Reaches/2"], []))
        self.assertEqual(
            runner.judge(UNIT, UNITTEST_FAILS, 1),
            (1, ["__main__.Configs.test_unknown_key",
                 "__main__.Configs.test_leading_zero"], []))

    def test_a_skip_for_want_of_data_is_a_skip_with_its_reason(self):
        self.assertEqual(
            runner.judge(UNIT, GTEST_SKIPS.format(NO_DATA), 0),
            (1, [], [("Vehicles6.IsImportedWholeAsItIsSplit", NO_DATA)]))
        self.assertEqual(
            runner.judge(UNIT, UNITTEST_SKIPS.format(NO_DATA), 0),
            (1, [], [("__main__.Configs.test_yes_and_on", NO_DATA)]))

    def test_gpu_tests_may_skip(self):
        passed, failed, skipped = runner.judge(GPU, GTEST_SKIPS.format("no GPU"), 0)
        self.assertEqual((passed, failed, len(skipped)), (1, [], 1))

    def test_hosts_may_skip_where_they_cannot_be(self):
        test = {**GPU, "labels": ["hosts"]}
        passed, failed, skipped = runner.judge(
            test, GTEST_SKIPS.format("hosts need root"), 0)
        self.assertEqual((passed, failed, len(skipped)), (1, [], 1))
        _, failed, skipped = runner.judge(test, GTEST_SKIPS.format("no time"), 0)
        self.assertEqual((len(failed), skipped), (1, []))

    def test_any_other_skip_fails(self):
        for output in (GTEST_SKIPS, UNITTEST_SKIPS):
            for reason in ("no GPU", "setpriv is missing", "slow"):
                passed, failed, skipped = runner.judge(UNIT, output.format(reason), 0)
                self.assertEqual((passed, skipped), (1, []))
                self.assertEqual(len(failed), 1)
                self.assertIn(f"may not skip: {reason}", failed[0])

    def test_a_skip_without_a_reason_fails(self):
        silent = GTEST_SKIPS.replace("{}\n", "")
        self.assertIn("no reason given", runner.judge(UNIT, silent, 0)[1][0])

    def test_a_crash_fails_though_no_test_did(self):
        cut = GTEST_PASSES[:GTEST_PASSES.index("[       OK ] Sizes")]
        self.assertEqual(runner.judge(UNIT, cut, -11), (1, ["some (exit code -11)"], []))

    def test_a_program_without_tests_fails(self):
        self.assertEqual(runner.judge(UNIT, "\nRan 0 tests\n", 0),
                         (0, ["some ran no test"], []))

    def test_wide_and_long_ones_start_first_lone_ones_last_all_within_the_room(self):
        started, ended = [], []
        lock = threading.Condition()

        def run(test):
            """Ends when the test is told to."""
            with lock:
                started.append(test["name"])
                lock.notify_all()
                lock.wait_for(lambda: test["name"] in ended, 10)
            return test["name"]

        def end(name, starts):
            with lock:
                ended.append(name)
                lock.notify_all()
                self.assertTrue(lock.wait_for(lambda: len(started) == starts, 10), started)

        room = runner.ROOM
        tests = [{"name": name, "timeout": timeout, "cores": cores}
                 for name, timeout, cores in (
                     ("short", 10, 1), ("alone", 90, room), ("wide", 60, room - 1),
                     ("longer", 70, 1))]
        original, runner.run = runner.run, run
        self.addCleanup(setattr, runner, "run", original)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            results = pool.submit(lambda: [r for _, r in runner.side_by_side(tests)])
            end("nobody", 2)
            self.assertEqual(started, ["wide", "longer"])
            end("longer", 3)
            self.assertEqual(started[2], "short")
            end("wide", 3)
            end("short", 4)
            self.assertEqual(started[3], "alone")
            end("alone", 4)
            self.assertEqual(sorted(results.result(10)),
                             ["alone", "longer", "short", "wide"])


if __name__ == "__main__":
    unittest.main(verbosity=2)

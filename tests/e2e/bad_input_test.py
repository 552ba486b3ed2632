"""Every bad input gets its exit code and one sentence, printed once."""
import json
import os
import pathlib
import random
import resource
import shutil
import struct
import subprocess
import time
import unittest

import convoy


class BadInput(unittest.TestCase):
    def refused(self, words, code, *texts, ranks=None, seconds=20, env=None):
        """Runs, and expects `code` and a stderr of one line with all `texts`."""
        start = time.monotonic()
        done = convoy.run(*words, ranks=ranks, env=env)
        self.assertLess(time.monotonic() - start, seconds)
        self.assertEqual(done.returncode, code, done.stderr)
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        self.assertEqual(len(lines), 1, done.stderr)
        for text in texts:
            self.assertIn(text, lines[0])
        self.assertTrue(lines[0].startswith("convoy: "), lines[0])
        return lines[0]


class Configs(BadInput):
    def config_text(self, text, code, *texts, ranks=None):
        path = convoy.workspace() / "bad.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        # So that nothing else is wrong.
        rest = ["--set", f"data.train={convoy.vehicles() / 'train.lmdb'}",
                "--set", "batch.global=8"]
        self.refused(["train", path, *rest], code, str(path), *texts, ranks=ranks)

    def changed(self, setting, *texts, ranks=None):
        path, _ = convoy.config("sound")
        self.refused(["train", path, "--set", setting], 78, *texts, ranks=ranks)

    def test_unknown_key(self):
        self.config_text("optimizer:\n  lerning_rate: 0.1\n", 78,
                         ":2: optimizer.lerning_rate: unknown key; did you mean optimizer.lr?",
                         ranks=2)
        self.config_text("run:\n  epoch: 3\n", 78, ":2: run.epoch", "did you mean run.epochs?")

    def test_duplicate_key(self):
        self.config_text("run:\n  seed: 1\n  seed: 2\n", 78,
                         ":3: seed is set twice (first on line 2)")

    def test_leading_zero(self):
        self.config_text("run: {epochs: 010}", 78, "want an integer", 'got "010"')

    def test_wrong_kind_of_number(self):
        for value in ("1e3", "0.1", "99999999999", "-1"):
            self.config_text(f"run: {{epochs: {value}}}", 78,
                             "want an integer of at least 0", f'got "{value}"')

    def test_infinity_and_nan(self):
        for value in (".inf", ".nan"):
            self.config_text(f"optimizer: {{lr: {value}}}", 78,
                             "want a number above 0", value)

    def test_yes_and_on(self):
        for value in ("yes", "on", "n"):
            self.config_text(f"optimizer: {{nesterov: {value}}}", 78,
                             "want true or false", f'"{value}"')

    def test_empty_file(self):
        self.config_text("", 78, "the file is empty")

    def test_empty_value_and_list_for_map(self):
        self.config_text("run:\n", 78, "want a map of keys, got nothing")
        self.config_text("run: [1]\n", 78, "want a map of keys, got a list")

    def test_random_bytes_and_utf16(self):
        noise = random.Random(1).randbytes(2000).replace(b"\0", b"")
        self.config_text(noise + b"\xff", 78, "not UTF-8")
        self.config_text("run: {dir: x}".encode("utf-16"), 78, "not UTF-8")

    def test_byte_order_mark_changes_nothing(self):
        path = convoy.workspace() / "bom.yaml"
        path.write_bytes(b"\xef\xbb\xbfrun: {seed: 12345}\n")
        done = convoy.run("train", path, "--print-config")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("seed: 12345", done.stdout)
        self.config_text(b"\xef\xbb\xbfrun:\n  epoch: 3\n", 78, ":2: run.epoch")

    def test_tab_indentation(self):
        self.config_text("run:\n\tdir: x\n", 78, ":2: indented by a tab")

    def test_yaml_that_is_none(self):
        for text, *wanted in (
                ("run: {dir: x\nnet: {name: a}\n", ":1: ", "opens a { that is not closed"),
                ("run:\n  dir: \"x\n  seed: 1\n", ":2: ", "does not end on this line"),
                ("run:\n  seed:1\n  keep: 3\n", ":2: ", 'is no "key: value"'),
                ("run:\n  dir: x\n   seed: 3\n", ":3: ", "is indented otherwise")):
            self.config_text(text, 78, *wanted)

    def test_second_document(self):
        self.config_text("run: {dir: x}\n---\nrun: {dir: y}\n", 78, "second document")

    def test_deep_nesting(self):
        self.config_text("run: " + "[" * 1000 + "]" * 1000, 78, "nested")

    def test_alias_bomb(self):
        self.config_text("a: &a [x, x]\nb: [*a, *a]\n", 78, "anchors")

    def test_a_single_comma(self):
        self.config_text(",", 78, ":1: ")

    def test_missing_file_and_folder(self):
        self.refused(["train", convoy.workspace() / "none.yaml"], 66,
                     "none.yaml", "nothing is there", ranks=2)
        self.refused(["train", convoy.workspace()], 66, "is a folder; want a config file")
        self.refused(["evaluate", convoy.workspace()], 66, "is a folder")
        self.refused(["scaling", convoy.workspace()], 66, "is a folder")

    def test_missing_data(self):
        self.changed("data.train=/nowhere/train.lmdb",
                     "data.train: there is no /nowhere/train.lmdb", ranks=2)

    def test_impossible_pairs(self):
        self.changed("schedule.warmup_iterations=6",
                     "--set schedule.warmup_iterations=6, ",
                     "a warm-up of 6 leaves nothing of 6 iterations")
        self.changed("batch.per_rank=8", "set exactly one above 0")
        self.changed("run.epochs=3", "set exactly one above 0")
        self.changed("batch.global=3", "want at least 2 in each", ranks=2)
        self.changed("batch.global=1", "want at least one for each", ranks=2)
        self.changed("eval.crop_px=64", "64 does not fit into 32; want crop_px <= resize_px")
        self.changed("net.name=resnet19", 'unknown network "resnet19"; did you mean')
        self.changed("precision=fp16", "fp16 needs a GPU")
        self.changed("run.device=cuda", "no NVIDIA GPU is visible")

    def test_many_problems_are_all_listed(self):
        path, _ = convoy.config("many-wrong", run={"epohcs": 3, "keep": 0})
        done = convoy.run("train", path, "--set", "net.name=x", "--set",
                          "batch.global=1", "--set", "data.val=/no/val",
                          "--set", "precision=fp16", ranks=2)
        self.assertEqual(done.returncode, 78)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 6, done.stderr)
        for line, place, what in zip(lines, *zip(
                (f"{path}:", "run.epohcs: unknown key; did you mean run.epochs?"),
                (f"{path}:", "run.keep: want an integer of at least 1"),
                ("--set data.val=/no/val: data.val: ", "there is no /no/val"),
                ("--set net.name=x: net.name: ", "unknown network"),
                ("--set batch.global=1: batch.global: ", "1 samples for 2 ranks"),
                ("--set precision=fp16: precision, ", "fp16 needs a GPU"))):
            self.assertIn(place, line)
            self.assertIn(what, line)

    def test_unwritable_run_folder(self):
        path, _ = convoy.config("sound")
        self.refused(["train", path, "--set", "run.dir=/proc/run"], 74, "/proc/run",
                     "Choose another", ranks=2)


class CommandLines(BadInput):
    def test_unknown_command_and_option(self):
        self.refused(["trian"], 64, 'unknown command "trian"; did you mean train?',
                     ranks=2)
        self.refused(["train", "x.yaml", "--dryrun"], 64, "did you mean --dry-run?")
        self.refused(["train", "x.yaml", "--wibble"], 64, "unknown option --wibble")

    def test_missing_and_surplus_words(self):
        self.refused(["train"], 64, "CONFIG is missing", ranks=2)
        self.refused(["train", "a", "b"], 64, "too many words")
        self.refused(["train", "a", "--set"], 64, "--set")
        self.refused(["evaluate"], 64, "either CONFIG or --checkpoint")
        self.refused(["dataset", "info", ""], 64, "DB is an empty word")
        self.refused(["import", "folder", "x", "y", "--size", ""], 64,
                     "--size is an empty word")

    def test_option_given_twice(self):
        self.refused(["train", "a", "--resume", "auto", "--resume", "never"], 64,
                     "--resume")

    def test_too_many_ranks_asked_of_scaling(self):
        path, _ = convoy.config("sound")
        self.refused(["scaling", path, "--ranks", "1,4"], 64, "from 1 to 2",
                     ranks=2)

    def test_numbers_out_of_range(self):
        nowhere = convoy.workspace() / "nowhere"
        importing = ["import", "folder", convoy.workspace(), nowhere]
        listing = ["import", "list", convoy.workspace() / "no.txt", nowhere]
        rendering = ["dataset", "render", nowhere]
        path, _ = convoy.config("sound")
        for words, option, value, wanted in (
                (importing, "val", "1.5", "a number 0..1"),
                (importing, "val", "-0.1", "a number 0..1"),
                (importing, "test", "nan", "a number 0..1"),
                (importing, "quality", "500", "an integer 1..100"),
                (importing, "quality", "0", "an integer 1..100"),
                (importing, "workers", "-3", "an integer 0..1024"),
                (importing, "workers", "1000000", "an integer 0..1024"),
                (listing, "workers", "many", "an integer 0..1024"),
                (rendering, "px", "1", "an integer 32..512"),
                (rendering, "px", "513", "an integer 32..512"),
                (rendering, "train", "0", "an integer 1..10000000"),
                (rendering, "val", "-1", "an integer 0..10000000"),
                (rendering, "seed", "-1", "an integer of at least 0"),
                (rendering, "quality", "101", "an integer 1..100"),
                (rendering, "workers", "-1", "an integer 0..1024"),
                (["dataset", "verify", nowhere], "workers", "-3", "an integer 0..1024"),
                (["dataset", "mean", nowhere], "workers", "2.5", "an integer 0..1024"),
                (["dataset", "mean", nowhere], "channels", "2", "3, 1 or 0"),
                (["dataset", "mean", nowhere], "channels", "4", "an integer 0..3"),
                (["predict", "--checkpoint", nowhere, nowhere], "top", "0",
                 "an integer of at least 1"),
                (["scaling", path], "steps", "0", "an integer of at least 1"),
                (["scaling", path], "repeats", "0", "an integer of at least 1"),
                (["scaling", path], "warmup", "-1", "an integer of at least 0")):
            self.refused([*words, f"--{option}", value], 64,
                         f'--{option}: want {wanted}, got "{value}"')
        self.assertFalse(nowhere.exists())

    def test_options_that_do_not_go_together(self):
        importing = ["import", "folder", convoy.workspace(), convoy.workspace() / "no"]
        for words, *texts in (
                (["--val", "0.7", "--test", "0.4"], "val (0.7)", "test (0.4)", "less than 1"),
                (["--val", "1"], "less than 1"),
                (["--val", "0.2", "--group", "("], "pattern '('", "can't be understood"),
                (["--group", "folder"], "--group folder", "--val 0.2"),
                (["--resize", "crop"], "--resize crop", "--size 256"),
                (["--resize", "none", "--size", "64"], "contradict"),
                (["--resize", "strech"], "strech", "squash"),
                (["--store", "gif"], "gif", "jpeg, png, raw")):
            self.refused([*importing, *words], 64, *texts)
        self.refused(["nets", "resnet19", "--json"], 64, "resnet19")

    def test_no_command_prints_help(self):
        done = convoy.run()
        self.assertEqual(done.returncode, 64)
        self.assertIn("Usage: convoy COMMAND", done.stderr)

    def test_help_is_everywhere(self):
        for words in (["--help"], ["train", "--help"], ["evaluate", "--help"],
                      ["predict", "--help"], ["import", "--help"],
                      ["import", "folder", "--help"], ["import", "list", "--help"],
                      ["dataset", "--help"], ["dataset", "info", "--help"],
                      ["dataset", "verify", "--help"], ["dataset", "mean", "--help"],
                      ["dataset", "render", "--help"], ["nets", "--help"],
                      ["scaling", "--help"], ["bench", "--help"], ["doctor", "--help"]):
            done = convoy.run(*words)
            self.assertEqual(done.returncode, 0, words)
            self.assertTrue(done.stdout.startswith("Usage: convoy"), words)
            self.assertEqual(done.stderr, "")

    def test_a_full_disk_under_the_output_is_told(self):
        # Less than a buffer holds, and more.
        for words in (["nets"], ["--help"], ["nets", "resnet152", "--json"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([convoy.CONVOY, *words], stdout=full, text=True,
                                      stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 74, words)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("No space left on device", done.stderr)

    def test_a_report_of_a_failure_that_is_lost_is_told_too(self):
        folder = convoy.workspace() / "unread"
        (folder / "a").mkdir(parents=True)
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [convoy.CONVOY, "import", "folder", folder, f"{folder}.lmdb"],
                stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 74, done.stderr)
        self.assertIn("the class 'a' has no pictures", done.stderr)
        self.assertIn("No space left on device", done.stderr)

    def test_a_run_without_mpirun_says_one_rank(self):
        path, _ = convoy.config("single", run={"iterations": 1})
        done = convoy.run("train", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ranks            1 on ", done.stderr)


class Databases(BadInput):
    def copy(self, name):
        target = convoy.workspace() / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(convoy.vehicles() / "train.lmdb", target)
        return target

    def trained_on(self, database, code, *texts, **options):
        path, _ = convoy.config("sound")
        return self.refused(
            ["train", path, "--set", f"data.train={database}"], code, *texts, **options)

    def test_no_data_in_the_folder(self):
        empty = convoy.workspace() / "empty.lmdb"
        empty.mkdir(exist_ok=True)
        self.trained_on(empty, 66, str(empty), "data.mdb", ranks=2)

    def test_empty_short_and_random_files(self):
        for size in (0, 100, 20000):
            target = self.copy(f"random{size}")
            (target / "data.mdb").write_bytes(random.Random(size).randbytes(size))
            self.trained_on(target, 65, str(target), ranks=2)

    def test_truncated(self):
        for percent in (1, 10, 50, 90, 99):
            target = self.copy(f"cut{percent}")
            size = (target / "data.mdb").stat().st_size
            os.truncate(target / "data.mdb", size * percent // 100)
            self.trained_on(target, 65, str(target))

    def test_bit_rot_in_a_record_names_the_key(self):
        target = self.copy("rotten")
        content = bytearray((target / "data.mdb").read_bytes())
        jpeg = content.index(b"\xff\xd8\xff", len(content) // 2)
        content[jpeg + 200] ^= 4
        (target / "data.mdb").write_bytes(content)
        path, _ = convoy.config("sound", run={"iterations": 40})
        done = convoy.run("train", path, "--set", f"data.train={target}", ranks=2)
        self.assertEqual(done.returncode, 65, done.stderr)
        named = [l for l in done.stderr.splitlines() if "checksum" in l]
        self.assertEqual(len(named), 1, done.stderr)
        self.assertRegex(named[0], r"^convoy: rank [01] on .*record .*rotten")

    def test_bit_rot_can_be_skipped_and_is_counted(self):
        target = self.copy("rotten")
        content = bytearray((target / "data.mdb").read_bytes())
        jpeg = content.index(b"\xff\xd8\xff", len(content) // 2)
        content[jpeg + 200] ^= 4
        (target / "data.mdb").write_bytes(content)
        for sampling in ("shuffle", "balanced"):
            path, run_dir = convoy.config(
                f"skipping-{sampling}", run={"iterations": 20},
                data={"on_bad_sample": "skip", "sampling": sampling})
            done = convoy.run("train", path, "--set", f"data.train={target}", ranks=2)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("1 damaged record", done.stderr)

    def test_wrong_labels(self):
        path, _ = convoy.config("sound")
        self.refused(["train", path, "--set", "net.classes=50"], 65,
                     "have the label 99", "Set net.classes to at least 100", ranks=2)

    def test_what_does_not_fit_the_network_is_told_once(self):
        path, run_dir = convoy.config("first-layer")
        trained = convoy.run("train", path, "--set", "run.iterations=1")
        self.assertEqual(trained.returncode, 0, trained.stderr)
        weights = convoy.newest_checkpoint(run_dir)
        self.refused_last(
            ["train", path, "--set", f"run.dir={run_dir}-2",
             "--set", f"net.weights={weights}", "--set", "fine_tune.mode=partial",
             "--set", "fine_tune.first_layer=layer9"], 78,
            "fine_tune.first_layer, net.name: no layer of cifar_resnet20 is called \"layer9\"")
        baseline = convoy.workspace() / "baseline.json"
        baseline.write_text("{}")
        self.refused_last(
            ["train", path, "--set", f"run.dir={run_dir}-3",
             "--set", f"run.baseline={baseline}"], 65,
            "holds no images_per_second of one rank")

    def refused_last(self, words, code, text):
        """As refused(), of what is only found behind other lines of the log."""
        done = convoy.run(*words, ranks=2)
        self.assertEqual(done.returncode, code, done.stderr)
        complaints = [line for line in done.stderr.splitlines()
                      if line.startswith("convoy: ")]
        self.assertEqual(len(complaints), 1, done.stderr)
        self.assertIn(text, complaints[0])
        self.assertNotRegex(complaints[0], r"^convoy: rank \d")

    def test_fewer_records_than_a_global_batch(self):
        path, _ = convoy.config("sound")
        self.refused(
            ["train", path, "--set", "data.tail=drop", "--set", "batch.global=1000"], 78,
            "the global batch of 1000 is larger than the 400 training samples", ranks=2)

    def test_no_records(self):
        target = convoy.workspace() / "none.lmdb"
        subprocess.run(
            [os.sys.executable, "-c",
             f"import lmdb; lmdb.open({str(target)!r}).close()"], check=True)
        self.trained_on(target, 65, "no records")

    def test_unreadable_folder_reads_without_locks(self):
        target = self.copy("readonly")
        for path in target.iterdir():
            path.chmod(0o444)
        target.chmod(0o555)
        path, _ = convoy.config("readonly-run", run={"iterations": 1})
        done = convoy.run("train", path, "--set", f"data.train={target}", ranks=2)
        target.chmod(0o755)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse((target / "lock.mdb").exists())

    def test_readers_that_hold_every_slot_of_the_lock_file_do_not_matter(self):
        target = self.copy("read-by-many")
        import lmdb
        with lmdb.open(str(target), readonly=True, max_readers=126) as theirs:
            held = [theirs.begin() for _ in range(126)]
            with self.assertRaises(lmdb.ReadersFullError):
                theirs.begin()
            path, _ = convoy.config("many-readers", run={"iterations": 1})
            done = convoy.run("train", path, "--set", f"data.train={target}", ranks=2)
            for transaction in held:
                transaction.abort()
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_bit_rot_in_a_page_header_is_told_and_ends_no_process(self):
        page = os.sysconf("SC_PAGE_SIZE")
        for byte in (10, 12):  # flags; where the list of records ends
            target = self.copy("page-rot")
            content = bytearray((target / "data.mdb").read_bytes())
            for at in range(2 * page, len(content), page):
                if content[at + 10] in (1, 2) and content[at + 11] == 0:
                    content[at + byte] ^= 0xFF
            (target / "data.mdb").write_bytes(content)
            self.trained_on(target, 65, str(target))
            done = convoy.run("dataset", "verify", target)
            self.assertEqual(done.returncode, 65, done.stdout + done.stderr)

    def test_verify_finds_every_bad_record(self):
        target = self.copy("verify")
        content = bytearray((target / "data.mdb").read_bytes())
        at, damaged = 0, 0
        for _ in range(5):
            at = content.index(b"\xff\xd8\xff", at + 3000)
            content[at + 100] ^= 1
            damaged += 1
        (target / "data.mdb").write_bytes(content)
        done = convoy.run("dataset", "verify", target)
        self.assertEqual(done.returncode, 65, done.stdout)
        self.assertIn(f"{damaged} bad", done.stdout)
        self.assertEqual(done.stdout.count("BAD "), damaged)


def jpeg_header(width, height, progressive):
    """A JPEG that claims a size and holds next to nothing."""
    frame = struct.pack(">BHHBBBBBBBBBB", 8, height, width, 3, 1, 0x11, 0, 2, 0x11, 0,
                        3, 0x11, 0)
    marker = b"\xff\xc2" if progressive else b"\xff\xc0"
    return (b"\xff\xd8" + b"\xff\xdb\x00\x43\x00" + bytes([1] * 64) + marker +
            struct.pack(">H", len(frame) + 2) + frame +
            b"\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00\x00\x3f\x00\x00\xff\xd9")


class Pictures(BadInput):
    def import_one(self, content, name="x.jpg"):
        """Imports a folder with one sound class and one with this file."""
        import evaluate_test
        folder = convoy.workspace() / "import"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "good").mkdir(parents=True)
        (folder / "bad").mkdir()
        for target in ("good", "bad"):
            shutil.copy(evaluate_test.picture(), folder / target / "sound.jpg")
        (folder / "bad" / name).write_bytes(content)
        done = convoy.run("import", "folder", folder, convoy.workspace() / "import.lmdb",
                          "--overwrite")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused_picture(self, content, *texts, name="x.jpg"):
        report = self.import_one(content, name)
        self.assertIn("3 files read, 2 written, 1 refused", report)
        line = [l for l in report.splitlines() if l.startswith("refused: ")][0]
        self.assertIn(name, line)
        for text in texts:
            self.assertIn(text, line)

    def test_a_size_is_a_square_or_width_by_height(self):
        import evaluate_test
        folder = convoy.workspace() / "sizes"
        for name in ("a", "b"):
            (folder / name).mkdir(parents=True)
            shutil.copy(evaluate_test.picture(), folder / name / "x.jpg")
        for size, shown in (("16", "16 x 16"), ("20x12", "20 x 12")):
            database = convoy.workspace() / f"sized-{size}.lmdb"
            done = convoy.run("import", "folder", folder, database, "--size", size)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(shown, convoy.run("dataset", "info", database).stdout)
        for size in ("16x", "x16", "16x12z", "0", "-3", "big", "8193", "9999999999"):
            self.refused(["import", "folder", folder, convoy.workspace() / "no.lmdb",
                          "--size", size], 64, f"--size {size}", "from 1 to 8192")

    def test_bombs_by_header(self):
        self.refused_picture(jpeg_header(65500, 65500, True), "65500")
        self.refused_picture(jpeg_header(65500, 65500, False), "65500")

    def test_truncated(self):
        import evaluate_test
        content = evaluate_test.picture().read_bytes()
        for length in (3, 100, len(content) // 2, len(content) - 30):
            self.refused_picture(content[:length])

    def test_empty_html_and_zero_sized(self):
        self.refused_picture(b"")
        self.refused_picture(b"<html>not found</html>")
        self.refused_picture(jpeg_header(0, 0, False))

    def test_strange_but_sound_ones_are_converted_and_counted(self):
        import io
        import numpy
        from PIL import Image
        rgb = Image.fromarray(
            numpy.random.RandomState(1).randint(0, 255, (40, 60, 3), "uint8"))

        def encoded(image, kind, **options):
            out = io.BytesIO()
            image.save(out, kind, **options)
            return out.getvalue()

        exif = Image.Exif()
        exif[0x112] = 6
        deep = Image.fromarray(
            numpy.random.RandomState(2).randint(0, 65535, (40, 60), "uint16"))
        for content, name, text in (
                (encoded(rgb.convert("CMYK"), "JPEG"), "a.jpg", "from CMYK to RGB"),
                (encoded(rgb.convert("L"), "JPEG"), "b.jpg", "gray in a colour set"),
                (encoded(deep, "PNG"), "c.png", "scaled from 16 to 8 bits"),
                (encoded(rgb, "JPEG", exif=exif), "d.jpg", "turned by EXIF"),
                (encoded(rgb, "PNG"), "png-named.jpg", "0 refused")):
            self.assertIn(text, self.import_one(content, name))

    def test_import_of_nothing(self):
        empty = convoy.workspace() / "nothing"
        empty.mkdir(exist_ok=True)
        self.refused(["import", "folder", empty, convoy.workspace() / "n.lmdb"], 65,
                     str(empty))
        self.refused(["import", "folder", "/nowhere", convoy.workspace() / "n.lmdb"],
                     66, "/nowhere")
        self.assertFalse((convoy.workspace() / "n.lmdb").exists())

    def test_a_class_without_pictures_leaves_the_report(self):
        import evaluate_test
        folder = convoy.workspace() / "bare"
        for name in ("a", "b", "c"):
            (folder / name).mkdir(parents=True)
            shutil.copy(evaluate_test.picture(), folder / name / "x.jpg")
        (folder / "b/x.jpg").write_bytes(b"GIF89a..")
        (folder / "c/page.jpg").write_bytes(b"<html>")
        target = convoy.workspace() / "bare-out/bare.lmdb"
        report = target.parent / "bare.lmdb.import_report.txt"
        done = convoy.run("import", "folder", folder, target)
        self.assertEqual(done.returncode, 65, done.stdout + done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("no picture of class 'b' could be read", done.stderr)
        self.assertFalse(target.exists())
        for text in (done.stdout, report.read_text()):
            self.assertIn("4 files read, 0 written, 2 refused", text)
            self.assertIn("0 of 1 files can be used: b", text)
            self.assertIn("1 of 2 files can be used: c", text)
            self.assertIn("refused: b/x.jpg: it is a GIF", text)
            self.assertIn("refused: c/page.jpg: it is an HTML page", text)
        self.assertIn(f"report: {report}", done.stdout)
        done = convoy.run("import", "folder", folder, target, "--json")
        self.assertEqual(done.returncode, 65, done.stderr)
        told = json.loads(done.stdout)
        self.assertIn("class 'b'", told["failure"])
        self.assertEqual([c["usable"] for c in told["classes"]], [1, 0, 1])
        self.assertEqual(sorted(r["name"] for r in told["refused"]),
                         ["b/x.jpg", "c/page.jpg"])
        shutil.copy(evaluate_test.picture(), folder / "b/y.jpg")
        done = convoy.run("import", "folder", folder, target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((target / "import_report.txt").exists())
        self.assertFalse(report.exists(), "of the try that failed")

    def test_an_empty_class_folder_leaves_a_report_too(self):
        folder = convoy.workspace() / "hollow"
        for name in ("a", "b"):
            (folder / name).mkdir(parents=True)
        done = convoy.run("import", "folder", folder, convoy.workspace() / "hollow.lmdb")
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertIn("the class 'a' has no pictures", done.stderr)
        self.assertIn("refused: b: ", done.stdout)
        self.assertIn("holds no files; fill it or remove it", done.stdout)

    def test_a_part_that_chance_leaves_empty_is_told(self):
        import evaluate_test
        folder = convoy.workspace() / "few"
        for name in ("a", "b"):
            (folder / name).mkdir(parents=True)
            shutil.copy(evaluate_test.picture(), folder / name / "x.jpg")
        done = convoy.run("import", "folder", folder, convoy.workspace() / "few.lmdb",
                          "--val", "0.001")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: val has none of the 2 pictures: add pictures, take a "
                      "larger fraction than 0.001, or split them by hand\n", done.stdout)

    def test_the_json_report_holds_conversions_and_duplicates(self):
        import io
        from PIL import Image
        folder = convoy.workspace() / "converted"
        (folder / "a").mkdir(parents=True)
        out = io.BytesIO()
        Image.new("CMYK", (40, 30), (9, 99, 199, 0)).save(out, "JPEG")
        for name in ("x.jpg", "y.jpg"):
            (folder / "a" / name).write_bytes(out.getvalue())
        database = convoy.workspace() / "converted.lmdb"
        done = convoy.run("import", "folder", folder, database, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["conversions"]["cmyk"], 2)
        self.assertEqual([sorted(d["names"]) for d in told["duplicates"]],
                         [["a/x.jpg", "a/y.jpg"]])
        text = (database / "import_report.txt").read_text()
        self.assertIn("converted: 2 from CMYK to RGB", text)
        self.assertRegex(text, r"duplicates: a/\w.jpg = a/\w.jpg\n")

    def test_import_onto_a_full_disk_leaves_nothing_that_looks_whole(self):
        import evaluate_test
        folder = convoy.workspace() / "many"
        (folder / "class").mkdir(parents=True)
        for number in range(40):
            shutil.copy(evaluate_test.picture(), folder / "class" / f"{number}.jpg")
        size = sum(p.stat().st_size for p in (folder / "class").iterdir())
        target = convoy.workspace() / "full.lmdb"
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, before[1]))
        try:
            self.refused(["import", "folder", folder, target], 74, "full.lmdb",
                         "could not write")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        self.assertFalse(target.exists())

    def test_existing_output_names_the_option_that_replaces_it(self):
        self.import_one(b"not a picture")
        self.refused(["import", "folder", convoy.workspace() / "import",
                      convoy.workspace() / "import.lmdb"], 74,
                     "import.lmdb", "--overwrite")

    def test_list_with_a_bad_label(self):
        names = convoy.workspace() / "list.txt"
        names.write_text("a.jpg 0\nb.jpg one\n")
        self.refused(["import", "list", names, convoy.workspace() / "l.lmdb"], 65,
                     "list.txt:2", "one")


class Environment(BadInput):
    def test_threads_out_of_range_are_ignored(self):
        path, _ = convoy.config("threads", run={"iterations": 1})
        for value in ("0", "1000", "many"):
            done = convoy.run("train", path, "--resume", "never", ranks=2,
                              env={"OMP_NUM_THREADS": value})
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_locale_with_comma_decimals_changes_nothing(self):
        path, run_dir = convoy.config("locale", run={"iterations": 1})
        done = convoy.run("train", path, ranks=2, env={"LC_ALL": "de_DE.UTF-8"})
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_ranks_with_different_data_are_refused_with_both_values(self):
        other = convoy.vehicles(3, 1)
        path, _ = convoy.config("disagree")
        wrapper = convoy.workspace() / "wrapper.sh"
        # The same path, other bytes: as on two hosts with copies of their own.
        wrapper.write_text(
            "#!/bin/sh\n"
            f'mkdir -p {convoy.workspace()}/host$OMPI_COMM_WORLD_RANK\n'
            f'cd {convoy.workspace()}/host$OMPI_COMM_WORLD_RANK\n'
            f'data={convoy.vehicles()}\n'
            f'[ "$OMPI_COMM_WORLD_RANK" = 0 ] || data={other}\n'
            'ln -sfn "$data/train.lmdb" train.lmdb\n'
            f'exec {convoy.CONVOY} train {path} --set data.train=train.lmdb\n')
        wrapper.chmod(0o755)
        done = subprocess.run(
            [*convoy.MPIRUN, "-np", "2", str(wrapper)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 78, done.stderr)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn("ranks do not agree on the training data: rank 0 on", lines[0])
        self.assertIn("rank 1 on", lines[0])

    def test_ranks_with_different_configs_are_refused_naming_the_key(self):
        path, _ = convoy.config("disagree")
        line = [convoy.CONVOY, "train", str(path)]
        done = subprocess.run(
            [*convoy.MPIRUN, "-np", "1", *line, ":", "-np", "1", *line,
             "--set", "data.val=null"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 78, done.stderr)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertIn("ranks do not agree on the config's data.val: rank 0 on", lines[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)

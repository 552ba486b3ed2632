"""Recipes are ready to train, and commands in docs are commands."""
import functools
import re
import unittest

import convoy

RECIPES = sorted((convoy.ROOT / "configs").glob("*.yaml"))
PAGES = [*convoy.ROOT.glob("*.md"), *(convoy.ROOT / "docs").glob("*.md"),
         *(convoy.ROOT / "configs").glob("*.yaml")]


class Recipes(unittest.TestCase):
    def test_every_recipe_is_ready_to_train(self):
        self.assertGreaterEqual(len(RECIPES), 3)
        for recipe in RECIPES:
            # A crop of the picture as stored wants pictures of its size.
            data = (convoy.vehicles(1, 1, 224) if "crop: random," in recipe.read_text()
                    else convoy.vehicles())
            with self.subTest(recipe.name):
                done = convoy.run(
                    "train", recipe, "--dry-run",
                    "--set", f"data.train={data}/train.lmdb",
                    "--set", f"data.val={data}/val.lmdb",
                    "--set", "batch.global=16",  # of few pictures
                    *([] if "iterations:" in recipe.read_text()
                      else ["--set", "run.epochs=30"]),
                    "--set", f"run.dir={convoy.workspace() / recipe.stem}", ranks=2)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("everything up to the first step is in order", done.stderr)
                self.assertNotIn("warning", done.stderr)

    def test_headers_tell_how_to_make_the_data_and_start(self):
        for recipe in RECIPES:
            text = recipe.read_text()
            header = text[:text.index("\nrun:")]
            commands = [line[2:].strip() for line in header.splitlines()
                        if line.startswith("#   ")]
            self.assertIn(f"launch/local.sh 2 configs/{recipe.name}", commands)
            makes = re.search(r"data: \{train: (\S+)/train\.lmdb", text)[1]
            self.assertTrue(any(makes in line.split() for line in commands),
                            f"{recipe.name}: nothing makes {makes}")
            for line in commands:
                program = line.split()[0]
                self.assertTrue(program in ("tar", "build/release/convoy")
                                or (convoy.ROOT / program).exists(),
                                f"{recipe.name}: {program} is not there")


@functools.lru_cache(maxsize=None)
def help_of(*words):
    done = convoy.run(*words, "--help")
    return done.stdout if done.returncode == 0 else None


def commands_in(text):
    """What follows `convoy` on lines of code blocks and between backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    lines += [line[2:] for line in text.splitlines() if line.startswith("#   ")]
    for line in lines:
        match = re.search(r"(?:^\s*|build/release/|mpirun -np \w+ )convoy +(.*)", line)
        if match:
            yield re.split(r"\s#|\s{3,}", match[1])[0].split()


class Docs(unittest.TestCase):
    def test_commands_exist_and_have_their_options(self):
        checked = 0
        for page in PAGES:
            for words in commands_in(page.read_text()):
                name = [w for w in words[:2 if words[0] in ("import", "dataset") else 1]
                        if re.fullmatch(r"[a-z]+", w)]
                if not name:
                    continue
                shown = help_of(*name)
                self.assertIsNotNone(shown, f"{page.name}: convoy {' '.join(words)}")
                for option in words:
                    if option.startswith("--"):
                        checked += 1
                        self.assertRegex(
                            shown, rf"{re.escape(option.split('=')[0])}\b",
                            f"{page.name}: convoy {' '.join(words)}")
        self.assertGreater(checked, 15)

    def test_keys_in_docs_are_keys(self):
        shown = convoy.run("train", RECIPES[0], "--print-config").stdout
        sections = re.findall(r"^(\w+):", shown, re.M)
        reference = (convoy.ROOT / "docs/configuration.md").read_text()
        keys = set(re.findall(r"^\| `([\w.]+)`", reference, re.M))
        for page in PAGES:
            for key in re.findall(rf"`((?:{'|'.join(sections)})\.(?!mdb)[\w.]+)",
                                  page.read_text()):
                self.assertTrue(any(f"{known}.".startswith(f"{key}.") for known in keys),
                                f"{page.name}: {key}")


if __name__ == "__main__":
    unittest.main(verbosity=2)

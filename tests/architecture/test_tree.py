"""The top level is fixed, a file is named after what lives in it, nothing of a machine is in it."""

import re

from tests.architecture.project import ROOT, all_tracked, tracked

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "cms",
    "compose.yaml",
    "docs",
    "manage.py",
    "members",
    "pyproject.toml",
    "requirements.lock",
    "resolutions",
    "search",
    "secretariat",
    "tests",
}
NAMELESS = {"utils", "helpers", "mixins", "misc", "common", "util", "helper"}

# Written in pieces, so that this file does not find itself.
OF_A_MACHINE = re.compile("/(?:" + "|".join(["work", "tmp", "root", "farm", "Users"]) + ")/")
SECRETS = re.compile("-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE " + "KEY-----")


def test_the_top_level_is_the_fixed_set() -> None:
    assert {path.parts[0] for path in all_tracked()} == TOP_LEVEL


def test_every_file_is_named_after_what_lives_in_it() -> None:
    assert [str(path) for path in all_tracked() if path.stem in NAMELESS] == []


def test_no_path_of_a_machine_and_no_key_is_in_the_project() -> None:
    found = []
    for path in all_tracked():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if OF_A_MACHINE.search(line) or SECRETS.search(line):
                found.append(f"{path}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_lock_names_no_place_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    lines = lock.splitlines()
    pins = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
    assert "://" not in lock
    assert [line for line in lines if line.lstrip().startswith(("--find", "--index", "-f "))] == []
    assert [lines[n] for n in pins if not re.match(r"[a-z0-9][a-z0-9._-]*==[^ ]+ ", lines[n])] == []
    assert [lines[n] for n in pins if "--hash=sha256:" not in lines[n + 1]] == []


def test_compiled_translations_are_not_tracked() -> None:
    assert tracked("*.mo") == []

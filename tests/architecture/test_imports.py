"""Imports point down, rules are pure: the contracts of pyproject.toml, and what they cannot see."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.project import ROOT, tracked

RULES = [
    path
    for path in tracked("*.py")
    if "rules" in path.parts[:-1] and path.parts[0] in ("members", "resolutions", "search")
]
IMPURE_CALLS = {"open", "print", "input", "eval", "exec", "__import__"}
IMPURE_METHODS = {"now", "today", "utcnow", "uuid1", "uuid4", "read_text", "write_text"}


def test_the_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert code == 0, capsys.readouterr().out


def impurities(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
            yield f"{node.lineno}: {node.func.id}()"
        if isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
            yield f"{node.lineno}: .{node.func.attr}()"


def floats(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno}: {node.value}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "float":
            yield f"{node.lineno}: float()"


def test_the_checks_below_see_what_they_look_for() -> None:
    source = "import datetime\ndatetime.datetime.now()\nopen('x')\nshare = 0.5\nfloat(1)\n"
    assert list(impurities(source)) == ["2: .now()", "3: open()"]
    assert list(floats(source)) == ["4: 0.5", "5: float()"]


def test_there_are_rules_to_look_at() -> None:
    assert {path.parts[0] for path in RULES} == {"members", "resolutions", "search"}


@pytest.mark.parametrize("path", RULES, ids=str)
def test_rules_read_no_clock_and_no_file(path: Path) -> None:
    assert list(impurities((ROOT / path).read_text())) == []


@pytest.mark.parametrize("path", [p for p in RULES if p.parts[0] != "search"], ids=str)
def test_rules_that_decide_use_exact_numbers(path: Path) -> None:
    assert list(floats((ROOT / path).read_text())) == []

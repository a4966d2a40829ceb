"""Every variable that the settings read is described in docs/reference/settings.md."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.project import ROOT, tracked

PAGE = "docs/reference/settings.md"
READERS = {"env", "environ"}


def variables_read(source: str) -> Iterator[str]:
    """Names given to `env(...)`, `env.kind(...)`, `os.environ.get(...)` and `os.environ[...]`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            reader, arguments = node.func, node.args[:1]
        elif isinstance(node, ast.Subscript):
            reader, arguments = node.value, [node.slice]
        else:
            continue
        names = {part.id for part in ast.walk(reader) if isinstance(part, ast.Name)}
        names |= {part.attr for part in ast.walk(reader) if isinstance(part, ast.Attribute)}
        for argument in arguments:
            name = argument.value if isinstance(argument, ast.Constant) else None
            if names & READERS and isinstance(name, str) and name.isupper():
                yield name


def documented() -> set[str]:
    """The names in the first column of the page's tables."""
    return set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / PAGE).read_text(), re.MULTILINE))


def read_anywhere() -> set[str]:
    sources = [*tracked("secretariat/settings/*.py"), *tracked("secretariat/deployment/*.py")]
    names = {
        name
        for path in [*sources, *tracked("manage.py")]
        for name in variables_read((ROOT / path).read_text())
    }
    return {name for name in names if not name.startswith("PYTEST_")}


def test_variables_are_found_however_they_are_read() -> None:
    source = (
        "env('A'); env.bool('B', default=True); os.environ.get('C', 'no').split(','); "
        "os.environ['D']; f('E')"
    )
    assert set(variables_read(source)) == {"A", "B", "C", "D"}


def test_every_variable_is_documented() -> None:
    assert read_anywhere() - documented() == set()


def test_no_variable_is_documented_that_nothing_reads() -> None:
    compose = (ROOT / "compose.yaml").read_text()
    unread = documented() - read_anywhere()
    assert {name for name in unread if f"${{{name}" not in compose} == set()

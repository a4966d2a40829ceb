"""Documentation: no link leads nowhere, no page is hidden, no command is missing."""

import re
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, tracked

PAGES = tracked("*.md")
KINDS = ("tutorials", "how-to", "reference", "explanation", "decisions")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def links(page: Path) -> set[Path]:
    """Files that a page links to, from the top of the project."""
    targets = LINK.findall((ROOT / page).read_text())
    local = [target for target in targets if "://" not in target and ":" not in target]
    return {(ROOT / page.parent / target).resolve() for target in local}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_link_leads_nowhere(page: Path) -> None:
    assert {str(target) for target in links(page) if not target.exists()} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_linked_from_its_kind(kind: str) -> None:
    index = Path("docs") / kind / "README.md"
    pages = {(ROOT / page).resolve() for page in PAGES if page.parent == index.parent}
    assert {str(page) for page in pages - links(index) - {ROOT / index}} == set()


def test_every_command_is_documented() -> None:
    commands = {
        path.stem
        for path in tracked("*/management/commands/*.py")
        if path.stem != "__init__" and "deployment" not in path.parts
    }
    page = (ROOT / "docs/reference/commands.md").read_text()
    assert commands - set(re.findall(r"^## (\w+)$", page, re.MULTILINE)) == set()


def test_every_make_command_is_explained_by_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"export"}
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert targets == explained

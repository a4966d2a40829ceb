"""The demonstration's data files, read once and typed where the code leans on them.

Cities and programme are real; candidates, votes and wording are invented, and every page
that shows them says so.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def read_json(name: str) -> Any:
    """One of the data files, by its name without ending."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def text_file(slug: str, language: str) -> bytes:
    """The plain text of one of the demonstration's legal texts."""
    return (DATA / "texts" / f"{slug}.{language}.txt").read_bytes()


def rules_file(slug: str) -> list[dict[str, Any]]:
    """The operative rules bound to a text: `[{"name", "provision_key", "value"}]`."""
    path = DATA / "texts" / f"{slug}.rules.json"
    rules: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return rules


def moment_of(text: str) -> datetime:
    """A moment as the data files write it: ISO 8601 with its offset."""
    return datetime.fromisoformat(text)

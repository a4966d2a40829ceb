"""Building and asking the embedded index."""

import json
import statistics
import time
from pathlib import Path

from search.engines.embedded import EmbeddedEngine
from search.query import Document, Query
from tests.architecture.project import ROOT

COPIES = 100
QUESTIONS = (
    "생활임금",
    "living wage",
    "감정노동",
    "비정규직 전환",
    "youth employment",
    "노동",
    "work",
)
MILLISECONDS = 200  # the slowest of all questions, over some thousands of practices
PRACTICES = "secretariat/workspace/demonstration/data/practices.jsonl"


def documents() -> list[Document]:
    """The demonstration's practices, a hundred times each under other names."""
    rows = [json.loads(line) for line in (ROOT / PRACTICES).read_text().splitlines()]
    return [
        Document(
            id=f"{row['id']}-{copy}",
            kind="practice",
            lang=row["lang"],
            title=row["title"],
            url=f"/{row['lang']}/library/{row['id']}-{copy}/",
            summary=row["summary"],
            body=row["body"],
            facets={"pillar": tuple(row["pillars"]), "country": (row["country"],)},
        )
        for row in rows
        for copy in range(COPIES)
    ]


def test_thousands_of_practices_answer_at_once(tmp_path: Path) -> None:
    practices = documents()
    engine = EmbeddedEngine(tmp_path / "search.sqlite3")
    began = time.perf_counter()
    assert engine.rebuild(practices) == len(practices)
    built = time.perf_counter() - began
    engine.search(Query(text="노동"))
    times = []
    for question in QUESTIONS * 5:
        began = time.perf_counter()
        engine.search(Query(text=question))
        times.append((time.perf_counter() - began) * 1000)
    engine.close()
    print(
        f"\n{len(practices)} documents indexed in {built:.1f} s; questions answered in "
        f"{statistics.median(times):.0f} ms (median), {max(times):.0f} ms (slowest)"
    )
    assert max(times) < MILLISECONDS

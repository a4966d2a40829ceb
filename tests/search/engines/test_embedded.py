"""What only the embedded engine has to stand: its file, other threads, other processes."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines.embedded import EmbeddedEngine
from search.errors import IndexUnavailable, RebuildSuperseded
from search.query import Document, Query


def document(id: str) -> Document:
    return Document(
        id=id,
        kind="practice",
        lang="ko",
        title=f"생활임금 {id}",
        url=f"/{id}/",
        facets={"tag": (id,)},
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search.sqlite3"


def test_a_missing_file_is_said_and_not_made_by_a_change(path: Path) -> None:
    engine = EmbeddedEngine(path)
    assert engine.search(Query(text="임금")).degraded == "index_missing"
    with pytest.raises(IndexUnavailable):
        engine.upsert([document("a")])
    assert not path.exists()


def test_a_damaged_file_is_said_and_replaced_by_a_rebuild(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)
    engine = EmbeddedEngine(path)
    assert engine.search(Query(text="임금")).degraded == "index_damaged"
    assert engine.rebuild([document("a")]) == 1
    assert engine.search(Query(text="임금")).total == 1
    engine.close()


def test_an_index_of_another_version_is_said_and_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = EmbeddedEngine(path)
    engine.rebuild([document("a")])
    monkeypatch.setattr("search.engines.embedded.FORMAT", "another")
    assert engine.search(Query(text="임금")).degraded == "index_outdated"
    assert engine.rebuild([document("a"), document("b")]) == 2
    assert engine.search(Query(text="임금")).total == 2
    engine.close()


def test_a_file_taken_away_under_an_open_engine(path: Path) -> None:
    engine = EmbeddedEngine(path)
    engine.rebuild([document("a")])
    for file in path.parent.iterdir():
        file.unlink()
    assert engine.search(Query(text="임금")).degraded == "index_missing"
    EmbeddedEngine(path).rebuild([document("a"), document("b")])
    results = engine.search(Query(text="임금"))
    assert (results.total, dict(results.facets["tag"])) == (2, {"a": 1, "b": 1})
    engine.close()


def test_changes_of_another_process_are_seen(path: Path) -> None:
    engine = EmbeddedEngine(path)
    engine.rebuild([document("a")])
    assert dict(engine.search(Query()).facets["tag"]) == {"a": 1}
    script = (
        "import sys; from search.query import Document;"
        "from search.engines.embedded import EmbeddedEngine;"
        "e = EmbeddedEngine(sys.argv[1]);"
        "e.upsert([Document(id='b', kind='practice', lang='ko', title='생활임금 b', url='/b/',"
        " facets={'tag': ('b',)})]);"
        "e.delete(kind='practice', thing='a')"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(path)], check=True, cwd=Path(__file__).parents[3]
    )
    results = engine.search(Query(text="임금"))
    assert (results.total, dict(results.facets["tag"])) == (1, {"b": 1})
    engine.close()


def test_many_threads_write_and_read(path: Path) -> None:
    engine = EmbeddedEngine(path)
    engine.rebuild(())
    seen: list[str] = []

    def write(first: int) -> None:
        for n in range(first, first + 20):
            engine.upsert([document(f"d{n}")])
            seen.append(engine.search(Query(text="임금")).degraded)
        engine.close()

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 20, 40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {""}
    results = engine.search(Query(text="임금"))
    assert results.total == 80
    assert len(results.facets["tag"]) == 80
    engine.close()


def test_a_rebuild_overtaken_by_another_gives_up(path: Path) -> None:
    engine, other = EmbeddedEngine(path), EmbeddedEngine(path)
    engine.rebuild(())

    def overtaken() -> Iterator[Document]:
        yield document("a")
        other.rebuild([document("b"), document("c")])

    with pytest.raises(RebuildSuperseded):
        engine.rebuild(overtaken())
    assert engine.count() == 2
    engine.close()
    other.close()


def test_a_first_rebuild_that_fails_leaves_no_index(path: Path) -> None:
    engine = EmbeddedEngine(path)

    def broken() -> Iterator[Document]:
        yield document("a")
        raise RuntimeError("source failed")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken())
    assert engine.search(Query(text="임금")).degraded == "index_missing"
    assert engine.rebuild([document("a")]) == 1
    engine.close()


def test_an_unfinished_rebuild_leaves_the_old_index(path: Path) -> None:
    engine = EmbeddedEngine(path)
    engine.rebuild([document("a")])

    def broken() -> Iterator[Document]:
        yield document("b")
        raise RuntimeError("source failed")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken())
    assert engine.search(Query(text="임금")).total == 1
    assert engine.rebuild([document("c")]) == 1
    engine.close()

"""The embedded engine: SQLite's FTS5 in a file of its own.

Several processes may read and write it at once (write-ahead log). The file
holds two *generations* at most: the one that answers, and the one a rebuild
is filling. A rebuild writes in short transactions beside the old
generation and then switches in one; whatever is changed meanwhile goes to
both, and the rebuild leaves alone what was changed under its hands.

Tokens are ours (`search.rules.analysis`); FTS5 only splits them at spaces.
The full-text table keeps no copy of the text, and this SQLite has no
`contentless_delete`: a row is removed by giving FTS5 its old tokens again,
which is why the analysis' version is stored and an index of another
version is refused until it is rebuilt.

Facets are bit sets in memory, one integer for each value with a bit for
each document; counting is `(found & value).bit_count()`. Changes made by
other processes arrive through the table of changes.
"""

from __future__ import annotations

import heapq
import json
import logging
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from search.engines.hits import Stored, make_hit
from search.errors import IndexUnavailable, RebuildSuperseded
from search.query import DEEPEST, FACETS, Document, Hit, Query, Results, Sort
from search.rules import analysis
from search.rules.question import Question, read_question
from search.rules.suggestion import nearest

logger = logging.getLogger(__name__)

FORMAT = f"1/{analysis.VERSION}"
WAIT_SECONDS = 20
BATCH = 500
CHANGES_KEPT = 5_000
WEIGHTS = "8.0, 3.0, 1.0, 4.0"
"""What a word weighs in title, summary, body and keywords (bm25)."""

_SCHEMA = """
CREATE TABLE document_{g} (
    n INTEGER PRIMARY KEY, kind TEXT NOT NULL, whole TEXT NOT NULL,
    id TEXT NOT NULL, lang TEXT NOT NULL,
    title TEXT NOT NULL, url TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL,
    keywords TEXT NOT NULL, facets TEXT NOT NULL, day TEXT NOT NULL, UNIQUE (kind, id, lang));
CREATE INDEX document_{g}_whole ON document_{g} (kind, whole);
CREATE INDEX document_{g}_day ON document_{g} (day, n);
CREATE INDEX document_{g}_title ON document_{g} (title, n);
CREATE TABLE facet_{g} (
    n INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (n, name, value)) WITHOUT ROWID;
CREATE TABLE word_{g} (word TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE change_{g} (seq INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER NOT NULL);
CREATE TABLE touched_{g} (
    kind TEXT NOT NULL, whole TEXT NOT NULL, PRIMARY KEY (kind, whole)) WITHOUT ROWID;
CREATE VIRTUAL TABLE text_{g} USING fts5(
    title, summary, body, keywords, content='', tokenize='ascii');
"""
_TABLES = ("text", "touched", "change", "word", "facet", "document")


@dataclass(slots=True)
class _Facets:
    """The facet values of one generation as bit sets; bit n is document n."""

    file: tuple[int, int]
    generation: int
    seq: int = -1
    everything: int = 0
    values: dict[tuple[str, str], int] = field(default_factory=dict)


class EmbeddedEngine:
    """See the module. Opened lazily; one connection for each thread."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._local = threading.local()
        self._lock = threading.Lock()
        self._facets: _Facets | None = None

    # Reading

    def search(self, query: Query) -> Results:
        """Answer a query; never raises for an index that cannot answer."""
        try:
            with self._reading() as connection:
                return self._answer(connection, query)
        except IndexUnavailable as reason:
            return Results(degraded=reason.code, page=query.page)

    def count(self) -> int:
        """Documents in the generation that answers."""
        with self._reading() as connection:
            (number,) = connection.execute(
                f"SELECT count(*) FROM document_{_current(connection)}"
            ).fetchone()
            return int(number)

    def _answer(self, connection: sqlite3.Connection, query: Query) -> Results:
        generation = _current(connection)
        facets = self._loaded_facets(connection, generation)
        question = read_question(query.text)
        relaxed, suggestion = False, ""
        ranks: list[tuple[float, int]] = []
        if query.text.strip():
            filters = query.filters()
            ranks, found = (
                _match(connection, generation, question, all_words=True) if question else ([], 0)
            )
            mask = _chosen(facets, filters)
            if not found & mask:
                suggestion = _suggest(connection, generation, question)
                if len(question.clauses) > 1:
                    some, found_some = _match(connection, generation, question, all_words=False)
                    if found_some & mask:
                        ranks, found, relaxed = some, found_some, True
        else:
            found = facets.everything
        return self._page(
            connection, generation, query, question, facets, found, ranks, relaxed, suggestion
        )

    def _page(
        self,
        connection: sqlite3.Connection,
        generation: int,
        query: Query,
        question: Question,
        facets: _Facets,
        found: int,
        ranks: list[tuple[float, int]],
        relaxed: bool,
        suggestion: str,
    ) -> Results:
        filters = query.filters()
        kept = found & _chosen(facets, filters)
        total = kept.bit_count()
        reachable = min(total, DEEPEST)
        pages = -(-reachable // query.per_page)
        until = min(query.offset + query.per_page, reachable)
        ranked = (
            _ranked(connection, generation, query, ranks, kept, found, until)
            if query.offset < until
            else []
        )
        return Results(
            total=total,
            hits=_hits(connection, generation, ranked[query.offset :], question),
            facets=_facet_counts(facets, found, filters),
            page=query.page,
            pages=pages,
            suggestion=suggestion,
            relaxed=relaxed,
        )

    def _loaded_facets(self, connection: sqlite3.Connection, generation: int) -> _Facets:
        """The bit sets, brought up to the changes this read sees."""
        with self._lock:
            loaded = self._facets
            file = self._local.file
            seq = _last_change(connection, generation)
            if loaded is None or loaded.file != file or loaded.generation != generation:
                loaded = _load_facets(connection, file, generation, seq)
            elif loaded.seq < seq:
                loaded = _refresh_facets(connection, loaded, seq)
            self._facets = loaded
            return loaded

    # Writing

    def upsert(self, documents: Iterable[Document]) -> None:
        """Store documents, each in place of the one with its kind, id and language."""
        with self._writing() as connection:
            for document in documents:
                for generation in _written(connection):
                    _remove(connection, generation, _ONE, _key(document))
                    _insert(connection, generation, document)
                _touch(connection, document.kind, document.whole)

    def replace(self, *, kind: str, things: Sequence[str], documents: Iterable[Document]) -> None:
        """Store what these things are now; parts and languages that are not given go away."""
        now = [each for each in documents if each.kind == kind and each.whole in things]
        with self._writing() as connection:
            for generation in _written(connection):
                for thing in things:
                    _remove(connection, generation, "kind = ? AND whole = ?", (kind, thing))
                for document in now:
                    _insert(connection, generation, document)
            for thing in things:
                _touch(connection, kind, thing)

    def delete(self, *, kind: str, thing: str) -> None:
        """Forget a thing in all its languages and parts."""
        self.replace(kind=kind, things=[thing], documents=())

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build the index anew beside the old one, then switch; a bad file is replaced."""
        token = secrets.token_hex(8)
        self._ensure_file()
        with self._writing(check=False) as connection:
            generation = _begin_generation(connection, token)
        incoming = iter(documents)
        while batch := list(islice(incoming, BATCH)):
            with self._writing(check=False) as connection:
                _require_building(connection, token)
                _insert_untouched(connection, generation, batch)
        self._merge(generation)
        with self._writing(check=False) as connection:
            _require_building(connection, token)
            _switch(connection, generation)
            (number,) = connection.execute(f"SELECT count(*) FROM document_{generation}").fetchone()
        return int(number)

    def _merge(self, generation: int) -> None:
        """Merge the pieces FTS5 wrote into one, in steps that let others write in between."""
        with self._writing(check=False) as connection:
            connection.execute(
                f"INSERT INTO text_{generation}(text_{generation}, rank) VALUES ('merge', -2000)"
            )
        for _ in range(10_000):
            with self._writing(check=False) as connection:
                before = connection.total_changes
                connection.execute(
                    f"INSERT INTO text_{generation}(text_{generation}, rank) VALUES ('merge', 2000)"
                )
                if connection.total_changes - before < 2:
                    return

    # Connections

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with _named_errors():
            connection = self._connection()
            _require_format(connection)
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def _writing(self, *, check: bool = True) -> Iterator[sqlite3.Connection]:
        with _named_errors():
            connection = self._connection()
            if check:
                _require_format(connection)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, opened again after a fork or when the file was replaced."""
        try:
            stat = self.path.stat()
        except OSError as gone:
            raise IndexUnavailable(f"{self.path.name} is not there", code="index_missing") from gone
        file = (stat.st_dev, stat.st_ino)
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is not None and self._local.file == file and self._local.process == os.getpid():
            return held
        if held is not None and self._local.process == os.getpid():
            held.close()
        connection = _open(self.path)
        self._local.connection, self._local.file, self._local.process = (
            connection,
            file,
            os.getpid(),
        )
        return connection

    def _ensure_file(self) -> None:
        """An index file of this format: one that is missing or cannot be used is made new."""
        try:
            with _named_errors():
                _require_format(self._connection())
                return
        except IndexUnavailable as reason:
            if reason.code == "index_busy":
                raise
            logger.warning("search index: %s; a new one is made", reason.code)
        self.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        made = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.new")
        with _named_errors():
            connection = _open(made)
            connection.executescript(
                "BEGIN;"
                "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
                "COMMIT;"
            )
            connection.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [
                    ("format", FORMAT),
                    ("current", ""),
                    ("last", "0"),
                    ("building", ""),
                    ("token", ""),
                ],
            )
            # Closing the only connection folds the log into the file: it can be moved alone.
            connection.close()
        for leftover in ("-wal", "-shm"):
            self.path.with_name(self.path.name + leftover).unlink(missing_ok=True)
        made.replace(self.path)

    def close(self) -> None:
        """Let go of this thread's connection."""
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is not None and self._local.process == os.getpid():
            held.close()
        self._local.connection = None


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA cache_size=-32000")
    connection.execute("PRAGMA mmap_size=1073741824")
    return connection


@contextmanager
def _named_errors() -> Iterator[None]:
    """What SQLite says about the file, in our words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        busy = "locked" in str(error) or "busy" in str(error)
        raise IndexUnavailable(
            str(error), code="index_busy" if busy else "index_damaged"
        ) from error
    except sqlite3.DatabaseError as error:
        raise IndexUnavailable(str(error), code="index_damaged") from error


def _meta(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def _set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))


def _require_format(connection: sqlite3.Connection) -> None:
    found = _meta(connection, "format")
    if found != FORMAT:
        raise IndexUnavailable(
            f"the index has format {found!r}, not {FORMAT!r}", code="index_outdated"
        )


def _current(connection: sqlite3.Connection) -> int:
    if current := _meta(connection, "current"):
        return int(current)
    raise IndexUnavailable("the index was never built to its end", code="index_missing")


def _written(connection: sqlite3.Connection) -> list[int]:
    """The generations a change goes to: the one that answers and the one being built."""
    named = (_meta(connection, "current"), _meta(connection, "building"))
    if generations := [int(name) for name in named if name]:
        return generations
    raise IndexUnavailable("the index was never built", code="index_missing")


def _touch(connection: sqlite3.Connection, kind: str, whole: str) -> None:
    if building := _meta(connection, "building"):
        connection.execute(
            f"INSERT OR IGNORE INTO touched_{int(building)} VALUES (?, ?)", (kind, whole)
        )


def _begin_generation(connection: sqlite3.Connection, token: str) -> int:
    if unfinished := _meta(connection, "building"):
        _drop(connection, int(unfinished))
    generation = int(_meta(connection, "last")) + 1
    for statement in _SCHEMA.format(g=generation).split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(
        f"INSERT INTO text_{generation}(text_{generation}, rank) VALUES ('automerge', 8)"
    )
    _set_meta(connection, "last", str(generation))
    _set_meta(connection, "building", str(generation))
    _set_meta(connection, "token", token)
    return generation


def _require_building(connection: sqlite3.Connection, token: str) -> None:
    if _meta(connection, "token") != token:
        raise RebuildSuperseded(
            "another rebuild began while this one was running; its result stands"
        )


def _switch(connection: sqlite3.Connection, generation: int) -> None:
    old = _meta(connection, "current")
    _set_meta(connection, "current", str(generation))
    _set_meta(connection, "building", "")
    _set_meta(connection, "token", "")
    connection.execute(f"DELETE FROM touched_{generation}")
    if old:
        _drop(connection, int(old))


def _drop(connection: sqlite3.Connection, generation: int) -> None:
    for table in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}_{generation}")


def _insert_untouched(
    connection: sqlite3.Connection, generation: int, batch: Sequence[Document]
) -> None:
    """What a change has reached meanwhile is newer than what the rebuild read."""
    for document in batch:
        if connection.execute(
            f"SELECT 1 FROM touched_{generation} WHERE kind = ? AND whole = ?",
            (document.kind, document.whole),
        ).fetchone():
            continue
        _remove(connection, generation, _ONE, _key(document))
        _insert(connection, generation, document, announce=False)


def _insert(
    connection: sqlite3.Connection, generation: int, document: Document, *, announce: bool = True
) -> None:
    facets = document.every_facet()
    row = (
        document.kind,
        document.whole,
        document.id,
        document.lang,
        analysis.normalise(document.title),
        document.url,
        analysis.normalise(document.summary),
        analysis.normalise(document.body),
        analysis.normalise("\n".join(document.keywords)),
        json.dumps(facets, ensure_ascii=False),
        document.date.isoformat() if document.date else "",
    )
    n = connection.execute(
        f"INSERT INTO document_{generation}"
        " (kind, whole, id, lang, title, url, summary, body, keywords, facets, day)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    ).lastrowid
    connection.execute(
        f"INSERT INTO text_{generation} (rowid, title, summary, body, keywords)"
        " VALUES (?, ?, ?, ?, ?)",
        (n, *_streams(row[4], row[6], row[7], row[8])),
    )
    connection.executemany(
        f"INSERT INTO facet_{generation} VALUES (?, ?, ?)",
        [(n, name, value) for name, values in facets.items() for value in values],
    )
    connection.executemany(
        f"INSERT INTO word_{generation} VALUES (?, 1)"
        " ON CONFLICT (word) DO UPDATE SET seen = seen + 1",
        [(word,) for word in analysis.words(row[4])],
    )
    if announce:
        _announce(connection, generation, n)


_ONE = "kind = ? AND id = ? AND lang = ?"


def _key(document: Document) -> tuple[str, str, str]:
    return document.kind, document.id, document.lang


def _remove(
    connection: sqlite3.Connection, generation: int, where: str, key: tuple[str, ...]
) -> None:
    rows = connection.execute(
        f"SELECT n, title, summary, body, keywords FROM document_{generation} WHERE {where}", key
    ).fetchall()
    for n, title, summary, body, keywords in rows:
        connection.execute(
            f"INSERT INTO text_{generation}"
            f" (text_{generation}, rowid, title, summary, body, keywords)"
            " VALUES ('delete', ?, ?, ?, ?, ?)",
            (n, *_streams(title, summary, body, keywords)),
        )
        connection.execute(f"DELETE FROM document_{generation} WHERE n = ?", (n,))
        connection.execute(f"DELETE FROM facet_{generation} WHERE n = ?", (n,))
        words = [(word,) for word in analysis.words(title)]
        connection.executemany(
            f"UPDATE word_{generation} SET seen = seen - 1 WHERE word = ?", words
        )
        connection.executemany(f"DELETE FROM word_{generation} WHERE word = ? AND seen < 1", words)
        _announce(connection, generation, n)


def _streams(*texts: str) -> tuple[str, ...]:
    return tuple(analysis.stream(text) for text in texts)


def _announce(connection: sqlite3.Connection, generation: int, n: int | None) -> None:
    seq = connection.execute(f"INSERT INTO change_{generation} (n) VALUES (?)", (n,)).lastrowid or 0
    if seq % 100 == 0:
        connection.execute(f"DELETE FROM change_{generation} WHERE seq <= ?", (seq - CHANGES_KEPT,))


def _last_change(connection: sqlite3.Connection, generation: int) -> int:
    (seq,) = connection.execute(f"SELECT coalesce(max(seq), 0) FROM change_{generation}").fetchone()
    return int(seq)


def _load_facets(
    connection: sqlite3.Connection, file: tuple[int, int], generation: int, seq: int
) -> _Facets:
    (highest,) = connection.execute(
        f"SELECT coalesce(max(n), 0) FROM document_{generation}"
    ).fetchone()
    members: dict[tuple[str, str], list[int]] = {}
    for n, name, value in connection.execute(f"SELECT n, name, value FROM facet_{generation}"):
        members.setdefault((name, value), []).append(n)
    everything = _bits(
        (n for (n,) in connection.execute(f"SELECT n FROM document_{generation}")), highest
    )
    values = {key: _bits(found, highest) for key, found in members.items()}
    return _Facets(file=file, generation=generation, seq=seq, everything=everything, values=values)


def _refresh_facets(connection: sqlite3.Connection, loaded: _Facets, seq: int) -> _Facets:
    """Apply the changes since the last look, or load anew where they are too many or forgotten."""
    g = loaded.generation
    changes = connection.execute(
        f"SELECT seq, n FROM change_{g} WHERE seq > ? ORDER BY seq", (loaded.seq,)
    ).fetchall()
    if len(changes) > 200 or not changes or changes[0][0] != loaded.seq + 1:
        return _load_facets(connection, loaded.file, g, seq)
    touched = {n for _, n in changes}
    clear = 0
    for n in touched:
        clear |= 1 << n
    values = {key: bits & ~clear if bits & clear else bits for key, bits in loaded.values.items()}
    everything = loaded.everything & ~clear
    for n in touched:
        if connection.execute(f"SELECT 1 FROM document_{g} WHERE n = ?", (n,)).fetchone():
            everything |= 1 << n
        for name, value in connection.execute(
            f"SELECT name, value FROM facet_{g} WHERE n = ?", (n,)
        ):
            values[name, value] = values.get((name, value), 0) | 1 << n
    return _Facets(file=loaded.file, generation=g, seq=seq, everything=everything, values=values)


def _bits(numbers: Iterable[int], highest: int) -> int:
    field_ = bytearray(highest // 8 + 1)
    for n in numbers:
        field_[n >> 3] |= 1 << (n & 7)
    return int.from_bytes(field_, "little")


def _chosen(facets: _Facets, filters: dict[str, tuple[str, ...]], *, but: str = "") -> int:
    """The documents with the chosen values: values of one facet widen, facets narrow."""
    mask = facets.everything
    for name, values in filters.items():
        if name != but:
            any_of = 0
            for value in values:
                any_of |= facets.values.get((name, value), 0)
            mask &= any_of
    return mask


def _facet_counts(
    facets: _Facets, found: int, filters: dict[str, tuple[str, ...]]
) -> dict[str, tuple[tuple[str, int], ...]]:
    shared = found & _chosen(facets, filters)
    own = {name: found & _chosen(facets, filters, but=name) for name in filters}
    counts: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    for (name, value), bits in facets.values.items():
        number = (bits & own.get(name, shared)).bit_count()
        if number or value in filters.get(name, ()):
            counts.setdefault(name, []).append((value, number))
    return {
        name: tuple(sorted(found, key=lambda each: (-each[1], each[0])))
        for name, found in counts.items()
        if found
    }


def _match(
    connection: sqlite3.Connection, generation: int, question: Question, *, all_words: bool
) -> tuple[list[tuple[float, int]], int]:
    """Every document that answers as `(rank, n)`, less is better, and the same as a bit set."""
    expression = (" AND " if all_words else " OR ").join(
        "(" + " OR ".join('"' + " ".join(phrase) + '"' for phrase in clause.phrases) + ")"
        for clause in question.clauses
    )
    rows = connection.execute(
        f"SELECT round(bm25(text_{generation}, {WEIGHTS}), 6), rowid FROM text_{generation}"
        f" WHERE text_{generation} MATCH ?",
        (expression,),
    ).fetchall()
    return rows, _bits((n for _, n in rows), max((n for _, n in rows), default=0))


def _ranked(
    connection: sqlite3.Connection,
    generation: int,
    query: Query,
    ranks: list[tuple[float, int]],
    kept: int,
    found: int,
    until: int,
) -> list[tuple[float, int]]:
    """The first `until` of the kept documents in the order asked for, as `(rank, n)`."""
    inside = kept.to_bytes(kept.bit_length() // 8 + 1, "little")
    size = len(inside)

    def keeps(n: int) -> bool:
        return (n >> 3) < size and bool(inside[n >> 3] >> (n & 7) & 1)

    if ranks and query.sort is Sort.RELEVANCE:
        candidates: Iterable[tuple[float, int]] = ranks
        if kept != found:
            candidates = (pair for pair in ranks if keeps(pair[1]))
        return heapq.nsmallest(until, candidates)
    order = {Sort.TITLE: "title, n", Sort.OLDEST: "day = '', day, n"}.get(query.sort, "day DESC, n")
    known = {n: rank for rank, n in ranks}
    rows = connection.execute(f"SELECT n FROM document_{generation} ORDER BY {order}")
    return list(islice(((known.get(n, 0.0), n) for (n,) in rows if keeps(n)), until))


def _hits(
    connection: sqlite3.Connection,
    generation: int,
    ranked: Sequence[tuple[float, int]],
    question: Question,
) -> tuple[Hit, ...]:
    marks = ", ".join("?" for _ in ranked)
    rows = connection.execute(
        f"SELECT n, id, kind, lang, title, url, summary, body, facets, day"
        f" FROM document_{generation} WHERE n IN ({marks})",
        [n for _, n in ranked],
    )
    stored = {
        n: Stored(
            id=id,
            kind=kind,
            lang=lang,
            title=title,
            url=url,
            summary=summary,
            body=body,
            facets=json.loads(facets),
            day=day,
        )
        for n, id, kind, lang, title, url, summary, body, facets, day in rows
    }
    return tuple(make_hit(stored[n], -rank, question) for rank, n in ranked if n in stored)


def _suggest(connection: sqlite3.Connection, generation: int, question: Question) -> str:
    """The question with each unknown word replaced by the nearest word of a title, or nothing."""
    said = []
    changed = False
    for clause in question.clauses:
        words = analysis.words(clause.asked)
        if len(words) != 1:
            said.append(clause.asked)
            continue
        rows = connection.execute(
            f"SELECT word, seen FROM word_{generation} WHERE length(word) BETWEEN ? AND ?",
            (len(words[0]) - 2, len(words[0]) + 2),
        ).fetchall()
        near = nearest(words[0], rows)
        changed = changed or bool(near)
        said.append(near or clause.asked)
    return " ".join(said) if changed else ""

"""The engine over an Elasticsearch server, for installations with several machines.

The same tokens (`search.rules.analysis`) in fields that the server only splits at spaces: the
same documents are found and counted as by the embedded engine, and only the ranking may differ.

Every generation is an index of its own behind an alias that carries the analysis' version. A
rebuild fills a new index and moves the alias in one step. What is changed meanwhile is written
to both, marked as a change, and wins over what the rebuild had read.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import scan, streaming_bulk
from elasticsearch_dsl import A, Q, Search  # type: ignore[import-untyped]

from search.engines.hits import Stored, make_hit
from search.errors import IndexUnavailable, RebuildSuperseded
from search.query import DEEPEST, FACETS, Document, Query, Results, Sort
from search.rules import analysis
from search.rules.question import Question, read_question
from search.rules.suggestion import nearest

FORMAT = f"1-{analysis.VERSION}"
BATCH = 500
MOST_VALUES = 5_000
"""Values of one facet that are counted."""
REACHED_IN_SECONDS = 10
WEIGHTS = ("title^8", "summary^3", "body", "keywords^4")

_TOKENS = {"type": "text", "analyzer": "whitespace"}
_KEYWORD = {"type": "keyword"}
_MAPPING = {
    "dynamic": "strict",
    "properties": {
        **dict.fromkeys(("title", "summary", "body", "keywords"), _TOKENS),
        **dict.fromkeys(("key", "kind", "whole", "day", "order", "words", "written"), _KEYWORD),
        "facet": {"properties": dict.fromkeys(FACETS, _KEYWORD)},
        "shown": {"type": "object", "enabled": False},
    },
}


class ElasticsearchEngine:
    """See the module. One client for the process; it keeps its own pool of connections."""

    def __init__(self, url: str, *, name: str = "library") -> None:
        self.client = Elasticsearch(url, request_timeout=REACHED_IN_SECONDS, max_retries=1)
        self.alias = f"{name}-{FORMAT}"
        self.building = f"{self.alias}-building"

    def search(self, query: Query) -> Results:
        """Answer a query; never raises for an index that cannot answer."""
        try:
            with _named_errors():
                return self._answer(query)
        except IndexUnavailable as reason:
            return Results(degraded=reason.code, page=query.page)

    def count(self) -> int:
        """Documents in the generation that answers."""
        with _named_errors():
            return int(self.client.count(index=self.alias, query=_DOCUMENTS.to_dict())["count"])

    def upsert(self, documents: Iterable[Document]) -> None:
        """Store documents, each in place of the one with its kind, id and language."""
        given = list(documents)
        self._change([], given, {(each.kind, each.whole) for each in given})

    def replace(self, *, kind: str, things: Sequence[str], documents: Iterable[Document]) -> None:
        """Store what these things are now; parts and languages that are not given go away."""
        now = [each for each in documents if each.kind == kind and each.whole in things]
        gone = Q("term", kind=kind) & Q("terms", whole=list(things))
        self._change([gone], now, {(kind, thing) for thing in things})

    def delete(self, *, kind: str, thing: str) -> None:
        """Forget a thing in all its languages and parts."""
        self.replace(kind=kind, things=[thing], documents=())

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build the index anew beside the old one, then switch."""
        with _named_errors():
            index = self._begin()
            incoming = iter(documents)
            while batch := list(islice(incoming, BATCH)):
                self._require_building(index)
                # What a change has written meanwhile is newer: creating it again is refused.
                rows = (_row(each, index, "rebuild") | {"_op_type": "create"} for each in batch)
                self._write(rows)
            self.client.indices.refresh(index=index)
            self._drop_overtaken(index)
            self._switch(index)
            return self.count()

    # Answering

    def _answer(self, query: Query) -> Results:
        question = read_question(query.text)
        if query.text.strip() and not question:
            return self._results(query, question, self._ask(query, Q("match_none")))
        found = self._ask(query, _matching(question, all_words=True))
        if query.text.strip() and not found.hits.total.value:
            suggestion = self._suggest(question)
            if len(question.clauses) > 1:
                some = self._ask(query, _matching(question, all_words=False))
                if some.hits.total.value:
                    return self._results(query, question, some, suggestion, relaxed=True)
            return self._results(query, question, found, suggestion)
        return self._results(query, question, found)

    def _ask(self, query: Query, matching: Any) -> Any:
        filters = {
            name: Q("terms", **{f"facet.{name}": list(values)})
            for name, values in query.filters().items()
        }
        search = Search(using=self.client, index=self.alias).query(
            "bool", must=[matching], filter=[_DOCUMENTS]
        )
        for name in FACETS:
            others = [chosen for other, chosen in filters.items() if other != name]
            counted = A("terms", field=f"facet.{name}", size=MOST_VALUES)
            search.aggs.bucket(name, "filter", filter=Q("bool", filter=others)).bucket(
                "values", counted
            )
        start = min(query.offset, DEEPEST)
        end = min(start + query.per_page, DEEPEST)
        search = search.post_filter("bool", filter=list(filters.values()))
        search = search.sort(*_order(query)).extra(track_total_hits=True, track_scores=True)
        return search[start:end].execute()

    def _results(
        self,
        query: Query,
        question: Question,
        found: Any,
        suggestion: str = "",
        *,
        relaxed: bool = False,
    ) -> Results:
        total = int(found.hits.total.value)
        return Results(
            total=total,
            hits=tuple(
                make_hit(Stored(**hit["_source"]["shown"]), hit["_score"] or 0.0, question)
                for hit in found.to_dict()["hits"]["hits"]
            ),
            facets=_facet_counts(found, query.filters()),
            page=query.page,
            pages=-(-min(total, DEEPEST) // query.per_page),
            suggestion=suggestion,
            relaxed=relaxed,
        )

    def _suggest(self, question: Question) -> str:
        said, changed = [], False
        for clause in question.clauses:
            words = analysis.words(clause.asked)
            near = self._nearest(words[0]) if len(words) == 1 else ""
            changed = changed or bool(near)
            said.append(near or clause.asked)
        return " ".join(said) if changed else ""

    def _nearest(self, word: str) -> str:
        like = f"{word[0]}.*|.*{word[-1]}"
        search = Search(using=self.client, index=self.alias)[:0]
        search.aggs.bucket("words", "terms", field="words", size=MOST_VALUES, include=like)
        buckets = search.execute().aggregations.words.buckets
        return nearest(word, [(bucket.key, bucket.doc_count) for bucket in buckets])

    # Writing

    def _change(
        self, gone: list[Any], documents: list[Document], touched: set[tuple[str, str]]
    ) -> None:
        with _named_errors():
            targets = self._targets()
            if not targets:
                raise IndexUnavailable("no index was built", code="index_missing")
            for index, building in targets:
                self.client.indices.refresh(index=index)
                rows = [
                    self._removal(index, hit) for query in gone for hit in self._ids(index, query)
                ]
                rows += [_row(each, index, "change") for each in documents]
                if building:
                    rows += [_touched(index, kind, whole) for kind, whole in touched]
                self._write(rows)
                self.client.indices.refresh(index=index)

    def _targets(self) -> list[tuple[str, bool]]:
        """The indexes a change goes to, and whether each is being built."""
        return [
            (index, alias == self.building)
            for alias in (self.alias, self.building)
            for index in self._behind(alias)
        ]

    def _behind(self, alias: str) -> list[str]:
        try:
            return sorted(self.client.indices.get_alias(name=alias))
        except NotFoundError:
            return []

    def _ids(self, index: str, query: Any) -> Iterator[str]:
        asked = {"query": (query & _DOCUMENTS).to_dict(), "_source": False}
        return (hit["_id"] for hit in scan(self.client, index=index, query=asked))

    def _write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Write many rows; what is gone already, or was created by a change, is as wanted."""
        for done, answer in streaming_bulk(self.client, rows, raise_on_error=False):
            (action, what), *_ = answer.items()
            as_wanted = (action, what["status"]) in (("create", 409), ("delete", 404))
            if not done and not as_wanted:
                raise IndexUnavailable(str(what), code="index_damaged")

    def _removal(self, index: str, id: str) -> dict[str, Any]:
        return {"_op_type": "delete", "_index": index, "_id": id}

    # Generations

    def _begin(self) -> str:
        for unfinished in self._behind(self.building):
            self.client.indices.delete(index=unfinished)
        index = f"{self.alias}-{secrets.token_hex(6)}"
        self.client.indices.create(
            index=index,
            mappings=_MAPPING,
            settings={"number_of_shards": 1, "number_of_replicas": 0},
            aliases={self.building: {}},
        )
        return index

    def _require_building(self, index: str) -> None:
        if self._behind(self.building) != [index]:
            raise RebuildSuperseded("another rebuild began meanwhile; its result stands")

    def _drop_overtaken(self, index: str) -> None:
        """Take out what the rebuild wrote of things that were changed under its hands."""
        touched = scan(self.client, index=index, query={"query": {"term": {"written": "touched"}}})
        for hit in touched:
            thing = hit["_source"]
            stale = Q("term", kind=thing["kind"]) & Q("term", whole=thing["whole"])
            stale &= Q("term", written="rebuild")
            rows = [self._removal(index, id) for id in self._ids(index, stale)]
            self._write([*rows, self._removal(index, hit["_id"])])

    def _switch(self, index: str) -> None:
        self._require_building(index)
        old = self._behind(self.alias)
        self.client.indices.refresh(index=index)
        self.client.indices.update_aliases(
            actions=[
                {"add": {"index": index, "alias": self.alias}},
                {"remove": {"index": index, "alias": self.building}},
                *({"remove_index": {"index": each}} for each in old),
            ]
        )


_DOCUMENTS = ~Q("term", written="touched")
"""Documents, and not the notes that a change leaves for a rebuild."""


@contextmanager
def _named_errors() -> Iterator[None]:
    """What the client says about the server, in our words."""
    try:
        yield
    except NotFoundError as error:
        raise IndexUnavailable(str(error), code="index_missing") from error
    except (ApiError, TransportError) as error:
        raise IndexUnavailable(str(error), code="index_unreachable") from error


def _matching(question: Question, *, all_words: bool) -> Any:
    if not question:
        return Q("match_all")
    clauses = [
        Q(
            "bool",
            should=[
                Q("multi_match", query=" ".join(phrase), type="phrase", fields=list(WEIGHTS))
                for phrase in clause.phrases
            ],
        )
        for clause in question.clauses
    ]
    return Q("bool", must=clauses) if all_words else Q("bool", should=clauses)


def _order(query: Query) -> list[Any]:
    if query.sort is Sort.RELEVANCE and query.text.strip():
        return ["_score", "key"]
    if query.sort is Sort.TITLE:
        return ["order", "key"]
    direction = "asc" if query.sort is Sort.OLDEST else "desc"
    return [{"day": {"order": direction, "missing": "_last"}}, "key"]


def _facet_counts(
    found: Any, filters: dict[str, tuple[str, ...]]
) -> dict[str, tuple[tuple[str, int], ...]]:
    counts = {}
    for name in FACETS:
        counted = {each.key: each.doc_count for each in found.aggregations[name]["values"].buckets}
        counted |= {value: 0 for value in filters.get(name, ()) if value not in counted}
        if counted:
            counts[name] = tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))
    return counts


def _row(document: Document, index: str, written: str) -> dict[str, Any]:
    facets = document.every_facet()
    day = document.date.isoformat() if document.date else ""
    title, summary, body = map(
        analysis.normalise, (document.title, document.summary, document.body)
    )
    key = f"{document.kind}|{document.id}|{document.lang}"
    stored = Stored(
        id=document.id,
        kind=document.kind,
        lang=document.lang,
        title=title,
        url=document.url,
        summary=summary,
        body=body,
        facets=facets,
        day=day,
    )
    return {
        "_index": index,
        "_id": hashlib.sha256(key.encode()).hexdigest(),
        "key": key,
        "kind": document.kind,
        "whole": document.whole,
        "day": day or None,
        "order": title[:200],
        "title": analysis.stream(title),
        "summary": analysis.stream(summary),
        "body": analysis.stream(body),
        "keywords": analysis.stream("\n".join(document.keywords)),
        "words": analysis.words(title),
        "facet": {name: list(values) for name, values in facets.items() if name in FACETS},
        "written": written,
        "shown": asdict(stored),
    }


def _touched(index: str, kind: str, whole: str) -> dict[str, Any]:
    return {
        "_index": index,
        "_id": "touched-" + hashlib.sha256(f"{kind}|{whole}".encode()).hexdigest(),
        "kind": kind,
        "whole": whole,
        "written": "touched",
    }

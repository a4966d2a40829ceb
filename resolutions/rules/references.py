"""Cross-references: which provision each citation in a text means, and how it follows.

`find_references` finds the citations of the text's own provisions and resolves each to a key;
one whose provision is not there, or is repealed, dangles. `follow_renumbering` writes the numbers
in words that stayed anew where the provisions they mean have other numbers now.

What is not said is taken from where the citation stands: 제1항 is that of its own article, and so
is paragraph 1. In supplementary provisions and in an annex without such an article, 제11조 is the
article of the body, as Korean statutes have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from resolutions.rules.numbering import cite, cite_step, render_number, to_roman
from resolutions.rules.redline import Mark, redline_words
from resolutions.rules.reference_words import Base, Cited, Look, Piece, cited_in
from resolutions.rules.repeals import is_repealed
from resolutions.rules.structure import Kind, Provision, TextTree


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation in the provision `key`: `words` are those from `start` to `end` of its `field`.

    `target` is the key of the provision that is meant, None where there is none; `citation` how
    it is cited in full. `repealed` says that only its number is left.
    """

    key: str
    field: str
    start: int
    end: int
    words: str
    target: str | None
    citation: str
    repealed: bool = False

    @property
    def dangling(self) -> bool:
        """Whether it leads nowhere."""
        return self.target is None or self.repealed


def find_references(tree: TextTree) -> tuple[Reference, ...]:
    """The citations of this text's own provisions, in reading order."""
    return tuple(_reference(tree, found) for found in _Reader(tree).found())


def dangling_references(tree: TextTree) -> tuple[Reference, ...]:
    """Those that lead nowhere."""
    return tuple(each for each in find_references(tree) if each.dangling)


def _reference(tree: TextTree, found: _Found) -> Reference:
    target = found.steps[-1] if found.steps else None
    words = getattr(found.provision, found.field)[found.cited.start : found.cited.end]
    return Reference(
        key=found.provision.key,
        field=found.field,
        start=found.cited.start,
        end=found.cited.end,
        words=words,
        target=target.key if target else None,
        citation=cite(found.path, tree.lang) if target else "",
        repealed=target is not None and is_repealed(target),
    )


@dataclass(slots=True)
class _Found:
    """A citation with the provisions that its pieces mean, and the one it was counted from."""

    provision: Provision
    field: str
    cited: Cited
    steps: tuple[Provision, ...] = ()
    """Those its pieces name, one each; with `level` and no pieces the one named so."""
    context: str = ""
    """The key of what the first piece was looked for in; "" for the whole text."""
    path: tuple[Provision, ...] = ()


@dataclass(slots=True)
class _Index:
    """Where what is found in a tree."""

    tree: TextTree
    parents: dict[str, Provision | None] = field(default_factory=dict)
    named: dict[tuple[Kind, str], list[Provision]] = field(default_factory=dict)
    of_points: bool = True
    """A declaration whose points 1., 2. are articles without headings and paragraphs."""

    @classmethod
    def of(cls, tree: TextTree) -> _Index:
        index = cls(tree)
        for provision, parent in tree.walk_with_parent():
            index.parents[provision.key] = parent
            index.named.setdefault((provision.kind, provision.number), []).append(provision)
            if provision.kind is Kind.ARTICLE and provision.heading:
                index.of_points = False
        return index

    def path(self, provision: Provision) -> tuple[Provision, ...]:
        steps = [provision]
        while (above := self.parents[steps[-1].key]) is not None:
            steps.append(above)
        return tuple(reversed(steps))

    def scope(self, provision: Provision) -> str:
        """The key of the supplementary provisions or the annex in which it stands, else ""."""
        top = self.path(provision)[0]
        return top.key if top.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX) else ""

    def own(self, path: Sequence[Provision], kind: Kind) -> Provision | None:
        """The provision of this kind within which the end of `path` stands."""
        return next((step for step in reversed(path) if step.kind is kind), None)


_OUTER = (Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.ARTICLE, Kind.ANNEX)
_INNER = (Kind.PARAGRAPH, Kind.ITEM, Kind.SUBITEM)


class _Reader:
    """Finds and resolves the citations of one tree."""

    def __init__(self, tree: TextTree) -> None:
        self.tree = tree
        self.index = _Index.of(tree)

    def found(self) -> Iterator[_Found]:
        for provision in self.tree.walk():
            last: _Found | None = None
            for name in ("heading", "text"):
                for cited in cited_in(getattr(provision, name), self.tree.lang, self.tree.title):
                    found = self._resolved(_Found(provision, name, cited), last)
                    if found is not None:
                        last = found
                        yield found

    def _resolved(self, found: _Found, last: _Found | None) -> _Found | None:
        """`found` with what it means; None where it is not a citation after all."""
        cited = found.cited
        own = self.index.path(found.provision)
        start = self._start(cited, own, last)
        if start is None:
            return None
        if not cited.pieces:
            found.steps = (start[-1],) if start else ()
            found.path = self.index.path(start[-1]) if start else ()
            return found if start else None
        steps = self._steps(cited, start, own)
        if not steps and cited.pieces[0].options[0] == (Kind.ANNEX, ""):
            return None
        found.steps = steps
        if steps:
            above = self.index.parents[steps[0].key]
            outer = steps[0].kind in _OUTER
            found.context = "" if outer or above is None else above.key
            found.path = self.index.path(steps[-1])
        return found

    def _start(
        self, cited: Cited, own: tuple[Provision, ...], last: _Found | None
    ) -> tuple[Provision, ...] | None:
        """The path from which the pieces are counted; None where the words mean nothing."""
        if cited.base is Base.SAME:
            if last is None or not last.path:
                return None
            return _down_to(last.path, cited.level)
        if cited.base is Base.BEFORE:
            named = self.index.own(own, cited.level or Kind.PARAGRAPH)
            before = self._before(named) if named is not None else None
            return None if before is None else self.index.path(before)
        if cited.base is Base.JOINED and last is not None and last.path:
            return last.path
        if cited.level is not None:
            return _down_to(own, cited.level)
        return own

    def _before(self, provision: Provision) -> Provision | None:
        above = self.index.parents[provision.key]
        siblings = above.children if above else self.tree.provisions
        same = [each for each in siblings if each.kind is provision.kind]
        place = next(n for n, each in enumerate(same) if each.key == provision.key)
        return same[place - 1] if place else None

    def _steps(
        self, cited: Cited, start: tuple[Provision, ...], own: tuple[Provision, ...]
    ) -> tuple[Provision, ...]:
        """The provision of every piece; () where one of them is not there."""
        steps: list[Provision] = []
        for piece in cited.pieces:
            step = self._below(steps[-1], piece) if steps else self._first(piece, cited, start, own)
            if step is None:
                return ()
            steps.append(step)
        return tuple(steps)

    def _first(
        self,
        piece: Piece,
        cited: Cited,
        start: tuple[Provision, ...],
        own: tuple[Provision, ...],
    ) -> Provision | None:
        if piece.options[0][0] in _OUTER:
            return self._outer(piece, cited, own)
        for kind, number in piece.options:
            if (inner := self._inner(kind, number, start)) is not None:
                return inner
        if self.index.of_points and piece.options[0][0] is Kind.PARAGRAPH:
            points = self.index.named.get((Kind.ARTICLE, piece.options[0][1]), [])
            return points[0] if points else None
        return None

    def _outer(self, piece: Piece, cited: Cited, own: tuple[Provision, ...]) -> Provision | None:
        """A part, chapter, section, article or annex: the nearest in the right scope."""
        scope = self.index.scope(own[-1])
        supplementary = cited.base is Base.SUPPLEMENTARY
        for option in piece.options:
            candidates = self.index.named.get(option, [])
            if supplementary:
                inside = [
                    each
                    for each in candidates
                    if self.index.path(each)[0].kind is Kind.SUPPLEMENTARY
                ]
                own_inside = [each for each in inside if self.index.scope(each) == scope]
                found = own_inside or inside
            else:
                body = [each for each in candidates if not self.index.scope(each)]
                here = [each for each in candidates if scope and self.index.scope(each) == scope]
                annexed = own[0].kind is Kind.ANNEX
                found = (here or body) if annexed else (body or here)
                if option[0] is Kind.ANNEX:
                    found = candidates
            if found:
                return self._nearest(found, own)
        return None

    def _nearest(self, found: Sequence[Provision], own: tuple[Provision, ...]) -> Provision:
        """Where numbers begin again in each chapter, the one in the own chapter."""
        if len(found) == 1:
            return found[0]
        above = [step.key for step in own]
        return max(found, key=lambda each: sum(step.key in above for step in self.index.path(each)))

    def _inner(self, kind: Kind, number: str, start: tuple[Provision, ...]) -> Provision | None:
        """A paragraph, item or subitem, looked for from the inside out up to the article."""
        for place in range(len(start) - 1, -1, -1):
            step = start[place]
            if _may_hold(step, kind) and (found := _child(step, kind, number)) is not None:
                return found
            if step.kind is Kind.ARTICLE:
                return None
        return None

    def _below(self, above: Provision, piece: Piece) -> Provision | None:
        for kind, number in piece.options:
            if (found := _child(above, kind, number)) is not None:
                return found
        return None


def _down_to(path: tuple[Provision, ...], level: Kind | None) -> tuple[Provision, ...] | None:
    """`path` cut off below its provision of kind `level`; None where it has none."""
    for place in range(len(path) - 1, -1, -1):
        if path[place].kind is level:
            return path[: place + 1]
    return None


def _may_hold(step: Provision, kind: Kind) -> bool:
    if kind is Kind.PARAGRAPH:
        return step.kind not in _INNER
    if kind is Kind.ITEM:
        return step.kind not in (Kind.ITEM, Kind.SUBITEM)
    return step.kind is not Kind.SUBITEM


def _child(above: Provision, kind: Kind, number: str) -> Provision | None:
    """The child with this kind and number, also below an unnumbered lead-in or in a chapter."""
    waiting = list(above.children)
    while waiting:
        child = waiting.pop(0)
        if child.kind is kind and child.number == number:
            return child
        lead_in = child.kind is Kind.PARAGRAPH and not child.number
        if lead_in or child.kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION):
            waiting += child.children
    return None


# --- Following


def follow_renumbering(before: TextTree, after: TextTree) -> TextTree:
    """`after` with the numbers in its references as the provisions they mean have them now.

    The words of `after` were written against the numbers of `before`: a reference in words that
    stayed, whose target has another number or place in `after`, is written anew, in its own
    style. Words that are new are taken as they are: whoever wrote them knew the new numbers.
    References whose target is gone stay, and dangle.
    """
    if _numbers(before) == _numbers(after):
        return after
    new = _Index.of(after)
    keys = {provision.key: provision for provision in after.walk()}
    changed: dict[tuple[str, str], str] = {}
    grouped: dict[tuple[str, str], list[_Found]] = {}
    for found in _Reader(before).found():
        if found.steps and found.provision.key in keys:
            grouped.setdefault((found.provision.key, found.field), []).append(found)
    for (key, name), all_found in grouped.items():
        here = keys[key]
        edits = [edit for found in all_found for edit in _edits(found, here, keys, new, after.lang)]
        if edits:
            old_words = getattr(all_found[0].provision, name)
            changed[key, name] = _written(old_words, getattr(here, name), edits)
    return _replaced(after, changed)


def _numbers(tree: TextTree) -> dict[str, tuple[str, str]]:
    return {
        provision.key: (provision.number, parent.key if parent else "")
        for provision, parent in tree.walk_with_parent()
    }


def _edits(
    found: _Found,
    here: Provision,
    keys: Mapping[str, Provision],
    new: _Index,
    lang: str,
) -> list[tuple[int, int, str]]:
    """What to write anew: start, end (in the old words) and the new words."""
    cited = found.cited
    if any(step.key not in keys for step in found.steps) or not cited.pieces:
        return []
    steps = [keys[step.key] for step in found.steps]
    path = new.path(steps[-1])
    within = [step.key for step in path]
    own = [step.key for step in new.path(here)]
    nested = all(step.key in within for step in steps)
    counted = cited.base in (Base.JOINED, Base.SAME) or found.context in own
    if not nested or (found.context and not (found.context in within and counted)):
        return [(cited.start, cited.end, cite(path, lang))]
    edits = []
    for piece, old, step in zip(cited.pieces, found.steps, steps, strict=True):
        if old.number != step.number or old.kind is not step.kind:
            edits.append((piece.start, piece.end, _piece(step, piece.look, lang)))
    return edits


def _piece(step: Provision, look: Look, lang: str) -> str:
    """The number of `step` as one piece of a citation."""
    if look is Look.KOREAN:
        return cite_step(step, "ko")
    if look is Look.BRACKETS:
        return cite_step(step, lang)
    if look is Look.ROMAN and step.number.isdigit():
        return to_roman(int(step.number)).upper()
    return render_number(Kind.ARTICLE, step.number, lang).removeprefix("Article ")


def _written(old: str, new: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """`new` with the edits to `old` made where its words stayed."""
    places: list[tuple[int, int, int]] = []
    old_place = new_place = 0
    for span in redline_words(old, new):
        size = len(span.text)
        if span.mark is Mark.SAME:
            places.append((old_place, old_place + size, new_place - old_place))
        if span.mark is not Mark.INSERTED:
            old_place += size
        if span.mark is not Mark.DELETED:
            new_place += size
    written = new
    for start, end, words in sorted(edits, reverse=True):
        shift = next(
            (shift for first, last, shift in places if first <= start and end <= last), None
        )
        if shift is not None:
            written = written[: start + shift] + words + written[end + shift :]
    return written


def _replaced(tree: TextTree, changed: Mapping[tuple[str, str], str]) -> TextTree:
    def anew(provision: Provision) -> Provision:
        children = tuple(map(anew, provision.children))
        heading = changed.get((provision.key, "heading"), provision.heading)
        text = changed.get((provision.key, "text"), provision.text)
        if children == provision.children and (heading, text) == (
            provision.heading,
            provision.text,
        ):
            return provision
        return replace(provision, heading=heading, text=text, children=children)

    return replace(tree, provisions=tuple(map(anew, tree.provisions))) if changed else tree

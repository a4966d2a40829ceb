"""Amending sentences: what an amendment does, in the words in which legislators say it.

Korean in the style of 법제처, 법령 입안·심사 기준 (개정문): 제5조제1항 중 “A”를 “B”로 한다. 제5조에
제4항을 다음과 같이 신설한다. 제8조를 삭제한다. 제9조를 제8조로 한다. English in that of the
amending acts of the United Kingdom: In Article 5(1), for “A” substitute “B”. After Article 5(3)
insert: … Delete Article 8. Renumber Article 9 as Article 8.

A partial substitution quotes the shortest phrase of whole words that occurs once in what it
amends; where too much changes for that, the provision is rewritten as a whole. Everything is
cited as the present text has it.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby

from resolutions.rules.korean import Particle, josa
from resolutions.rules.numbering import cite, render_number
from resolutions.rules.operations import Op, Operation, Words
from resolutions.rules.redline import Mark, redline_words
from resolutions.rules.structure import Kind, Provision, TextTree
from secretariat.kernel.bilingual import Bilingual

Trees = Mapping[str, TextTree]

MAX_PHRASES = 4
"""So many phrases are substituted one by one; more, and the provision is rewritten."""
MAX_SHARE = Fraction(3, 5)
"""A larger part of a provision than this is not quoted as a phrase."""
SHORT = 30
MAX_SHARE_OF_SHORT = Fraction(17, 20)
"""In a text of so many letters more may be quoted; a single word always."""


def amending_sentences(
    base: Trees, operations: Iterable[Operation], *, title: Bilingual
) -> tuple[Bilingual, ...]:
    """The sentences, each in the languages in which it changes anything; the enacting one first.

    `title` is what the amended text is called; languages other than Korean read as English.
    New words stand on lines of their own below the sentence that brings them in. No operation,
    no sentence.
    """
    listed = tuple(operations)
    writers = {lang: _writer(lang)(tree, listed) for lang, tree in base.items()}
    sentences = [
        Bilingual(found)
        for group in _groups(listed)
        if (found := {lang: said for lang, each in writers.items() if (said := each.say(group))})
    ]
    if not sentences:
        return ()
    opening = {lang: each.opening(title.in_language(lang)) for lang, each in writers.items()}
    return (Bilingual(opening), *sentences)


def _writer(lang: str) -> type[_Writer]:
    return _Korean if lang == "ko" else _English


def _groups(operations: Sequence[Operation]) -> Iterator[tuple[Operation, ...]]:
    """Operations that one sentence says: siblings inserted, deleted or renumbered in a row.

    What is inserted below something that is itself inserted comes with it.
    """
    inserted = {each.key for each in operations if each.op is Op.INSERT_AFTER}
    said = [
        each for each in operations if each.op is not Op.INSERT_AFTER or each.parent not in inserted
    ]
    group: list[Operation] = []
    for each in said:
        if group and not _goes_on(group[-1], each):
            yield tuple(group)
            group = []
        group.append(each)
    if group:
        yield tuple(group)


def _goes_on(last: Operation, each: Operation) -> bool:
    if last.op is not each.op:
        return False
    if each.op is Op.INSERT_AFTER:
        return each.after == last.key and each.kind is last.kind and bool(each.number)
    return each.op in (Op.DELETE, Op.RENUMBER)


@dataclass(frozen=True, slots=True)
class _Change:
    """One phrase that reads otherwise; with `everywhere` at each of its places."""

    old: str
    new: str
    everywhere: bool = False


class _Writer(ABC):
    """Says operations in one language over the present text of that language."""

    lang = ""

    def __init__(self, tree: TextTree, operations: Sequence[Operation]) -> None:
        self.tree = tree
        self.known: dict[str, tuple[Provision, ...]] = {}
        for provision in tree.provisions:
            self._learn(provision, ())
        self.new = _inserted(operations, tree.lang)
        for operation in operations:
            if operation.op is Op.INSERT_AFTER and operation.key in self.new:
                above = self.known.get(operation.parent, ())
                self.known[operation.key] = (*above, self.new[operation.key])

    def _learn(self, provision: Provision, above: tuple[Provision, ...]) -> None:
        path = (*above, provision)
        self.known[provision.key] = path
        for child in provision.children:
            self._learn(child, path)

    def say(self, group: Sequence[Operation]) -> str:
        """The sentence for one group; "" where nothing changes in this language."""
        match group[0].op:
            case Op.SUBSTITUTE:
                return self._substitute(group[0])
            case Op.INSERT_AFTER:
                new = [self.new[each.key] for each in group if each.key in self.new]
                return self.insert(group[0], new) if new else ""
            case Op.DELETE:
                known = [each for each in group if each.key in self.known]
                return self.delete([self.cited(each.key) for each in known]) if known else ""
            case Op.RENUMBER:
                known = [each for each in group if each.key in self.known]
                return self.renumber(known) if known else ""
            case Op.MOVE:
                return self.move(group[0]) if group[0].key in self.known else ""

    def cited(self, key: str) -> str:
        """How a provision is cited; its heading or key where it has no number."""
        path = self.known[key]
        return cite(path, self.lang) or path[-1].heading or key

    def _substitute(self, operation: Operation) -> str:
        words = operation.words.get(self.tree.lang)
        path = self.known.get(operation.key)
        if words is None or path is None:
            return ""
        old = path[-1]
        said = []
        if old.heading != words.heading:
            said.append(self.heading(operation.key, old, words))
        if old.text != words.text:
            said.append(self._text(operation.key, old, words))
        return "\n".join(said)

    def _text(self, key: str, old: Provision, words: Words) -> str:
        added = _added_at_end(old.text, words.text)
        if added and (said := self.add(key, added)):
            return said
        changes = _phrases(old.text, words.text)
        if changes is None:
            whole = replace(old, heading=words.heading, text=words.text, children=())
            return self.rewrite(key, old, whole)
        return self.phrases(key, old, changes)

    def lines(self, provision: Provision) -> str:
        """A provision with everything below it as it will stand in the text."""
        return "\n".join(line for each in provision.walk() for line in self._own_lines(each))

    def _own_lines(self, provision: Provision) -> Iterator[str]:
        number = render_number(provision.kind, provision.number, self.lang)
        named = provision.number or provision.kind in (Kind.SUPPLEMENTARY, Kind.ANNEX)
        head = number if named else ""
        heading = provision.heading
        if provision.kind is Kind.ARTICLE and heading:
            heading = self.article_heading(heading)
        first, *rest = provision.text.split("\n")
        if heading or provision.kind is Kind.ARTICLE:
            joined = self.article_gap if provision.kind is Kind.ARTICLE and heading else " "
            line = joined.join(part for part in (head, heading) if part)
            yield from filter(None, (line, first, *rest))
        else:
            yield from filter(None, (" ".join(part for part in (head, first) if part), *rest))

    article_gap = " "

    def article_heading(self, heading: str) -> str:
        """The heading as it stands behind the number."""
        return f"({heading})"

    @abstractmethod
    def opening(self, title: str) -> str:
        """The enacting sentence."""

    @abstractmethod
    def heading(self, key: str, old: Provision, words: Words) -> str:
        """A heading that reads otherwise."""

    @abstractmethod
    def add(self, key: str, words: str) -> str:
        """A sentence put behind the others; "" where that has no form of its own."""

    @abstractmethod
    def rewrite(self, key: str, old: Provision, new: Provision) -> str:
        """A provision whose own words are all written anew."""

    @abstractmethod
    def phrases(self, key: str, old: Provision, changes: Sequence[_Change]) -> str:
        """Phrases that read otherwise."""

    @abstractmethod
    def insert(self, operation: Operation, new: Sequence[Provision]) -> str:
        """New siblings, the first of them where `operation` says."""

    @abstractmethod
    def delete(self, cited: Sequence[str]) -> str:
        """Provisions struck."""

    @abstractmethod
    def renumber(self, operations: Sequence[Operation]) -> str:
        """Provisions that get other numbers."""

    @abstractmethod
    def move(self, operation: Operation) -> str:
        """A provision put elsewhere."""

    def newly_cited(self, operation: Operation) -> str:
        """How a provision is cited with its new number."""
        *above, last = self.known[operation.key]
        return cite((*above, replace(last, number=operation.number)), self.lang)


def _inserted(operations: Sequence[Operation], lang: str) -> dict[str, Provision]:
    """What is inserted, by key, with what is inserted below it; only what has words, or holds."""
    made = [each for each in operations if each.op is Op.INSERT_AFTER and each.kind]
    below: dict[str, list[Operation]] = {}
    for each in made:
        siblings = below.setdefault(each.parent, [])
        after = next((n for n, other in enumerate(siblings) if other.key == each.after), None)
        if after is not None:
            siblings.insert(after + 1, each)
        elif each.after:
            siblings.append(each)
        else:
            siblings.insert(0, each)

    def provision(operation: Operation) -> Provision | None:
        words = operation.words.get(lang)
        children = tuple(
            child for each in below.get(operation.key, ()) if (child := provision(each))
        )
        if words is None and not children:
            return None
        words = words or Words()
        kind = operation.kind or Kind.PARAGRAPH
        return Provision(operation.key, kind, operation.number, words.heading, words.text, children)

    found = {each.key: provision(each) for each in made}
    return {key: value for key, value in found.items() if value is not None}


# --- Phrases

_WHOLE_WORD = re.compile(r"\S+")
_OPENING = "“‘\"'(「『<["
_CLOSING = "”’\"'.,;:!?)」』>]…"


@dataclass(slots=True)
class _Run:
    """A stretch of whole words of the old text, and the new words for it."""

    start: int
    end: int
    pieces: list[tuple[int, int, str]] = field(default_factory=list)
    """The changes within it: start and end in the old text, and the new words."""

    def new(self, old: str) -> str:
        said, place = [], self.start
        for start, end, words in self.pieces:
            said += [old[place:start], words]
            place = end
        return "".join(said) + old[place : self.end]


def _phrases(old: str, new: str) -> tuple[_Change, ...] | None:
    """The phrases that read otherwise, each of which occurs once in `old`; None for too much."""
    if not old or not new:
        return None
    runs = _runs(old, new)
    runs = _apart([_whole_words(old, run) for run in runs])
    changes = _everywhere(old, runs)
    if changes is None:
        runs = _apart([_made_single(old, run) for run in runs])
        changes = tuple(_trimmed(_Change(old[r.start : r.end], r.new(old))) for r in runs)
        if any(_occurs(old, each.old) != 1 for each in changes):
            changes = tuple(_Change(old[r.start : r.end], r.new(old)) for r in runs)
    quoted = sum(len(each.old) for each in changes)
    share = MAX_SHARE if len(old) > SHORT else MAX_SHARE_OF_SHORT
    if len(changes) > MAX_PHRASES or (len(old.split()) > 1 and quoted > share * len(old)):
        return None
    if any("\n" in each.old + each.new or not each.old for each in changes):
        return None
    return changes


def _runs(old: str, new: str) -> list[_Run]:
    runs: list[_Run] = []
    place = 0
    spans = redline_words(old, new)
    for changed, group in groupby(spans, key=lambda span: span.mark is not Mark.SAME):
        listed = list(group)
        deleted = "".join(span.text for span in listed if span.mark is Mark.DELETED)
        if not changed:
            place += sum(len(span.text) for span in listed)
            continue
        inserted = "".join(span.text for span in listed if span.mark is Mark.INSERTED)
        end = place + len(deleted)
        runs.append(_Run(place, end, [(place, end, inserted)]))
        place = end
    return runs


def _whole_words(old: str, run: _Run) -> _Run:
    """`run` to where words end; an insertion takes the word that follows, or the one before."""
    start, end = run.start, run.end
    while start < end and old[start].isspace():
        start += 1
    while end > start and old[end - 1].isspace():
        end -= 1
    if start == end:
        start, end = _neighbour(old, run.start, run.end)
    if start > 0 and not old[start - 1].isspace():
        start = _word_before(old, start)
    if end < len(old) and not old[end].isspace():
        end = _word_behind(old, end)
    start = min(start, run.start) if _inner_space(old, start, run.start) else start
    return _Run(start, max(end, start), run.pieces)


def _inner_space(old: str, start: int, first: int) -> bool:
    return first < start and not old[first:start].isspace()


def _neighbour(old: str, start: int, end: int) -> tuple[int, int]:
    """The word behind an insertion, or the one before where a sentence or the text ends there."""
    behind = _WHOLE_WORD.search(old, end)
    before = old[:start].rstrip()
    ends = not behind or before.endswith((".", ";", ":", "\n")) or "\n" in old[end : behind.start()]
    touching = bool(before) and start == len(before) and end < len(old) and old[end].isspace()
    if behind and not touching and not (ends and before):
        return behind.start(), behind.end()
    if before:
        return _word_before(old, len(before)), len(before)
    return (behind.start(), behind.end()) if behind else (start, end)


def _word_before(old: str, place: int) -> int:
    while place > 0 and not old[place - 1].isspace():
        place -= 1
    return place


def _word_behind(old: str, place: int) -> int:
    while place < len(old) and not old[place].isspace():
        place += 1
    return place


def _made_single(old: str, run: _Run) -> _Run:
    """`run` with as many words around it as make it occur once."""
    start, end = run.start, run.end
    behind = True
    while start == end or _occurs(old, old[start:end]) > 1:
        wider_end = _word_behind(old, _space_behind(old, end))
        wider_start = _word_before(old, _space_before(old, start))
        if behind and wider_end > end:
            end = wider_end
        elif wider_start < start:
            start = wider_start
        elif wider_end > end:
            end = wider_end
        else:
            break
        behind = not behind
    return _Run(start, end, run.pieces)


def _space_behind(old: str, place: int) -> int:
    while place < len(old) and old[place].isspace():
        place += 1
    return place


def _space_before(old: str, place: int) -> int:
    while place > 0 and old[place - 1].isspace():
        place -= 1
    return place


def _occurs(text: str, phrase: str) -> int:
    """At how many places `phrase` begins in `text`, overlapping ones counted."""
    count, place = 0, text.find(phrase)
    while place >= 0:
        count, place = count + 1, text.find(phrase, place + 1)
    return count


def _apart(runs: Sequence[_Run]) -> list[_Run]:
    """Runs that touch or overlap as one."""
    merged: list[_Run] = []
    for run in sorted(runs, key=lambda each: (each.start, each.end)):
        if merged and run.start <= merged[-1].end:
            last = merged[-1]
            last.end = max(last.end, run.end)
            last.pieces = sorted({*last.pieces, *run.pieces})
        else:
            merged.append(_Run(run.start, run.end, list(run.pieces)))
    return merged


def _everywhere(old: str, runs: Sequence[_Run]) -> tuple[_Change, ...] | None:
    """One change that is made at every place where its words occur, and nothing else."""
    said = {_trimmed(_Change(old[run.start : run.end], run.new(old))) for run in runs}
    if len(runs) < 2 or len(said) != 1:
        return None
    (only,) = said
    return (replace(only, everywhere=True),) if _occurs(old, only.old) == len(runs) else None


def _trimmed(change: _Change) -> _Change:
    """Without the signs around the words that both have: “도시, ” → “도시”."""
    old, new = change.old, change.new
    while len(old) > 1 and new and old[-1] == new[-1] and old[-1] in _CLOSING:
        old, new = old[:-1], new[:-1]
    while len(old) > 1 and new and old[0] == new[0] and old[0] in _OPENING:
        old, new = old[1:], new[1:]
    return _Change(old, new)


def _added_at_end(old: str, new: str) -> str:
    """What was put behind the last sentence; "" where anything else changed."""
    if not old.endswith((".", "다.")) or not new.startswith(old):
        return ""
    rest = new[len(old) :]
    return rest.strip() if rest[:1].isspace() and "\n" not in rest else ""


def _quoted(phrase: str) -> str:
    inner = phrase.replace("“", "‘").replace("”", "’")
    return f"“{inner}”"


# --- Korean

_PARTS_BELOW = {Kind.PARAGRAPH: "각 항", Kind.ITEM: "각 호", Kind.SUBITEM: "각 목"}


class _Korean(_Writer):
    lang = "ko"
    article_gap = ""

    def opening(self, title: str) -> str:
        return f"{title} 일부를 다음과 같이 개정한다."

    def _place(self, key: str, old: Provision) -> str:
        """제5조제1항, or the words above its items: 제5조제1항 각 호 외의 부분."""
        below = next((_PARTS_BELOW[c.kind] for c in old.children if c.kind in _PARTS_BELOW), "")
        cited = self.cited(key)
        return f"{cited} {below} 외의 부분" if below else cited

    def heading(self, key: str, old: Provision, words: Words) -> str:
        cited = self.cited(key)
        bracketed = old.kind is Kind.ARTICLE

        def quoted(heading: str) -> str:
            return _quoted(f"({heading})" if bracketed else heading)

        if not old.heading:
            return f"{cited}에 제목 {_with(quoted(words.heading), '을/를')} 붙인다."
        if not words.heading:
            return f"{cited}의 제목 {_with(quoted(old.heading), '을/를')} 삭제한다."
        return (
            f"{cited}의 제목 {_with(quoted(old.heading), '을/를')} "
            f"{_with(quoted(words.heading), '으로/로')} 한다."
        )

    def add(self, key: str, words: str) -> str:
        cited = self.cited(key)
        if words.startswith("다만,"):
            return f"{cited}에 단서를 다음과 같이 신설한다.\n{words}"
        if words.startswith("이 경우"):
            return f"{cited}에 후단을 다음과 같이 신설한다.\n{words}"
        return ""

    def rewrite(self, key: str, old: Provision, new: Provision) -> str:
        if not new.text:
            return f"{self._place(key, old)}의 본문을 삭제한다."
        below = any(child.kind in _PARTS_BELOW for child in old.children)
        shown = new.text if below else self.lines(new)
        return f"{_with(self._place(key, old), '을/를')} 다음과 같이 한다.\n{shown}"

    def phrases(self, key: str, old: Provision, changes: Sequence[_Change]) -> str:
        said = []
        for place, change in enumerate(changes):
            last = place == len(changes) - 1
            each = "각각 " if change.everywhere else ""
            if change.new:
                words = f"{_with(_quoted(change.old), '을/를')} {each}"
                words += _with(_quoted(change.new), "으로/로")
                goes_on = not last and not changes[place + 1].new
                said.append(
                    f"{words} 한다." if last else f"{words} 하고," if goes_on else f"{words},"
                )
            else:
                words = f"{_with(_quoted(change.old), '을/를')} {each}삭제"
                said.append(f"{words}한다." if last else f"{words}하고,")
        return f"{self._place(key, old)} 중 {' '.join(said)}"

    def insert(self, operation: Operation, new: Sequence[Provision]) -> str:
        lines = "\n".join(self.lines(each) for each in new)
        above = self.known[new[0].key][:-1]
        if not new[0].number and new[0].kind not in (Kind.SUPPLEMENTARY, Kind.ANNEX):
            named = "각주" if new[0].kind is Kind.FOOTNOTE else "문단"
            where = self._where(operation, above)
            return f"{where} 다음 {_with(named, '을/를')} 신설한다.\n{lines}"
        numbers = [cite((each,), "ko") for each in new]
        listed = _with(_listed(numbers, "및", ", "), "을/를")
        each = "각각 " if len(new) > 1 else ""
        holder = self._holder(above, new[0])
        return f"{holder}{listed} {each}다음과 같이 신설한다.\n{lines}"

    def _holder(self, above: Sequence[Provision], new: Provision) -> str:
        if not above or (
            new.kind is Kind.ARTICLE and above[0].kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION)
        ):
            return ""
        return f"{cite(above, 'ko') or above[-1].heading}에 "

    def _where(self, operation: Operation, above: Sequence[Provision]) -> str:
        if operation.after in self.known:
            return f"{self.cited(operation.after)} 다음에"
        return f"{cite(above, 'ko') or above[-1].heading}의 처음에" if above else "처음에"

    def delete(self, cited: Sequence[str]) -> str:
        each = "각각 " if len(cited) > 1 else ""
        return f"{_with(_listed(cited, '및', ', '), '을/를')} {each}삭제한다."

    def renumber(self, operations: Sequence[Operation]) -> str:
        pairs = [(self.cited(each.key), self._last_step(each)) for each in operations]
        said = [f"{_with(old, '을/를')} {_with(new, '으로/로')}" for old, new in pairs]
        return " 하고, ".join(said) + " 한다."

    def _last_step(self, operation: Operation) -> str:
        last = replace(self.known[operation.key][-1], number=operation.number)
        if last.kind is Kind.ARTICLE or last.kind not in _PARTS_BELOW:
            return self.newly_cited(operation)
        return cite((last,), "ko")

    def move(self, operation: Operation) -> str:
        moved = _with(self.cited(operation.key), "을/를")
        if operation.after in self.known:
            return f"{moved} {self.cited(operation.after)} 다음으로 옮긴다."
        above = self.known.get(operation.parent, ())
        where = f"{cite(above, 'ko') or above[-1].heading}의 처음으로" if above else "맨 앞으로"
        return f"{moved} {where} 옮긴다."


def _with(words: str, particle: Particle) -> str:
    """`words`, quoted or not, with the particle that the word inside the quotes takes."""
    inner = words.strip("“”‘’").strip()
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    said = josa(inner, particle)
    return words + said[len(inner) :]


def _listed(cited: Sequence[str], last: str, comma: str) -> str:
    if len(cited) < 2:
        return "".join(cited)
    return f"{comma.join(cited[:-1])} {last} {cited[-1]}"


# --- English


class _English(_Writer):
    lang = "en"

    def opening(self, title: str) -> str:
        return f"The text “{title}” is amended as follows."

    def _place(self, key: str, old: Provision) -> str:
        below = any(child.kind in _PARTS_BELOW for child in old.children)
        cited = self.cited(key)
        return f"the opening words of {cited}" if below else cited

    def heading(self, key: str, old: Provision, words: Words) -> str:
        cited = self.cited(key)
        if not old.heading:
            return f"Give {cited} the heading {_quoted(words.heading)}."
        if not words.heading:
            return f"Omit the heading of {cited}."
        return (
            f"In the heading of {cited}, for {_quoted(old.heading)} "
            f"substitute {_quoted(words.heading)}."
        )

    def add(self, key: str, words: str) -> str:
        return f"At the end of {self.cited(key)} add:\n{_quoted(words)}"

    def rewrite(self, key: str, old: Provision, new: Provision) -> str:
        if not new.text:
            return f"Omit {'' if old.children else 'the text of '}{self._place(key, old)}."
        below = any(child.kind in _PARTS_BELOW for child in old.children)
        shown = new.text if below else self.lines(new)
        return f"For {self._place(key, old)} substitute:\n{_quoted(shown)}"

    def phrases(self, key: str, old: Provision, changes: Sequence[_Change]) -> str:
        said = []
        for change in changes:
            everywhere = ", in each place where it occurs," if change.everywhere else ""
            if not change.new:
                said.append(f"omit {_quoted(change.old)}{everywhere.removesuffix(',')}")
                continue
            where, added = _put_in(change)
            quoted = f"{_quoted(change.old)}{everywhere}"
            if where:
                said.append(f"{where} {quoted} insert {_quoted(added)}")
            else:
                said.append(f"for {quoted} substitute {_quoted(change.new)}")
        return f"In {self._place(key, old)}, {_listed(said, 'and', ', ')}."

    def insert(self, operation: Operation, new: Sequence[Provision]) -> str:
        lines = _quoted("\n".join(self.lines(each) for each in new))
        if operation.after in self.known:
            return f"After {self.cited(operation.after)} insert:\n{lines}"
        above = self.known[new[0].key][:-1]
        if not above:
            return f"At the beginning insert:\n{lines}"
        siblings = above[-1].children
        cited = cite(above, self.lang) or above[-1].heading
        beginning = f"At the beginning of {cited}" if siblings else f"In {cited}"
        return f"{beginning} insert:\n{lines}"

    def delete(self, cited: Sequence[str]) -> str:
        return f"Delete {_listed(cited, 'and', ', ')}."

    def renumber(self, operations: Sequence[Operation]) -> str:
        pairs = [f"{self.cited(each.key)} as {self.newly_cited(each)}" for each in operations]
        return f"Renumber {_listed(pairs, 'and', ', ')}."

    def move(self, operation: Operation) -> str:
        moved = self.cited(operation.key)
        if operation.after in self.known:
            return f"Move {moved} to follow {self.cited(operation.after)}."
        above = self.known.get(operation.parent, ())
        where = cite(above, self.lang) or above[-1].heading if above else "the text"
        return f"Move {moved} to the beginning of {where}."


def _put_in(change: _Change) -> tuple[str, str]:
    """ "after" or "before", with the new words put there; ("", "") where words are replaced."""
    old, new = change.old, change.new
    if new.startswith(old) and new[len(old) :][:1].isspace():
        return "after", new[len(old) :].strip()
    if new.endswith(old) and new[: -len(old)][-1:].isspace():
        return "before", new[: -len(old)].strip()
    return "", ""

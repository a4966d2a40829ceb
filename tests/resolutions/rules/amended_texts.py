"""Bilingual texts for tests of amending, and Hypothesis strategies that edit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from resolutions.rules.canonical import normal_field
from resolutions.rules.structure import Kind, Provision, TextTree

Trees = dict[str, TextTree]

KO = [
    "총회는",
    "의장도시가",
    "회원도시",
    "연다",
    "정한다",
    "두",
    "세",
    "달",
    "안에",
    "2018년",
    "제2조",
    "제1항",
    "，",
]
EN = [
    "the",
    "Assembly",
    "chair",
    "city",
    "meets",
    "decides",
    "two",
    "three",
    "within",
    "2018",
    ",",
    "Article 2",
]


def statute(*articles: str | tuple[str, ...], headings: bool = False) -> Trees:
    """Articles numbered through; a tuple is an article with so many paragraphs.

    The Korean words are those of the English with "가 " in front of each.
    """
    trees = {}
    for language in ("ko", "en"):

        def say(words: str, language: str = language) -> str:
            return words if language == "en" else " ".join(f"가 {word}" for word in words.split())

        provisions = []
        for number, article in enumerate(articles, start=1):
            key = f"art{number}"
            text, children = (article, ()) if isinstance(article, str) else ("", article)
            provisions.append(
                Provision(
                    key,
                    Kind.ARTICLE,
                    str(number),
                    say(f"Heading {number}") if headings else "",
                    say(text),
                    tuple(
                        Provision(f"{key}.p{n}", Kind.PARAGRAPH, str(n), "", say(words))
                        for n, words in enumerate(children, start=1)
                    ),
                )
            )
        trees[language] = TextTree(f"Statute {language}", language, tuple(provisions))
    return trees


def edited(trees: Trees, change: Callable[[Provision, str], Provision | None]) -> Trees:
    """Every provision as `change(provision, language)` makes it; None takes it away."""

    def each(provisions: Iterable[Provision], language: str) -> tuple[Provision, ...]:
        made = []
        for provision in provisions:
            below = each(provision.children, language)
            new = change(replace(provision, children=below), language)
            if new is not None:
                made.append(new)
        return tuple(made)

    return {
        code: replace(tree, provisions=each(tree.provisions, code)) for code, tree in trees.items()
    }


def reworded(trees: Trees, key: str, old: str, new: str, *languages: str) -> Trees:
    """`old` reads `new` in the text of `key`, in these languages or in all."""

    def change(provision: Provision, language: str) -> Provision:
        if provision.key != key or (languages and language not in languages):
            return provision
        assert old in provision.text
        return replace(provision, text=provision.text.replace(old, new, 1))

    return edited(trees, change)


def without(trees: Trees, *keys: str) -> Trees:
    return edited(trees, lambda provision, _code: None if provision.key in keys else provision)


def with_inserted(
    trees: Trees, parent: str, after: str, key: str, number: str, text: str, kind: Kind
) -> Trees:
    """A new provision in both languages."""

    def put(provisions: tuple[Provision, ...], code: str) -> tuple[Provision, ...]:
        made = Provision(key, kind, number, "", f"{code} {text}")
        keys = [each.key for each in provisions]
        place = keys.index(after) + 1 if after else 0
        return (*provisions[:place], made, *provisions[place:])

    if not parent:
        return {
            code: replace(tree, provisions=put(tree.provisions, code))
            for code, tree in trees.items()
        }

    def change(provision: Provision, language: str) -> Provision:
        if provision.key != parent:
            return provision
        return replace(provision, children=put(provision.children, language))

    return edited(trees, change)


@dataclass
class Sketch:
    """A provision while a test takes texts apart and puts them together again."""

    key: str
    kind: Kind
    number: str
    words: dict[str, tuple[str, str]]
    below: list[Sketch] = field(default_factory=list)

    def walk(self) -> Iterable[Sketch]:
        yield self
        for each in self.below:
            yield from each.walk()

    def provision(self, language: str) -> Provision:
        heading, text = self.words[language]
        below = tuple(each.provision(language) for each in self.below)
        return Provision(self.key, self.kind, self.number, heading, text, below)

    def copy(self) -> Sketch:
        below = [each.copy() for each in self.below]
        return Sketch(self.key, self.kind, self.number, dict(self.words), below)


def trees_of(top: Sketch) -> Trees:
    return {
        language: TextTree("T", language, tuple(each.provision(language) for each in top.below))
        for language in ("ko", "en")
    }


def _sentence(words: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), max_size=9).map(
        lambda each: normal_field(" ".join(each))
    )


wordings = st.fixed_dictionaries(
    {
        "ko": st.tuples(st.just("목적"), _sentence(KO)),
        "en": st.tuples(st.just("Purpose"), _sentence(EN)),
    }
)


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """A text of chapters and articles with paragraphs, under a root that is no provision."""
    serial = iter(range(1, 1000))

    def article() -> Sketch:
        number = next(serial)
        below = [
            Sketch(f"art{number}.p{n}", Kind.PARAGRAPH, str(n), draw(wordings))
            for n in range(1, draw(st.integers(0, 3)) + 1)
        ]
        return Sketch(f"art{number}", Kind.ARTICLE, str(number), draw(wordings), below)

    top = Sketch("", Kind.ARTICLE, "", {})
    for chapter in range(1, draw(st.integers(1, 3)) + 1):
        articles = [article() for _ in range(draw(st.integers(1, 3)))]
        if draw(st.booleans()):
            top.below.append(
                Sketch(f"ch{chapter}", Kind.CHAPTER, str(chapter), draw(wordings), articles)
            )
        else:
            top.below += articles
    return top


@st.composite
def edits_of(draw: st.DrawFn, base: Sketch, *, times: int = 4, name: str = "n") -> Sketch:
    """The text after some random edits: words, insertions, deletions, numbers, moves."""
    new = base.copy()
    serial = iter(range(1000))
    for _ in range(draw(st.integers(1, times))):
        _edit(draw, new, f"{name}{next(serial)}")
    return new


def _edit(draw: st.DrawFn, top: Sketch, name: str) -> None:
    every = [each for each in top.walk() if each.key]
    parents = [top, *(each for each in every if each.kind is not Kind.PARAGRAPH)]
    if not every:
        return
    one = draw(st.sampled_from(every))
    above = next(each for each in top.walk() if one in each.below)
    match draw(st.sampled_from(["words", "words", "insert", "delete", "number", "move", "strike"])):
        case "words":
            language = draw(st.sampled_from(["ko", "en"]))
            heading, text = one.words[language]
            words = text.split()
            place = draw(st.integers(0, len(words)))
            words[place : place + draw(st.integers(0, 2))] = draw(
                st.lists(st.sampled_from(KO if language == "ko" else EN), max_size=2)
            )
            one.words[language] = heading, " ".join(words)
        case "insert":
            parent = draw(st.sampled_from(parents))
            made = Sketch(
                name, Kind.PARAGRAPH, draw(st.sampled_from(["", "4", "2-2"])), draw(wordings)
            )
            if draw(st.booleans()):
                made.kind = Kind.ARTICLE
                made.below.append(Sketch(f"{name}.p1", Kind.PARAGRAPH, "1", draw(wordings)))
            parent.below.insert(draw(st.integers(0, len(parent.below))), made)
        case "delete":
            above.below.remove(one)
        case "number":
            one.number = draw(st.sampled_from(["9", "12-2", "77"]))
        case "move":
            own = {id(each) for each in one.walk()}
            target = draw(st.sampled_from([each for each in parents if id(each) not in own]))
            above.below.remove(one)
            target.below.insert(draw(st.integers(0, len(target.below))), one)
        case "strike":
            one.below.clear()
            one.words = {"ko": ("", "삭제"), "en": ("", "Repealed")}

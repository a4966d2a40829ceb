"""Akoma Ntoso 3.0 (OASIS LegalDocML, 2018): one document for one edition in one language.

FRBR: the work is the instrument, the expression an edition in a language, the manifestation
this XML. Bylaws are an `act`; declarations, joint statements and resolutions a `statement`.
"both" is a `documentCollection` whose components are the expressions.

    preamble first of all         preamble, with containers
    part, chapter, section, article, paragraph          the elements of that name
    item, subitem                 point, indent
    closing formula at the end    conclusions, with containers
    annexes at the end            attachments, each a doc
    supplementary provisions, and whatever stands where the names above do not fit
                                  hcontainer with the kind as its name
    footnote                      authorialNote where its mark stands

`wId` is the provision's stable key, equal in every language and edition; `eId` follows the
naming convention (art_5__para_1), equal in every language of an edition. In a collection and in
attachments eIds have the component's as a prefix, as the schema wants them unique in the file.
Amendments as operations (`amendment` documents) would be a further function here.

Schema: http://docs.oasis-open.org/legaldocml/akn-core/v1.0/ (akomantoso30.xsd).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from lxml import etree

from resolutions.exports.document import BOTH, TextDocument
from resolutions.exports.layout import blocks_of
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Kind, Provision, TextTree

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
LANGUAGES = {"ko": "kor", "en": "eng"}
COUNTRY = "kr"
ELEMENTS = {
    Kind.PART: ("part", "part"),
    Kind.CHAPTER: ("chapter", "chp"),
    Kind.SECTION: ("section", "sec"),
    Kind.ARTICLE: ("article", "art"),
    Kind.PARAGRAPH: ("paragraph", "para"),
    Kind.ITEM: ("point", "point"),
    Kind.SUBITEM: ("indent", "indent"),
}
SHORT = {
    Kind.PREAMBLE: "preamble",
    Kind.SUPPLEMENTARY: "supp",
    Kind.ANNEX: "annex",
    Kind.CLOSING: "closing",
    Kind.FOOTNOTE: "fn",
}
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_ID = re.compile(r"[^0-9A-Za-z]+")
_SPACE = re.compile(r"\s+")


def text_akn(document: TextDocument, *, lang: str) -> bytes:
    """The XML, UTF-8, valid against the schema. Raises LanguageMissing."""
    languages = document.in_languages(lang)
    namespaces: dict[Any, str] = {None: NAMESPACE}
    root = etree.Element(_name("akomaNtoso"), nsmap=namespaces)
    if lang == BOTH and len(languages) > 1:
        _collection(root, document, languages)
    else:
        for code in languages:
            _Expression(document, code).write(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _collection(root: etree._Element, document: TextDocument, languages: Sequence[str]) -> None:
    collection = _sub(root, "documentCollection", name="expressions")
    _meta(collection, document, languages, component="main")
    body = _sub(collection, "collectionBody")
    for code in languages:
        component = _sub(body, "component", eId=code)
        _Expression(document, code, prefix=code).write(component)


class _Expression:
    """One edition in one language."""

    def __init__(self, document: TextDocument, lang: str, prefix: str = "") -> None:
        self.document = document
        self.lang = lang
        self.tree = document.trees[lang]
        self.prefix = prefix
        self.used: set[str] = set()

    def write(self, root: etree._Element) -> None:
        kind = "act" if self.document.kind == "bylaws" else "statement"
        top = _sub(root, kind, name=_NOT_IN_ID.sub("-", self.document.kind))
        _meta(top, self.document, (self.lang,), component="main")
        preface = _sub(top, "preface")
        title = _sub(_sub(preface, "p"), "docTitle")
        title.text = _clean(self.tree.title) or self.document.slug
        opening, main, closing, annexes = _divided(self.tree)
        if opening is not None:
            self._preamble(top, opening)
        body = _sub(top, "body" if kind == "act" else "mainBody")
        self._hierarchy(body, main, above=self.prefix, in_annex=False)
        if not len(body):
            _sub(_sub(body, "hcontainer", name="empty"), "content").append(_p(""))
        if closing:
            self._conclusions(top, closing)
        if annexes:
            self._attachments(top, annexes)

    # ── eIds ──

    def _id(self, provision: Provision, above: str, place: int) -> str:
        short = ELEMENTS[provision.kind][1] if provision.kind in ELEMENTS else SHORT[provision.kind]
        number = _NOT_IN_ID.sub("-", provision.number).strip("-") or f"nn_{place}"
        own = f"{short}_{number}"
        if provision.kind is Kind.ARTICLE and above != self.prefix and _numbered_through(above):
            # Articles are numbered through the text: their chapter is no part of their name.
            through = f"{self.prefix}__{own}" if self.prefix else own
            if through not in self.used:
                return self._take(through)
        return self._take(f"{above}__{own}" if above else own)

    def _take(self, wanted: str) -> str:
        found, nth = wanted, 1
        while found in self.used:
            nth += 1
            found = f"{wanted}_{nth}"
        self.used.add(found)
        return found

    # ── hierarchy ──

    def _hierarchy(
        self,
        parent: etree._Element,
        provisions: Iterable[Provision],
        *,
        above: str,
        in_annex: bool,
    ) -> None:
        nameless: dict[Kind, int] = {}
        for provision in provisions:
            nameless[provision.kind] = nameless.get(provision.kind, 0) + 1
            self._provision(
                parent, provision, above=above, place=nameless[provision.kind], in_annex=in_annex
            )

    def _provision(
        self,
        parent: etree._Element,
        provision: Provision,
        *,
        above: str,
        place: int,
        in_annex: bool,
    ) -> None:
        own_id = self._id(provision, above, place)
        ids = {"eId": own_id, "wId": _w_id(provision.key)}
        if provision.kind in ELEMENTS:
            element = _sub(parent, ELEMENTS[provision.kind][0], **ids)
        else:
            element = _sub(parent, "hcontainer", name=provision.kind.value, **ids)
        in_annex = in_annex or provision.kind is Kind.ANNEX
        number = render_number(provision.kind, provision.number, self.lang)
        if number:
            _sub(element, "num").text = _clean(number)
        if provision.heading:
            _lines(_sub(element, "heading"), provision.heading)
        notes, below = _notes(provision)
        if below:
            if provision.text or notes:
                self._blocks(_sub(element, "intro"), provision.text, notes, own_id, in_annex)
            self._hierarchy(element, below, above=own_id, in_annex=in_annex)
        elif provision.text or notes:
            self._blocks(_sub(element, "content"), provision.text, notes, own_id, in_annex)

    def _blocks(
        self,
        parent: etree._Element,
        text: str,
        notes: dict[str, Provision],
        own_id: str,
        in_annex: bool,
    ) -> None:
        """Paragraphs, tables and the notes at their marks."""
        left = dict(notes)
        for block in blocks_of(text, in_annex=in_annex):
            if isinstance(block, str):
                self._words(_sub(parent, "p"), block, left, own_id)
                continue
            table = _sub(parent, "table")
            for number, cells in enumerate(block):
                row = _sub(table, "tr")
                for cell in cells:
                    self._words(
                        _sub(_sub(row, "th" if number == 0 else "td"), "p"), cell, left, own_id
                    )

    def _words(
        self, paragraph: etree._Element, text: str, notes: dict[str, Provision], own_id: str
    ) -> None:
        signs = sorted(map(re.escape, notes), key=len, reverse=True)
        pieces = re.split(rf"\[\^({'|'.join(signs)})\]", text) if signs else [text]
        last: etree._Element | None = None
        for place, piece in enumerate(pieces):
            if place % 2 and piece in notes:
                note = notes.pop(piece)
                last = _sub(
                    paragraph,
                    "authorialNote",
                    eId=self._take(f"{own_id}__fn_{_NOT_IN_ID.sub('-', piece).strip('-') or 'nn'}"),
                    wId=_w_id(note.key),
                    marker=_clean(piece),
                    placement="bottom",
                )
                for line in note.text.split("\n"):
                    last.append(_p(line))
                continue
            words = _clean(f"[^{piece}]" if place % 2 else piece)
            if last is None:
                paragraph.text = (paragraph.text or "") + words
            else:
                last.tail = (last.tail or "") + words

    # ── what stands around the body ──

    def _preamble(self, top: etree._Element, provision: Provision) -> None:
        preamble = _sub(top, "preamble", eId=self._id(provision, self.prefix, 1))
        preamble.set("wId", _w_id(provision.key))
        self._container_content(preamble, provision, preamble.get("eId", ""), in_annex=False)

    def _conclusions(self, top: etree._Element, provisions: Sequence[Provision]) -> None:
        conclusions = _sub(top, "conclusions")
        for place, provision in enumerate(provisions, start=1):
            self._container(conclusions, provision, self.prefix, place)

    def _container(
        self, parent: etree._Element, provision: Provision, above: str, place: int
    ) -> None:
        own_id = self._id(provision, above, place)
        container = _sub(
            parent, "container", name=provision.kind.value, eId=own_id, wId=_w_id(provision.key)
        )
        self._container_content(container, provision, own_id, in_annex=False)

    def _container_content(
        self, container: etree._Element, provision: Provision, own_id: str, *, in_annex: bool
    ) -> None:
        number = ""
        if provision.kind not in (Kind.PREAMBLE, Kind.CLOSING):
            number = render_number(provision.kind, provision.number, self.lang)
        elif provision.number:
            number = provision.number
        if number or provision.heading:
            line = _sub(container, "p")
            if number:
                _sub(line, "inline", name="num").text = _clean(number)
            if provision.heading:
                _lines(_sub(line, "inline", name="heading"), provision.heading)
        notes, below = _notes(provision)
        if provision.text or notes:
            self._blocks(container, provision.text, notes, own_id, in_annex)
        places: dict[Kind, int] = {}
        for child in below:
            places[child.kind] = places.get(child.kind, 0) + 1
            self._container(container, child, own_id, places[child.kind])
        if not len(container):
            container.append(_p(""))

    def _attachments(self, top: etree._Element, annexes: Sequence[Provision]) -> None:
        attachments = _sub(top, "attachments")
        for place, annex in enumerate(annexes, start=1):
            own_id = self._take(f"{self.prefix}__att_{place}" if self.prefix else f"att_{place}")
            attachment = _sub(attachments, "attachment", eId=own_id, wId=_w_id(annex.key))
            number = render_number(annex.kind, annex.number, self.lang)
            _sub(attachment, "heading").text = _clean(number)
            doc = _sub(attachment, "doc", name="annex")
            _meta(doc, self.document, (self.lang,), component=f"annex_{place}")
            if annex.heading:
                _lines(_sub(_sub(_sub(doc, "preface"), "p"), "docTitle"), annex.heading)
            body = _sub(doc, "mainBody")
            notes, below = _notes(annex)
            if annex.text or notes:
                self._blocks(body, annex.text, notes, own_id, in_annex=True)
            self._hierarchy(body, below, above=own_id, in_annex=True)
            if not len(body):
                body.append(_p(""))


def _divided(
    tree: TextTree,
) -> tuple[Provision | None, list[Provision], list[Provision], list[Provision]]:
    """Preamble, body, closing formulas and annexes, where they stand in this order."""
    rest = list(tree.provisions)
    opening = rest.pop(0) if rest and rest[0].kind is Kind.PREAMBLE else None
    annexes: list[Provision] = []
    while rest and rest[-1].kind is Kind.ANNEX:
        annexes.insert(0, rest.pop())
    closing: list[Provision] = []
    while rest and rest[-1].kind is Kind.CLOSING:
        closing.insert(0, rest.pop())
    return opening, rest, closing, annexes


def _notes(provision: Provision) -> tuple[dict[str, Provision], list[Provision]]:
    """Its footnotes whose marks stand in its text, by mark, and all other children."""
    notes: dict[str, Provision] = {}
    below: list[Provision] = []
    for child in provision.children:
        plain = child.kind is Kind.FOOTNOTE and not child.children and not child.heading
        if (
            plain
            and child.number
            and child.number not in notes
            and any(f"[^{child.number}]" in line for line in provision.text.split("\n"))
        ):
            notes[child.number] = child
        else:
            below.append(child)
    return notes, below


def _numbered_through(above: str) -> bool:
    """Whether only parts, chapters and sections stand above."""
    steps = above.split("__")
    return all(step.split("_")[0] in ("part", "chp", "sec", "ko", "en") for step in steps)


# ── metadata ──


def _meta(
    parent: etree._Element, document: TextDocument, languages: Sequence[str], *, component: str
) -> None:
    meta = _sub(parent, "meta")
    identification = _sub(meta, "identification", source="#network")
    begun = document.first_adopted_on or document.adopted_on or document.made_at.date()
    dated = document.adopted_on or document.made_at.date()
    subtype = document.kind.replace("_", "-")
    form = "act" if document.kind == "bylaws" else "statement"
    work_uri = f"/akn/{COUNTRY}/{form}/{subtype}/network/{begun.isoformat()}/{document.slug}"
    code = LANGUAGES.get(languages[0], languages[0]) if len(languages) == 1 else "mul"
    expression_uri = f"{work_uri}/{code}@{dated.isoformat()}"
    draft = document.edition is None

    work = _sub(identification, "FRBRWork")
    _uris(work, f"{work_uri}/!{component}", work_uri)
    _sub(work, "FRBRdate", date=begun.isoformat(), name="adoption")
    _sub(work, "FRBRauthor", href="#network")
    _sub(work, "FRBRcountry", value=COUNTRY)
    _sub(work, "FRBRsubtype", value=subtype)
    _sub(work, "FRBRname", value=document.slug)
    _sub(work, "FRBRprescriptive", value="true" if form == "act" else "false")

    expression = _sub(identification, "FRBRExpression")
    _uris(expression, f"{expression_uri}/!{component}", expression_uri)
    name = "draft" if draft else "adoption"
    _sub(expression, "FRBRdate", date=dated.isoformat(), name=name)
    _sub(expression, "FRBRauthor", href="#network")
    if not draft:
        _sub(expression, "FRBRversionNumber", value=str(document.edition))
    authentic = not draft and set(languages) <= set(document.authentic)
    _sub(expression, "FRBRauthoritative", value="true" if authentic else "false")
    for language in languages:
        _sub(expression, "FRBRlanguage", language=LANGUAGES.get(language, language))

    manifestation = _sub(identification, "FRBRManifestation")
    _uris(manifestation, f"{expression_uri}/!{component}.xml", f"{expression_uri}.xml")
    _sub(manifestation, "FRBRdate", date=document.made_at.date().isoformat(), name="generation")
    _sub(manifestation, "FRBRauthor", href="#network")
    _sub(manifestation, "FRBRformat", value="application/akn+xml")

    if component == "main" and document.in_force_from:
        lifecycle = _sub(meta, "lifecycle", source="#network")
        _event(lifecycle, "adoption", dated, kind="generation" if dated == begun else "amendment")
        _event(lifecycle, "force", document.in_force_from)
    references = _sub(meta, "references", source="#network")
    shown = next(
        (document.network[each] for each in (*languages, "en", "ko") if each in document.network),
        "",
    )
    _sub(
        references,
        "TLCOrganization",
        eId=f"{_prefix_of(parent)}network",
        href="/akn/ontology/organization/network",
        showAs=_clean(shown) or "network",
    )
    if component == "main":
        _hashes(meta, document, languages)


def _prefix_of(parent: etree._Element) -> str:
    """eIds of metadata are unique in the file, as all others are."""
    above = parent.getparent()
    own = above.get("eId", "") if above is not None else ""
    return f"{own}__" if own else ""


def _hashes(meta: etree._Element, document: TextDocument, languages: Sequence[str]) -> None:
    """The SHA-256 of docs/reference/canonical-text.md, in a namespace of their own."""
    proprietary = _sub(meta, "proprietary", source="#network")
    own = "urn:network-text:1"
    if document.sha256:
        etree.SubElement(proprietary, f"{{{own}}}edition", nsmap={"text": own}).set(
            "sha256", document.sha256
        )
    for language in languages:
        if document.hashes.get(language):
            each = etree.SubElement(proprietary, f"{{{own}}}language", nsmap={"text": own})
            each.set("code", language)
            each.set("sha256", document.hashes[language])
    if not len(proprietary):
        meta.remove(proprietary)


def _uris(parent: etree._Element, this: str, uri: str) -> None:
    _sub(parent, "FRBRthis", value=this)
    _sub(parent, "FRBRuri", value=uri)


def _event(parent: etree._Element, name: str, on: date, *, kind: str = "") -> None:
    event = _sub(parent, "eventRef", date=on.isoformat(), source="#network", refersTo=f"#{name}")
    if kind:
        event.set("type", kind)


# ── elements ──


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _sub(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _name(tag), attributes)


def _p(text: str) -> etree._Element:
    paragraph = etree.Element(_name("p"))
    paragraph.text = _clean(text)
    return paragraph


def _lines(element: etree._Element, text: str) -> None:
    """Inline words; a line feed is a break."""
    first, *rest = text.split("\n")
    element.text = _clean(first)
    for line in rest:
        _sub(element, "br").tail = _clean(line)


def _clean(text: str) -> str:
    """What XML can hold; anything else as the replacement character."""
    return _NOT_XML.sub("\ufffd", text)


def _w_id(key: str) -> str:
    return _SPACE.sub("_", _clean(key)) or "none"

"""Writing an amendment: an article as it should read, or operation by operation.

Nothing is kept between requests but what the form carries: rows that were added travel in it
until the draft is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms import amendment_layout as layout
from cms import amendment_pages as pages
from cms.components import Crumb
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import CityAction, city_policy
from resolutions.models import Amendment
from resolutions.models.amendments import AmendmentState
from resolutions.rules.amending import apply, derive
from resolutions.rules.numbering import cite, render_number
from resolutions.rules.operations import (
    Op,
    Operation,
    Words,
    operations_from_json,
    operations_hash,
)
from resolutions.rules.refusal import RuleRefused
from resolutions.rules.structure import Kind, Provision
from resolutions.rules.text_body import TextBody
from resolutions.selectors.amendments import AmendmentBase, base_of
from resolutions.services.amendments import add_operation, change_amendment
from secretariat.kernel.access import Access, access
from secretariat.kernel.errors import DomainError
from secretariat.workspace.article_editing import (
    BELOW,
    INNER,
    Row,
    Trees,
    is_unit,
    new_article,
    next_number,
    rows_from,
    rows_of,
    segment_of,
    unused_key,
    with_row_after,
    with_unit,
)
from secretariat.workspace.forms.amendments import ArticleForm, OperationForm
from secretariat.workspace.selectors.amendments import amendment_for_desk, keys_ever_used
from secretariat.workspace.views.acting import INVALID, status_of, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city


@dataclass(frozen=True)
class Writing:
    """A draft that is being written: the text it is against, and what it makes of it so far."""

    city: City
    amendment: Amendment
    base: AmendmentBase
    operations: tuple[Operation, ...]
    trees: Trees

    @property
    def url(self) -> str:
        return reverse("workspace:city_amendment", args=[self.city.slug, self.amendment.uuid])


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def article(request: HttpRequest, city: str, amendment: UUID, key: str) -> HttpResponse:
    """One article (or what stands beside articles) as it should read."""
    writing = _writing(request, city, amendment)
    if writing is None:
        return redirect("workspace:city_amendment", city=city, amendment=amendment)
    rows = rows_of(writing.trees, key)
    if not rows or not any(
        is_unit(found) for tree in writing.trees.values() for found in [tree.find(key)] if found
    ):
        raise Http404
    return _editor(request, writing, rows)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def insert(request: HttpRequest, city: str, amendment: UUID, key: str) -> HttpResponse:
    """A new article after another."""
    writing = _writing(request, city, amendment)
    if writing is None:
        return redirect("workspace:city_amendment", city=city, amendment=amendment)
    row = new_article(writing.trees, key, _used(writing))
    if row is None:
        raise Http404
    return _editor(request, writing, (row,))


def _writing(request: HttpRequest, city: str, uuid: UUID) -> Writing | None:
    """The draft, where this person may write it; None where it has to be renewed first."""
    owner = own_city(request, city)
    if not city_policy.may(request.user, CityAction.AMEND, owner, request.now):  # type: ignore[attr-defined]
        raise Http404
    found = amendment_for_desk(uuid=uuid, city=owner)
    if found is None or found.proposer_id != owner.pk or found.state != AmendmentState.DRAFT:
        raise Http404
    base = base_of(instrument=found.instrument)
    try:
        operations = operations_from_json(found.operations)
        trees = apply(base.trees, operations)
    except RuleRefused:
        return None
    if found.base_sha256 != base.sha256:
        return None
    return Writing(owner, found, base, operations, trees)


def _used(writing: Writing) -> frozenset[str]:
    own = {each.key for tree in writing.trees.values() for each in tree.walk()}
    return keys_ever_used(instrument=writing.amendment.instrument) | own


# ── an article as it should read ────────────────────────────────────────────────────────────


def _editor(request: HttpRequest, writing: Writing, standing: Sequence[Row]) -> HttpResponse:
    if request.method != "POST":
        return _article_page(request, writing, _form(writing, standing, None))
    try:
        rows = rows_from(request.POST.getlist("row"), standing, _used(writing))
    except ValueError:
        return HttpResponseBadRequest()
    if "add" in request.POST:
        return _with_one_more(request, writing, rows)
    form = _form(writing, rows, request.POST)
    if not form.is_valid():
        return _article_page(request, writing, form, status=INVALID)
    trees = with_unit(
        writing.trees,
        rows,
        form.words,
        struck=form.struck,
        renumber=form.cleaned_data["renumber"],
    )
    if request.POST.get("act") != "save":
        return _article_page(request, writing, form, preview=_preview(writing, trees))
    try:
        change_amendment(
            amendment=writing.amendment,
            trees=trees,
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _article_page(request, writing, form, status=status_of(refusal))
    messages.success(request, _("The change is saved in the draft."))
    return redirect(writing.url)


def _form(
    writing: Writing, rows: Sequence[Row], data: Any, *, initial: dict[str, Any] | None = None
) -> ArticleForm:
    return ArticleForm(
        data,
        rows=rows,
        trees=writing.trees,
        authentic=writing.amendment.instrument.authentic_languages,
        numbers=_numbers(writing, rows),
        initial=initial or {},
    )


def _numbers(writing: Writing, rows: Sequence[Row]) -> dict[str, str]:
    """What each row is called in the reader's language."""
    language = reader_language()
    names = {
        row.key: render_number(row.kind, row.number, language) if row.number else "" for row in rows
    }
    plain = [row for row in rows if not names[row.key]]
    for row in plain:
        sign = render_number(row.kind, "", language)
        place = [each for each in plain if each.kind is row.kind].index(row) + 1
        names[row.key] = sign or _("Paragraph %(place)d") % {"place": place}
    return names


def _with_one_more(request: HttpRequest, writing: Writing, rows: Sequence[Row]) -> HttpResponse:
    """The form with what was typed and one empty row more."""
    where, _colon, key = request.POST["add"].partition(":")
    found = next((row for row in rows if row.key == key), None)
    if found is None or (where, found.kind) not in _places_to_add(rows):
        return HttpResponseBadRequest()
    more = with_row_after(rows, key, below=where == "below", used=_used(writing))
    typed = {name: value for name, value in request.POST.items() if ":" in name}
    typed["renumber"] = request.POST.get("renumber", "")
    added = next(row.key for row in more if row not in rows)
    return _article_page(request, writing, _form(writing, more, None, initial=typed), added=added)


def _places_to_add(rows: Sequence[Row]) -> set[tuple[str, Kind]]:
    return {("after", kind) for kind in INNER} | {("below", kind) for kind in BELOW}


def _adds(row: Row, rows: Sequence[Row]) -> list[dict[str, str]]:
    """What may be added at a row: one of its kind after it, the first below it."""
    words = {
        Kind.PARAGRAPH: (_("Add a paragraph after"), _("Add a paragraph")),
        Kind.ITEM: (_("Add an item after"), _("Add an item")),
        Kind.SUBITEM: (_("Add a subitem after"), _("Add a subitem")),
    }
    found = []
    if row.kind in INNER and row.number:
        found.append({"value": f"after:{row.key}", "label": words[row.kind][0]})
    below = BELOW.get(row.kind)
    if below is not None and not any(each.parent == row.key for each in rows):
        found.append({"value": f"below:{row.key}", "label": words[below][1]})
    return found


def _preview(writing: Writing, trees: Trees) -> dict[str, Any]:
    """What the draft would change if it were saved so: sentences and redline."""
    operations = derive(writing.base.trees, trees)
    return {
        "sentences": layout.lay_out_sentences(
            writing.base.trees, operations, writing.amendment.instrument.titles
        ),
        "redline": layout.lay_out_change(writing.base.trees, trees, anchors="preview-"),
    }


def _article_page(
    request: HttpRequest,
    writing: Writing,
    form: ArticleForm,
    *,
    preview: dict[str, Any] | None = None,
    added: str = "",
    status: int = 200,
) -> HttpResponse:
    root = form.rows[0]
    name = _name(writing.trees, root)
    shown = form.shown
    for each in shown:
        each["adds"] = _adds(each["row"], form.rows)
    context = {
        **desk_frame(request, writing.city),
        "amendment": writing.amendment,
        "name": name,
        "is_new": root.new,
        "form": form,
        "shown": shown,
        "preview": preview,
        "added": added,
        "insert_url": ""
        if root.new or root.kind is not Kind.ARTICLE
        else reverse(
            "workspace:amend_insert",
            args=[writing.city.slug, writing.amendment.uuid, root.key],
        ),
        "crumbs": _crumbs(writing, name),
    }
    return render(request, "workspace/amendments/article.html", context, status=status)


def _name(trees: Trees, row: Row) -> str:
    """ "Article 5 (Joining)", in the reader's language where it has words."""
    language = reader_language()
    tree = trees.get(language) or next(iter(trees.values()))
    found = tree.find(row.key)
    sign = render_number(row.kind, row.number, tree.lang) if row.number else ""
    sign = sign or render_number(row.kind, "", tree.lang)
    return f"{sign} {found.heading}".strip() if found is not None else sign


def _crumbs(writing: Writing, last: str) -> tuple[Crumb, ...]:
    city = writing.city
    return (
        *desk_crumbs(city),
        Crumb(_("Amendments"), reverse("workspace:city_amendments", args=[city.slug])),
        Crumb(pages.name_of(writing.amendment), writing.url),
        Crumb(last),
    )


# ── operation by operation ──────────────────────────────────────────────────────────────────


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def operations(request: HttpRequest, city: str, amendment: UUID) -> HttpResponse:
    """The operations of a draft: each shown, removed and added by hand."""
    writing = _writing(request, city, amendment)
    if writing is None:
        return redirect("workspace:city_amendment", city=city, amendment=amendment)
    if request.method != "POST":
        op, key = request.GET.get("op", ""), request.GET.get("key", "")
        form = _operation_form(writing, op, key, None) if op and key else None
        return _operations_page(request, writing, op=op, key=key, form=form)
    if request.POST.get("act") == "remove":
        return _remove(request, writing)
    if request.POST.get("act") == "add":
        return _add(request, writing)
    return HttpResponseBadRequest()


FIELDS: dict[Op, tuple[str, ...]] = {
    Op.SUBSTITUTE: ("words",),
    Op.INSERT_AFTER: ("number", "words"),
    Op.DELETE: ("number_kept",),
    Op.RENUMBER: ("number",),
    Op.MOVE: ("place",),
}


def verbs() -> dict[Op, str]:
    """What each operation is called."""
    return {
        Op.SUBSTITUTE: _("Substitute the words"),
        Op.INSERT_AFTER: _("Insert after it"),
        Op.DELETE: _("Delete"),
        Op.RENUMBER: _("Give another number"),
        Op.MOVE: _("Move"),
    }


def _remove(request: HttpRequest, writing: Writing) -> HttpResponse:
    try:
        place = int(request.POST.get("place", "")) - 1
    except ValueError:
        return HttpResponseBadRequest()
    kept = [each for index, each in enumerate(writing.operations) if index != place]
    if request.POST.get("hash") != operations_hash(writing.operations):
        messages.warning(request, _("The draft has changed meanwhile. Look at it again."))
        return redirect(request.path)
    try:
        change_amendment(
            amendment=writing.amendment,
            operations=kept,
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        return _operations_page(request, writing, refusal=refusal)
    messages.success(request, _("The operation is removed."))
    return redirect(request.path)


def _add(request: HttpRequest, writing: Writing) -> HttpResponse:
    op, key = request.POST.get("op", ""), request.POST.get("key", "")
    form = _operation_form(writing, op, key, request.POST)
    if form is None:
        return HttpResponseBadRequest()
    if not form.is_valid():
        return _operations_page(request, writing, op=op, key=key, form=form, status=INVALID)
    try:
        add_operation(
            amendment=writing.amendment,
            operation=_operation(writing, Op(op), key, form),
            actor=request.user,
            now=request.now,  # type: ignore[attr-defined]
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        status = status_of(refusal)
        return _operations_page(request, writing, op=op, key=key, form=form, status=status)
    messages.success(request, _("The operation is added."))
    return redirect(request.path)


def _operation_form(writing: Writing, op: str, key: str, data: Any) -> OperationForm | None:
    """The form of one operation on one provision; None where there is no such thing."""
    trees = writing.trees
    found = {code: tree.find(key) for code, tree in trees.items()}
    shown = next((each for each in found.values() if each is not None), None)
    if shown is None or op not in list(Op):
        return None
    kind = Op(op)
    initial: dict[str, Any] = {}
    if kind is Op.SUBSTITUTE:
        for code, each in found.items():
            if each is not None:
                initial |= {f"heading_{code}": each.heading, f"text_{code}": each.text}
    if kind is Op.RENUMBER:
        initial["number"] = shown.number
    if kind is Op.INSERT_AFTER:
        initial["number"] = _number_after(trees, shown)
    return OperationForm(
        data,
        fields=FIELDS[kind],
        tree=trees,
        heading=shown.kind not in (*INNER, Kind.PREAMBLE, Kind.CLOSING),
        places=_places(trees, key) if kind is Op.MOVE else (),
        initial=initial,
    )


def _number_after(trees: Trees, shown: Provision) -> str:
    tree = next(iter(trees.values()))
    path = tree.path(shown.key)
    above = path[-2].children if len(path) > 1 else tree.provisions
    siblings = [each.number for each in above if each.kind is shown.kind]
    if shown.kind is Kind.ARTICLE:
        row = new_article(trees, shown.key, frozenset())
        return row.number if row is not None else ""
    return next_number(shown.number, siblings) if shown.number else ""


def _places(trees: Trees, key: str) -> list[tuple[str, str]]:
    """Where a provision may be moved: "PARENT|AFTER", named by what it would stand behind."""
    code = layout.reading_order(trees)[0]
    tree = trees[code]
    moving = tree.find(key)
    if moving is None:
        return []
    own = {each.key for each in moving.walk()}
    choices = []
    for provision, parent in tree.walk_with_parent():
        if provision.key in own:
            continue
        if provision.kind is moving.kind:
            above = parent.key if parent else ""
            after = _("after %(place)s") % {"place": _cited(trees, provision.key)}
            choices.append((f"{above}|{provision.key}", after))
        elif any(child.kind is moving.kind for child in provision.children):
            first = _("as the first in %(place)s") % {"place": _cited(trees, provision.key)}
            choices.append((f"{provision.key}|", first))
    return choices


def _operation(writing: Writing, op: Op, key: str, form: OperationForm) -> Operation:
    """The operation that the form describes, on the text as the draft makes it so far."""
    data = form.cleaned_data
    words = (
        {code: Words(*pair) for code, pair in form.words().items()} if "words" in FIELDS[op] else {}
    )
    if op is Op.SUBSTITUTE:
        return Operation(op=op, key=key, words=words)
    if op is Op.INSERT_AFTER:
        place = TextBody.of(writing.trees).places[key]
        above = key.rpartition(".")[0]
        wanted = ".".join(filter(None, (above, f"{segment_of(place.kind)}{data['number']}")))
        return Operation(
            op=op,
            key=unused_key(wanted, _used(writing)),
            words=words,
            kind=place.kind,
            number=data["number"],
            parent=place.parent,
            after=key,
        )
    if op is Op.DELETE:
        return Operation(op=op, key=key, number_kept=data["number_kept"])
    if op is Op.RENUMBER:
        return Operation(op=op, key=key, number=data["number"])
    parent, _bar, after = data["place"].partition("|")
    return Operation(op=op, key=key, parent=parent, after=after)


def _cited(trees: Trees, key: str) -> str:
    tree = trees[layout.reading_order(trees)[0]]
    path = tree.path(key)
    name = cite(path, tree.lang)
    heading = path[-1].heading if path else ""
    return " ".join(filter(None, (name, heading))) or key


def _operations_page(
    request: HttpRequest,
    writing: Writing,
    *,
    op: str = "",
    key: str = "",
    form: OperationForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    base, trees = writing.base.trees, writing.trees
    titles = writing.amendment.instrument.titles
    tree = trees[layout.reading_order(trees)[0]]
    shown = []
    for one in writing.operations:
        place = one.after or one.parent if one.op is Op.INSERT_AFTER else one.key
        shown.append(
            {
                "verb": verbs()[one.op],
                "place": _cited(
                    base if any(t.find(place) for t in base.values()) else trees, place
                ),
                "sentences": layout.lay_out_sentences(base, [one], titles, opening=False),
            }
        )
    context = {
        **desk_frame(request, writing.city),
        "amendment": writing.amendment,
        "operations": shown,
        "hash": operations_hash(writing.operations),
        "verbs": [(kind.value, words) for kind, words in verbs().items()],
        "op": op,
        "chosen": key,
        "provisions": [(each.key, _cited(trees, each.key)) for each in tree.walk()],
        "form": form,
        "form_title": f"{verbs()[Op(op)]}: {_cited(trees, key)}" if form is not None else "",
        "refusal": summary_of(refusal),
        "back": writing.url,
        "crumbs": _crumbs(writing, _("Operation by operation")),
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/amendments/operations.html", context, status=status)

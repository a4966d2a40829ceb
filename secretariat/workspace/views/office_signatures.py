"""Signatures in the office: opening an edition, who signed, sheets, withdrawing, corrigenda."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.by_letter import badges
from cms.components import Badge, Crumb
from cms.editions import title_of
from cms.redline_layout import RedlineText, lay_out_redline
from cms.signatory_pages import Lines, behind_words, lines_of, reserved_keys, signing_badge
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import OfficeAction
from members.selectors.letters import letters_under
from members.selectors.public import cities_of_network
from resolutions.models import Edition, Instrument, Signing
from resolutions.models.votes import Outcome, VoteState
from resolutions.rules.declaration_lifecycle import DECLARATION_LIFECYCLE, SIGNABLE, Opening
from resolutions.rules.declaration_lifecycle import DeclarationAction as Action
from resolutions.rules.redline import redline
from resolutions.rules.structure import TextTree
from resolutions.selectors.decisions import public_votes
from resolutions.selectors.signatures import signatories_of
from resolutions.selectors.texts import edition_trees, published_editions
from resolutions.services.corrigenda import CorrectWords, corrected_trees, issue_corrigendum
from resolutions.services.signatures import open_for_signature, withdraw_from_signature
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.acts import Act, known, obstacle
from secretariat.workspace.forms.signatures import CorrectionForm, EndForm, provisions_of
from secretariat.workspace.lifecycles import LifeStrip, declaration_strip
from secretariat.workspace.views.acting import INVALID, perform, status_of, submit, summary_of
from secretariat.workspace.views.office import frame, may, require_page
from secretariat.workspace.views.reauth import recently_authenticated
from secretariat.workspace.views.signatures import sheet_response


@dataclass(frozen=True, slots=True)
class EditionPart:
    """An edition on the page: where it stands, who is behind it, what can be done."""

    edition: Edition
    signing: Signing | None
    badge: Badge | None
    strip: LifeStrip
    behind: str
    lines: Lines | None
    open_act: Act | None
    end_form: EndForm | None


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts=("end",))
def signatures(request: HttpRequest, slug: str) -> HttpResponse:
    """A declaration's editions, latest first, each with its signatories."""
    found = _declaration(slug)
    if request.method != "POST":
        return _page(request, found)
    edition = _posted_edition(request, found)
    doing: dict[str, Any] = {"edition": edition, "actor": request.user, "now": _now(request)}
    if request.POST.get("act") == "open":

        def opened() -> str:
            open_for_signature(**doing)
            return _("Edition %(number)d is open for signature.") % {"number": edition.number}

        return perform(
            request,
            {"open": opened},
            back=request.path,
            again=lambda refusal: _page(request, found, refusal=refusal),
        )
    if request.POST.get("act") != "end":
        return HttpResponseBadRequest()
    form = EndForm(request.POST, decisions=_decisions(), auto_id=f"end_{edition.number}_%s")

    def ended(data: dict[str, Any]) -> tuple[str, str]:
        decision = public_votes().filter(slug=data["decision"]).first()
        withdraw_from_signature(
            reason=data["reason"], decision=decision, basis=data["basis"], **doing
        )
        said = _("Edition %(number)d is withdrawn. What was signed stays on the record.")
        return said % {"number": edition.number}, request.path

    return submit(
        request,
        form,
        ended,
        again=lambda status: _page(request, found, bound=(edition.number, form), status=status),
    )


@access(Access.OFFICE)
@require_safe
@never_cache
def signing_sheet(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A sheet to print, for one city (`?city=`) or with a line for any."""
    edition = _edition(_declaration(slug), number)
    wanted = request.GET.get("city", "")
    cities = City.objects.prefetch_related("name_rows")
    return sheet_response(edition, get_object_or_404(cities, slug=wanted) if wanted else None)


@access(Access.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated(acts=("issue",))
def corrigendum(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Choosing provisions, writing their words as they should read, seeing it, issuing it."""
    require_page(request, OfficeAction.ADOPT_TEXTS)
    found = Instrument.objects.filter(slug=slug).prefetch_related("wordings").first()
    if found is None:
        raise Http404
    edition = _edition(found, number)
    trees = edition_trees(edition=edition)
    given = request.POST if request.method == "POST" else request.GET
    known_keys = next(iter(trees.values())).by_key()
    keys = [key for key in dict.fromkeys(given.getlist("key")) if key in known_keys]
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        provisions=_worded(trees, keys),
    )

    def page(status: int = 200, shown: RedlineText | None = None) -> HttpResponse:
        context = {
            **frame(
                request,
                Crumb(_("Texts"), reverse("workspace:texts")),
                Crumb(found, reverse("workspace:text", args=[slug])),
                Crumb(_("Corrigendum")),
                place="texts",
            ),
            "edition": edition,
            "title": title_of(edition, reader_language()),
            "choices": provisions_of(trees, reader_language()),
            "keys": keys,
            "form": form if keys else None,
            "redline": shown,
        }
        return render(request, "workspace/signatures/corrigendum.html", context, status=status)

    if request.method != "POST":
        return page()
    if not keys or request.POST.get("act") not in ("preview", "issue"):
        return HttpResponseBadRequest()
    if not form.is_valid():
        return page(INVALID)
    corrections = {
        key: {language: CorrectWords(*words) for language, words in by_language.items()}
        for key, by_language in form.corrections.items()
    }
    if request.POST["act"] == "preview":
        new = corrected_trees(trees=trees, corrections=corrections)
        return page(shown=_redline(trees, new))

    def issued(data: dict[str, Any]) -> tuple[str, str]:
        made = issue_corrigendum(
            edition=edition,
            corrections=corrections,
            reason=data["reason"],
            actor=request.user,
            now=_now(request),
        )
        said = _("Edition %(new)d is public. It corrects edition %(old)d.")
        address = reverse("workspace:text", args=[slug])
        return said % {"new": made.number, "old": edition.number}, address

    return submit(request, form, issued, again=page)


# ── the page of signatures ──────────────────────────────────────────────────────────────────


def _now(request: HttpRequest) -> Any:
    return request.now  # type: ignore[attr-defined]


def _declaration(slug: str) -> Instrument:
    found = (
        Instrument.objects.filter(slug=slug, kind__in=SIGNABLE).prefetch_related("wordings").first()
    )
    if found is None:
        raise Http404
    return found


def _edition(instrument: Instrument, number: int) -> Edition:
    found = published_editions().filter(instrument=instrument, number=number).first()
    if found is None:
        raise Http404
    return found


def _posted_edition(request: HttpRequest, instrument: Instrument) -> Edition:
    number = request.POST.get("edition", "")
    return _edition(instrument, int(number) if number.isascii() and number.isdigit() else 0)


def _decisions() -> list[tuple[str, str]]:
    """The latest decisions that adopted something, by slug."""
    language = reader_language()
    rows = public_votes().filter(state=VoteState.CLOSED, result__outcome=Outcome.ADOPTED)
    return [(row.slug, row.title_in(language)) for row in rows.order_by("-closed_at", "-pk")[:30]]


def _page(
    request: HttpRequest,
    found: Instrument,
    *,
    refusal: DomainError | None = None,
    bound: tuple[int, EndForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    on = network_day(_now(request))
    editions = list(
        published_editions()
        .filter(instrument=found)
        .select_related("signing__decision")
        .order_by("-number")
    )
    marks = badges(letters_under(prefix=f"signing:{found.slug}/"))
    language = reader_language()
    context = {
        **frame(
            request,
            Crumb(_("Texts"), reverse("workspace:texts")),
            Crumb(found, reverse("workspace:text", args=[found.slug])),
            Crumb(_("Signatures")),
            place="texts",
        ),
        "text": found,
        "parts": [
            _part(request, found, each, latest=not place, on=on, marks=marks, bound=bound)
            for place, each in enumerate(editions)
        ],
        "bound": bound,
        "cities": sorted(
            (row.city.name_in(language), row.city.slug) for row in cities_of_network(on=on)
        ),
        "refusal": summary_of(refusal),
        "letter_url": f"{reverse('workspace:choose_letter')}?kind=signature&q=",
    }
    status = status_of(refusal) if refusal else status
    return render(request, "workspace/signatures/office.html", context, status=status)


def _part(
    request: HttpRequest,
    found: Instrument,
    edition: Edition,
    *,
    latest: bool,
    on: Any,
    marks: Mapping[str, Badge],
    bound: tuple[int, EndForm] | None,
) -> EditionPart:
    signing: Signing | None = getattr(edition, "signing", None)
    behind = signatories_of(instrument=found, on=on, edition=edition.number) if signing else None
    lines = None
    if behind is not None:
        keys = reserved_keys(behind)
        trees = edition_trees(edition=edition) if keys else {}
        paths = {
            key: {language: tree.path(key) for language, tree in trees.items()} for key in keys
        }
        lines = lines_of(behind, paths=paths, marks=marks)
    adopts = may(request, OfficeAction.ADOPT_TEXTS)
    ends = (
        adopts
        and signing is not None
        and known(DECLARATION_LIFECYCLE, signing.state, Action.WITHDRAW)
    )
    form = None
    if ends:
        form = EndForm(decisions=_decisions(), auto_id=f"end_{edition.number}_%s")
        if bound is not None and bound[0] == edition.number:
            form = bound[1]
    return EditionPart(
        edition=edition,
        signing=signing,
        badge=signing_badge(signing) if signing is not None else None,
        strip=declaration_strip(signing, found),
        behind=behind_words(behind) if behind is not None and behind.behind else "",
        lines=lines,
        open_act=_open_act(found, edition, latest=latest) if adopts and signing is None else None,
        end_form=form,
    )


def _open_act(found: Instrument, edition: Edition, *, latest: bool) -> Act:
    facts = Opening(
        kind=found.kind,
        published=True,
        decided=edition.decision_id is not None or bool(edition.basis),
        latest=latest,
    )
    return Act(
        "open",
        _("Open edition %(number)d for signature") % {"number": edition.number},
        tone="open",
        hint=_(
            "Cities and partner bodies find it on their desk. Those that stand behind an earlier "
            "edition are asked by e-mail to confirm; the earlier edition is signed no more."
        ),
        blocked=obstacle(
            DECLARATION_LIFECYCLE, "adopted", Action.OPEN, facts, language=reader_language()
        ),
        hidden=(("edition", str(edition.number)),),
    )


# ── the page of a corrigendum ───────────────────────────────────────────────────────────────


def _worded(
    trees: Mapping[str, TextTree], keys: list[str]
) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
    """Key, citation and words by language of the provisions to correct."""
    names = dict(provisions_of(trees, reader_language()))
    return [
        (
            key,
            names.get(key, key),
            {
                language: (tree.by_key()[key].heading, tree.by_key()[key].text)
                for language, tree in trees.items()
                if key in tree.by_key()
            },
        )
        for key in keys
    ]


def _redline(old: Mapping[str, TextTree], new: Mapping[str, TextTree]) -> RedlineText:
    return lay_out_redline(
        {language: redline(old[language], new[language]) for language in old},
        languages=list(old),
        only_changed=True,
        first_heading_level=3,
        show_titles=False,
    )

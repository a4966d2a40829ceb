"""Declarations on a city's desk: reading an edition, signing it, reservations, stepping back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.by_letter import badges
from cms.components import Badge, Crumb
from cms.editions import title_of
from cms.legal_layout import lay_out
from cms.signatory_pages import ReservationLine, reservation_line, signature_line, signing_badge
from cms.templatetags.formats import reader_language
from members.models import City
from members.policies import CityAction, city_policy
from members.selectors.letters import letters_under
from resolutions.models import Edition, Signature, Signing
from resolutions.models.signatures import SigningState
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Kind
from resolutions.selectors.signatures import Asked, open_for, signature_of, signed_by, signing_of
from resolutions.selectors.texts import edition_trees
from resolutions.services.signatures import (
    enter_reservation,
    sign,
    withdraw_reservation,
    withdraw_signature,
)
from resolutions.services.signing_sheets import signing_sheet
from secretariat.kernel.access import Access, access
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import DomainError
from secretariat.workspace.forms.signatures import (
    ReservationForm,
    SignForm,
    WithdrawForm,
    provisions_of,
)
from secretariat.workspace.views.acting import perform, status_of, submit, summary_of
from secretariat.workspace.views.desk_frame import desk_crumbs, desk_frame, own_city
from secretariat.workspace.views.reauth import recently_authenticated


@access(Access.CITY)
@require_safe
@never_cache
def declarations(request: HttpRequest, city: str) -> HttpResponse:
    """What is open for signature, and what the city stands behind."""
    owner = own_city(request, city)
    on = network_day(request.now)  # type: ignore[attr-defined]
    context = {
        **desk_frame(request, owner),
        "open": [_asked(each, owner) for each in open_for(city=owner, on=on)],
        "ours": [
            {
                "behind": each,
                "title": title_of(each.signature.edition, reader_language()),
                "url": _address(owner, each.signature.edition.signing),
            }
            for each in signed_by(city=owner, on=on)
        ],
        "may_sign": _may_sign(request, owner),
        "crumbs": (*desk_crumbs(owner), Crumb(_("Declarations"))),
    }
    return render(request, "workspace/signatures/declarations.html", context)


@access(Access.CITY)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@recently_authenticated
def declaration(request: HttpRequest, city: str, slug: str, number: int) -> HttpResponse:
    """One edition: its words and its hash, the city's signature, and what it can do now."""
    owner = own_city(request, city)
    page = _Page(request, owner, _signing(slug, number))
    if request.method != "POST":
        return page.response()
    name = request.POST.get("act", "")
    if name == "withdraw_reservation":
        return perform(
            request,
            {name: page.take_reservation_back},
            back=request.path,
            again=lambda refusal: page.response(refusal=refusal),
        )
    forms: dict[str, tuple[Any, Callable[[dict[str, Any]], tuple[str, str]]]] = {
        "sign": (page.sign_form, page.sign),
        "reserve": (page.reservation_form, page.reserve),
        "withdraw": (lambda data: WithdrawForm(data, auto_id="withdraw_%s"), page.withdraw),
    }
    if name not in forms:
        return HttpResponseBadRequest()
    form_of, deed = forms[name]
    form = page.form = form_of(request.POST)
    return submit(
        request, form, deed, again=lambda status: page.response(bound=(name, form), status=status)
    )


@access(Access.CITY)
@require_safe
@never_cache
def city_sheet(request: HttpRequest, city: str, slug: str, number: int) -> HttpResponse:
    """The sheet that the city's mayor signs on paper."""
    owner = own_city(request, city)
    return sheet_response(_signing(slug, number).edition, owner)


def sheet_response(edition: Edition, city: City | None) -> HttpResponse:
    """A signing sheet to print."""
    content = signing_sheet(edition=edition, city=city, language=reader_language())
    name = "-".join(
        filter(None, (edition.instrument.slug, str(edition.number), city.slug if city else ""))
    )
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="sheet-{name}.pdf"'},
    )


def waiting_signatures(request: HttpRequest, city: City) -> list[dict[str, Any]]:
    """What waits for the city on its desk: to confirm a later edition, then to sign."""
    if not _may_sign(request, city):
        return []
    on = network_day(request.now)  # type: ignore[attr-defined]
    rows = open_for(city=city, on=on)
    rows.sort(key=lambda each: each.stands_behind is None)
    return [_asked(each, city) for each in rows]


def _may_sign(request: HttpRequest, city: City) -> bool:
    return city_policy.may(request.user, CityAction.SIGN, city, request.now)  # type: ignore[attr-defined]


def _address(city: City, signing: Signing) -> str:
    edition = signing.edition
    return reverse("workspace:sign", args=[city.slug, edition.instrument.slug, edition.number])


def _asked(each: Asked, city: City) -> dict[str, Any]:
    edition = each.signing.edition
    title = title_of(edition, reader_language())
    if each.stands_behind is not None:
        words = _("Your city stands behind edition %(old)d. Edition %(new)d asks to be confirmed.")
        text = words % {"old": each.stands_behind.number, "new": edition.number}
        said = _("Confirm the new edition: %(title)s") % {"title": title}
    else:
        text = _("Edition %(number)d is open for signature.") % {"number": edition.number}
        said = _("Sign: %(title)s") % {"title": title}
    return {"title": said, "text": text, "url": _address(city, each.signing)}


def _signing(slug: str, number: int) -> Signing:
    found = signing_of(slug=slug, number=number)
    if found is None:
        raise Http404
    return found


class _Page:
    """The page of one edition for one city, its forms and its deeds."""

    def __init__(self, request: HttpRequest, city: City, signing: Signing) -> None:
        self.request, self.city, self.signing = request, city, signing
        self.edition = signing.edition
        self.now = request.now  # type: ignore[attr-defined]
        self.trees = edition_trees(edition=self.edition)
        self.signature = signature_of(edition=self.edition, city=city)
        self.form: Any = None

    # forms

    def sign_form(self, data: Any = None) -> SignForm:
        return SignForm(
            data,
            edition=self.edition,
            provisions=provisions_of(self.trees, reader_language()),
            initial={"sha256": self.edition.sha256, "language": reader_language()},
            auto_id="sign_%s",
        )

    def reservation_form(self, data: Any = None) -> ReservationForm:
        return ReservationForm(
            data, provisions=provisions_of(self.trees, reader_language()), auto_id="reserve_%s"
        )

    # deeds

    def sign(self, data: dict[str, Any]) -> tuple[str, str]:
        sign(
            edition=self.edition,
            city=self.city,
            language=data["language"],
            sha256=data["sha256"],
            signed_by=data["signed_by"],
            reservations=self.form.reservations,
            actor=self.request.user,
            now=self.now,
        )
        said = _("%(city)s stands behind it from today on.")
        return said % {"city": self.city.name_in(reader_language())}, self.request.path

    def reserve(self, data: dict[str, Any]) -> tuple[str, str]:
        enter_reservation(
            signature=self._standing(),
            reserved=self.form.reserved,
            actor=self.request.user,
            now=self.now,
        )
        return _("The reservation is entered, and public."), self.request.path

    def withdraw(self, data: dict[str, Any]) -> tuple[str, str]:
        withdraw_signature(
            signature=self._standing(),
            reason=data["reason"],
            actor=self.request.user,
            now=self.now,
        )
        said = _("The signature is withdrawn from today on. It stays on the record.")
        return said, self.request.path

    def take_reservation_back(self) -> str:
        wanted = self.request.POST.get("reservation", "")
        for each in self._standing().reservations.all():
            if str(each.uuid) == wanted:
                withdraw_reservation(reservation=each, actor=self.request.user, now=self.now)
                return _("The reservation is withdrawn from today on.")
        raise Http404

    def _standing(self) -> Signature:
        if self.signature is None:
            raise Http404
        return self.signature

    # the page

    def response(
        self,
        *,
        refusal: DomainError | None = None,
        bound: tuple[str, Any] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        own = self.signature
        standing = own is not None and not hasattr(own, "withdrawal")
        may_sign = _may_sign(self.request, self.city)
        open_now = self.signing.state == SigningState.OPEN
        forms = {
            "sign": self.sign_form() if may_sign and open_now and not standing else None,
            "reserve": self.reservation_form() if may_sign and standing else None,
            "withdraw": WithdrawForm(auto_id="withdraw_%s") if may_sign and standing else None,
        }
        if bound is not None:
            forms[bound[0]] = bound[1]
        edition = self.edition
        marks = self._marks() if own is not None else {}
        context = {
            **desk_frame(self.request, self.city),
            "edition": edition,
            "signing": self.signing,
            "badge": signing_badge(self.signing),
            "title": title_of(edition, reader_language()),
            "legal": lay_out(
                self.trees, languages=list(self.trees), number=_number, first_heading_level=3
            ),
            "line": signature_line(own, (), paths={}, marks=marks) if own is not None else None,
            "standing": standing,
            "reservations": self._reservations(marks),
            "forms": forms,
            "bound": bound[1] if bound else None,
            "opened": bound[0] if bound else "",
            "may_sign": may_sign,
            "open_now": open_now,
            "signatories_url": reverse("cms:signatories", args=[edition.instrument.slug]),
            "refusal": summary_of(refusal),
            "crumbs": (
                *desk_crumbs(self.city),
                Crumb(_("Declarations"), reverse("workspace:declarations", args=[self.city.slug])),
                Crumb(title_of(edition, reader_language())),
            ),
        }
        status = status_of(refusal) if refusal else status
        return render(self.request, "workspace/signatures/declaration.html", context, status=status)

    def _marks(self) -> Mapping[str, Badge]:
        slug, number = self.edition.instrument.slug, self.edition.number
        return badges(letters_under(prefix=f"signing:{slug}/{number}/{self.city.slug}/"))

    def _reservations(self, marks: Mapping[str, Badge]) -> list[ReservationLine]:
        """Every reservation that the city entered, those that hold first."""
        if self.signature is None:
            return []
        rows = list(self.signature.reservations.all())
        paths = {
            row.provision_key: {
                language: tree.path(row.provision_key) for language, tree in self.trees.items()
            }
            for row in rows
            if row.provision_key
        }
        lines = [reservation_line(row, self.edition, paths=paths, marks=marks) for row in rows]
        return sorted(lines, key=lambda line: line.withdrawn_on is not None)


def _number(kind: str, number: str, language: str) -> str:
    return render_number(Kind(kind), number, language)

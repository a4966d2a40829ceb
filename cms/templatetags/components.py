"""Tags that render components, and the addresses the page frame needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Protocol

from django import template
from django.core.paginator import Page
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    SplitDateTimeWidget,
)
from django.template.context import Context
from django.template.loader import get_template
from django.urls import translate_url
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cms import components, navigation
from cms.seats import Mark, Seat, SeatField
from cms.templatetags.formats import reader_language

register = template.Library()


class Renderable(Protocol):
    """A component: it names its template."""

    template: ClassVar[str]


def _render(context: Context, name: str, **values: Any) -> SafeString:
    """A component's template, with the page's request and nothing else of its context."""
    kept = {
        key: context[key]
        for key in ("request", "csrf_token", "network", "now", "demonstration_now")
        if key in context
    }
    return mark_safe(get_template(name).render({**kept, **values}, None))  # noqa: S308 (escaped)


@register.simple_tag(takes_context=True)
def component(context: Context, thing: Renderable | None) -> SafeString | str:
    """Render a component with the template its dataclass names; nothing for None."""
    if not thing:
        return ""
    return _render(context, thing.template, self=thing)


@register.simple_tag(takes_context=True)
def seat_field(
    context: Context, field: SeatField | None, size: str = "regular"
) -> SafeString | str:
    """A field of squares; sizes: small, regular, large."""
    if not field:
        return ""
    return _render(context, "cms/components/seat_field.html", self=field, size=size)


@register.inclusion_tag("cms/components/seat.html")
def seat(one: Seat, words: str = "", line: bool = False, hidden: bool = True) -> dict[str, Any]:
    """One square, as an element of a list."""
    return {"seat": one, "words": words, "line": line, "hidden": hidden}


@register.inclusion_tag("cms/components/swatch.html")
def swatch(one: Seat) -> dict[str, Any]:
    """One square without a code, for a legend or a heading; says nothing to screen readers."""
    return {"seat": one}


@register.simple_tag
def mark_seat(mark: str, code: str = "", name: str = "", candidate: int | None = None) -> Seat:
    """A seat made in a template: `{% mark_seat "present" city.code as one %}`."""
    return Seat(code=code, name=name, mark=Mark(mark), candidate=candidate)


@register.filter
def said_of(field: SeatField, one: Seat) -> str:
    """What a field says of a seat, in words."""
    return field.describe(one)


@register.filter
def quorum_at(counter: int, field: SeatField) -> bool:
    """Whether the quorum line stands after the seat with this 1-based number."""
    return field.quorum is not None and counter == field.quorum.needed


@register.inclusion_tag("cms/components/badge.html")
def badge(text: Any, tone: str = "neutral") -> dict[str, Any]:
    """A state in one word."""
    return {"self": components.Badge(text=text, tone=tone)}


@register.inclusion_tag("cms/components/badge.html")
def state_badge(state: str) -> dict[str, Any]:
    """The badge of an aggregate's state."""
    return {"self": components.state_badge(state) if state else None}


@register.inclusion_tag("cms/components/crumbs.html")
def breadcrumbs(crumbs: Iterable[components.Crumb]) -> dict[str, Any]:
    """The way here; home is put first."""
    return {
        "crumbs": tuple(crumbs or ()),
        "home": navigation.site_address("home", reader_language()),
    }


@register.simple_tag(takes_context=True)
def deadline(
    context: Context,
    closes_at: dt.datetime | None,
    now: dt.datetime | None = None,
    zones: Any = None,
) -> SafeString | str:
    """When something closes, in words and by the clocks of `zones` (names, or one name)."""
    if not closes_at:
        return ""
    zones = (
        (zones,)
        if isinstance(zones, str)
        else tuple(zones or (timezone.get_current_timezone_name(),))
    )
    moment = now or context["now"]
    return component(context, components.Deadline(closes_at=closes_at, now=moment, zones=zones))


@register.inclusion_tag("cms/components/hash.html", name="hash")
def hash_display(value: str, style: str = "") -> dict[str, Any]:
    """A hash in groups of eight; `"short"` shows the first group only."""
    value = str(value or "")
    groups = [value[at : at + 8] for at in range(0, len(value), 8)]
    return {"groups": groups[:1] if style == "short" else groups, "value": value, "style": style}


@register.inclusion_tag("cms/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any] | None) -> dict[str, Any]:
    """Links to the pages of a list; every other query parameter is kept."""
    query = context["request"].GET.copy() if "request" in context else None

    def address(number: int) -> str:
        if query is None:
            return f"?page={number}"
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    if not page or page.paginator.num_pages < 2:
        return {"page": None}
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [
            (number, address(number) if isinstance(number, int) else "") for number in numbers
        ],
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }


# ── addresses ───────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def site_url(name: str) -> str:
    """The address of a section or a fixed place in the reader's language."""
    return navigation.site_address(name, reader_language())


@register.simple_tag(takes_context=True)
def current_section(context: Context) -> str:
    """The section this page belongs to: `section` of its context, else by its address."""
    given = context.get("section")
    if isinstance(given, str):
        return given
    request = context.get("request")
    return navigation.section_of(request.path) if request else ""


@register.simple_tag
def sections() -> tuple[navigation.Section, ...]:
    """The sections of the main navigation."""
    return navigation.SECTIONS


@register.simple_tag(takes_context=True)
def language_url(context: Context, language: str) -> str:
    """This same thing in another language.

    The page's `translations` (language → address) win, then `language_links` (tuples of
    language, label, address), then the same address under the other language's prefix.
    """
    given = context.get("translations")
    if isinstance(given, Mapping) and given.get(language):
        return str(given[language])
    for code, _label, address in context.get("language_links") or ():
        if code == language:
            return str(address)
    request = context.get("request")
    if request is None:
        return navigation.site_address("home", language)
    here = request.get_full_path()
    there = translate_url(here, language)
    if there == here and language != reader_language():
        return navigation.site_address("home", language)
    return there


# ── forms ───────────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, variant: str = "") -> SafeString:
    """A form field with its label, hint, error and input; `variant="ballot"` for large choices."""
    widget = bound.field.widget
    choices = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    several = choices or isinstance(widget, SplitDateTimeWidget)
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, Any] = {}
    if described and not several:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors and not several:
        attributes["aria-invalid"] = "true"
    if widget.attrs.get("placeholder") == bound.label:
        attributes["placeholder"] = False  # a placeholder that only repeats the label says nothing
    rendered = "" if choices else bound.as_widget(attrs=attributes)
    return _render(
        context,
        "cms/components/field.html",
        field=bound,
        input=rendered,
        choices=list(bound.subwidgets) if choices else None,
        several=several,
        described=" ".join(described),
        checkbox=isinstance(widget, CheckboxInput),
        variant=variant,
    )


@register.simple_tag(takes_context=True)
def form_fields(context: Context, form: BaseForm) -> SafeString:
    """Every field of a form, hidden ones first."""
    hidden = format_html_join("", "{}", ((bound,) for bound in form.hidden_fields()))
    shown = format_html_join(
        "", "{}", ((field(context, bound),) for bound in form.visible_fields())
    )
    return format_html("{}{}", hidden, shown)


@register.simple_tag(takes_context=True)
def error_summary(context: Context, form: BaseForm | None) -> SafeString | str:
    """Everything wrong with a form, each line leading to its field; nothing if all is well."""
    if form is None or not form.errors:
        return ""
    errors = [components.FormError(str(text)) for text in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or bound.auto_id
        errors += [
            components.FormError(f"{bound.label}: {text}", "" if bound.is_hidden else target)
            for text in bound.errors
        ]
    return component(context, components.ErrorSummary(errors=tuple(errors)))


@register.simple_tag
def heading(level: int, text: Any, css_class: str = "") -> SafeString:
    """A heading of a level that only the page knows."""
    tag = mark_safe(f"h{max(1, min(int(level), 6))}")  # noqa: S308 (a digit from one to six)
    if css_class:
        return format_html('<{} class="{}">{}</{}>', tag, css_class, text, tag)
    return format_html("<{}>{}</{}>", tag, text, tag)


@register.inclusion_tag("cms/components/demonstration.html", takes_context=True)
def demonstration_notice(context: Context) -> dict[str, Any]:
    """ "Demonstration data, not a real decision", on documents that leave the page."""
    network = context.get("network")
    return {
        "shown": bool(context.get("demonstration_now") or getattr(network, "demonstration", False))
    }

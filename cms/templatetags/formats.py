"""Dates, times with their zone, and names, in the reader's language.

Korean: "2018. 12. 12.(수)", "14:40 (서울)". English: "12 December 2018", "14:40 Seoul". A time is
never shown without its zone. English month names come from here and not from Django's formats,
because the house style does not follow any one locale's.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext_lazy as _

from cms.countries import COUNTRY_NAMES

register = template.Library()

KOREAN_WEEKDAYS = "월화수목금토일"
MONTHS = (
    "January February March April May June July August September October November December"
).split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

ZONES = {
    "Asia/Seoul": _("Seoul"),
    "Europe/Vienna": _("Vienna"),
    "Europe/Berlin": _("Berlin"),
    "Europe/London": _("London"),
    "Europe/Paris": _("Paris"),
    "Europe/Rome": _("Rome"),
    "Europe/Madrid": _("Madrid"),
    "America/New_York": _("New York"),
    "America/Sao_Paulo": _("São Paulo"),
    "Africa/Johannesburg": _("Johannesburg"),
    "Africa/Casablanca": _("Casablanca"),
    "Asia/Tokyo": _("Tokyo"),
    "Asia/Jakarta": _("Jakarta"),
    "UTC": "UTC",
}

COUNTRIES = {
    "AR": _("Argentina"), "AT": _("Austria"), "AU": _("Australia"), "BE": _("Belgium"),
    "BR": _("Brazil"), "CA": _("Canada"), "CH": _("Switzerland"), "CL": _("Chile"),
    "CN": _("China"), "CO": _("Colombia"), "DE": _("Germany"), "DK": _("Denmark"),
    "ES": _("Spain"), "FI": _("Finland"), "FR": _("France"), "GB": _("United Kingdom"),
    "GH": _("Ghana"), "ID": _("Indonesia"), "IN": _("India"), "IT": _("Italy"),
    "JP": _("Japan"), "KE": _("Kenya"), "KH": _("Cambodia"), "KR": _("Republic of Korea"),
    "MA": _("Morocco"), "MN": _("Mongolia"), "MX": _("Mexico"), "MY": _("Malaysia"),
    "NL": _("Netherlands"), "NO": _("Norway"), "NZ": _("New Zealand"), "PE": _("Peru"),
    "PH": _("Philippines"), "PL": _("Poland"), "PT": _("Portugal"), "SE": _("Sweden"),
    "SG": _("Singapore"), "SN": _("Senegal"), "TH": _("Thailand"), "TN": _("Tunisia"),
    "TR": _("Türkiye"), "TW": _("Taiwan"), "US": _("United States"), "UY": _("Uruguay"),
    "VN": _("Viet Nam"), "ZA": _("South Africa"),
}  # fmt: skip


def reader_language() -> str:
    """The reader's language without its region: "ko" or "en"."""
    return (get_language() or settings.LANGUAGE_CODE).split("-")[0]


def at_zone(moment: dt.datetime, zone: str) -> dt.datetime:
    """An aware moment on the clock of `zone`; a naive one is taken to be there already."""
    if timezone.is_naive(moment):
        return moment
    return moment.astimezone(zoneinfo.ZoneInfo(zone) if zone else timezone.get_current_timezone())


def zone_label(zone: str) -> str:
    """What people call a time zone: its city."""
    return str(ZONES.get(zone) or zone.rpartition("/")[2].replace("_", " "))


def format_day(on: dt.date | dt.datetime, language: str, *, weekday: bool = False) -> str:
    """A date; Korean always carries its weekday, English where asked for."""
    if isinstance(on, dt.datetime):
        on = at_zone(on, "").date()
    if language == "ko":
        return f"{on.year}. {on.month}. {on.day}.({KOREAN_WEEKDAYS[on.weekday()]})"
    day = f"{on.day} {MONTHS[on.month - 1]} {on.year}"
    return f"{WEEKDAYS[on.weekday()]} {day}" if weekday else day


def format_clock(moment: dt.datetime, language: str, zone: str = "") -> str:
    """A time of day with its zone."""
    zone = zone or timezone.get_current_timezone_name()
    local = at_zone(moment, zone)
    label = zone_label(zone)
    time = f"{local.hour:02}:{local.minute:02}"
    return f"{time} ({label})" if language == "ko" else f"{time} {label}"


@register.filter
def day(value: dt.date | dt.datetime | None, style: str = "") -> str:
    """A date in the reader's language; `"weekday"` names the day in English too."""
    return format_day(value, reader_language(), weekday=style == "weekday") if value else ""


@register.filter
def clock(value: dt.datetime | dt.time | None, zone: str = "") -> str:
    """A time of day with its zone."""
    if isinstance(value, dt.time):
        value = dt.datetime.combine(dt.date.min, value)
    return format_clock(value, reader_language(), zone) if value else ""


@register.simple_tag
def date_with_zone(moment: dt.datetime | None, zone: str = "", style: str = "") -> SafeString | str:
    """A `<time>` with date, time and zone; `style="clock"` leaves the date out."""
    if not moment:
        return ""
    zone = zone or timezone.get_current_timezone_name()
    local, language = at_zone(moment, zone), reader_language()
    shown = format_clock(local, language, zone)
    if style != "clock":
        between = " " if language == "ko" else ", "
        shown = format_day(local.date(), language) + between + shown
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)


@register.simple_tag
def date_only(value: dt.date | dt.datetime | None, style: str = "") -> SafeString | str:
    """A `<time>` with a date."""
    if not value:
        return ""
    on = at_zone(value, "").date() if isinstance(value, dt.datetime) else value
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), day(value, style))


@register.simple_tag
def day_range(first: dt.date | None, last: dt.date | None = None) -> str:
    """ "11–12 December 2018", "2018. 12. 11.(화)–12.(수)"; what both ends share is said once."""
    if not first:
        return ""
    if not last or last == first:
        return day(first)
    if reader_language() == "ko":
        end = f"{last.day}.({KOREAN_WEEKDAYS[last.weekday()]})"
        if (first.year, first.month) != (last.year, last.month):
            end = f"{last.month}. {end}"
        if first.year != last.year:
            end = f"{last.year}. {end}"
        return f"{day(first)}–{end}"
    start = str(first.day)
    if (first.year, first.month) == (last.year, last.month):
        return f"{start}–{day(last)}"
    start += f" {MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"{start} – {day(last)}"


def _texts(value: Any) -> tuple[str, str]:
    """The text of `value` for the reader, and the language that text is in ("" if unknown)."""
    language = reader_language()
    if value is None:
        return "", ""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, Mapping):
        for wanted in (language, "en", "ko", *value):
            if value.get(wanted):
                return str(value[wanted]), wanted
        return "", ""
    for method in ("name_in", "in_language"):
        if callable(getattr(value, method, None)):
            return str(getattr(value, method)(language)), ""
    if hasattr(getattr(value, "names", None), "all"):
        return _texts({row.language: row.name for row in value.names.all()})
    return str(value), ""


@register.filter
def name(value: Any) -> str:
    """A thing's name in the reader's language: see the design system for what it takes."""
    return _texts(value)[0]


@register.filter
def office_name(network: Any) -> str:
    """The name of the network's office in the reader's language."""
    if network and callable(getattr(network, "office_name_in", None)):
        return str(network.office_name_in(reader_language()))
    return pgettext("the network's office", "Secretariat")


@register.simple_tag
def text_of(value: Any) -> SafeString | str:
    """A text in the reader's language; where it had to fall back, marked with its language."""
    text, language = _texts(value)
    if language and language != reader_language():
        return format_html('<span lang="{}">{}</span>', language, text)
    return text


@register.filter
def country(code: str) -> str:
    """A country by its ISO 3166 code, in the reader's language; an unknown code stays."""
    if code in COUNTRIES:
        return str(COUNTRIES[code])
    english, korean = COUNTRY_NAMES.get(code, (code, code))
    return korean if reader_language() == "ko" else english


def country_choices() -> list[tuple[str, str]]:
    """Every country by its name in the reader's language: `(code, name)`."""
    codes = sorted({*COUNTRIES, *COUNTRY_NAMES})
    return sorted(((code, country(code)) for code in codes), key=lambda pair: pair[1])


@register.filter
def language_name(code: str) -> str:
    """A language by its own name: 한국어, English."""
    return {"ko": "한국어", "en": "English", "fr": "Français", "es": "Español"}.get(code, code)

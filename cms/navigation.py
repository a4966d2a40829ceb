"""The sections of the site and their permanent addresses.

Addresses are part of the platform's promise (links in minutes and on paper go on working), so
they are written here once and not derived from view names.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from cms.seats import Text

ADDRESSES = {
    "home": "",
    "about": "about/",
    "cities": "cities/",
    "texts": "texts/",
    "rules": "texts/rules/",
    "assemblies": "assemblies/",
    "decisions": "decisions/",
    "elections": "elections/",
    "library": "library/",
    "news": "news/",
    "search": "search/",
    "audit": "audit/",
    "verify": "verify/",
    "accessibility": "accessibility/",
    "arrive": "arrive/",
    "desk": "desk/",
    "office": "office/",
    "sign_in": "accounts/login/",
    "sign_out": "accounts/logout/",
    "account": "accounts/2fa/",
}
WITHOUT_LANGUAGE = {"demo": "demo/"}


@dataclass(frozen=True)
class Section:
    """A section in the main navigation; `also` are further first segments that belong to it."""

    name: str
    label: Text
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether an address (below the language) lies in this section."""
        first = path.strip("/").split("/")[0]
        return first in (self.name, *self.also)


SECTIONS = (
    Section("about", _("About")),
    Section("cities", _("Cities")),
    Section("texts", _("Bylaws and declarations")),
    Section("assemblies", _("Assemblies and forums"), also=("forums",)),
    Section("decisions", _("Decisions")),
    Section("elections", _("Elections")),
    Section("library", _("Library")),
    Section("news", _("News")),
)


def site_address(name: str, language: str) -> str:
    """The path of a named place in `language`; raises KeyError on an unknown name."""
    if name in WITHOUT_LANGUAGE:
        return get_script_prefix() + WITHOUT_LANGUAGE[name]
    return f"{get_script_prefix()}{language}/{ADDRESSES[name]}"


def section_of(path: str) -> str:
    """The name of the section an address lies in ("/ko/cities/seoul/" → "cities"), or ""."""
    below = path.removeprefix(get_script_prefix()).lstrip("/").partition("/")[2]
    return next((section.name for section in SECTIONS if section.holds(below)), "")

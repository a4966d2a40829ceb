"""What the office's pages on members read beyond the members themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from cms.templatetags.formats import format_day, reader_language
from members.rules.standing import ArrearsRule
from resolutions.models import Assembly
from resolutions.models.assemblies import AssemblyKind
from resolutions.selectors.arrears import arrears_rule
from resolutions.selectors.assemblies import (
    day_of,
    next_assembly,
    public_assemblies,
    running_assembly,
)
from resolutions.selectors.decisions import decisions_to_name, votes_named
from resolutions.selectors.rules import rules_of_assembly

DECISIONS_SHOWN = 50
OF_AN_ASSEMBLY = "assembly:"
"""How the audit chain of an assembly begins."""


@dataclass(frozen=True, slots=True)
class NextVote:
    """The assembly that votes next, its day, and the rule on unpaid contributions for it."""

    assembly: Assembly | None
    on: date
    founding: bool = False
    arrears: ArrearsRule | None = None


def next_vote(*, now: datetime, today: date) -> NextVote:
    """The assembly that is open or convened next; without one, today, and no rule."""
    assembly = running_assembly() or next_assembly(now=now)
    if assembly is None:
        return NextVote(None, today)
    on = day_of(assembly=assembly, at=max(now, assembly.starts_at))
    return NextVote(
        assembly,
        on,
        founding=assembly.kind == AssemblyKind.FOUNDING,
        arrears=arrears_rule(rules_of_assembly(assembly=assembly, on=on)),
    )


def decision_choices() -> list[tuple[str, str]]:
    """The decisions that an act of the office can rest on, by audit entry, in words."""
    language = reader_language()
    return [
        (
            name,
            f"{vote.title_in(language)} ({format_day(vote.closed_at, language)})"
            if vote.closed_at
            else vote.title_in(language),
        )
        for name, vote in decisions_to_name(limit=DECISIONS_SHOWN)
    ]


@dataclass(frozen=True, slots=True)
class Named:
    """A decision in words, and its public page where it has one."""

    label: str
    url: str = ""


def decisions_in_words(names: Iterable[str]) -> dict[str, Named]:
    """What rows name as the decision behind them, by that name."""
    language = reader_language()
    wanted = {name for name in names if name}
    found = {
        name: Named(vote.title_in(language), reverse("cms:decision", args=[vote.slug]))
        for name, vote in votes_named(decisions=wanted).items()
    }
    slugs = {
        name: name.removeprefix(OF_AN_ASSEMBLY).partition("#")[0]
        for name in wanted
        if name.startswith(OF_AN_ASSEMBLY)
    }
    if slugs:
        rows = public_assemblies().filter(slug__in=set(slugs.values()))
        assemblies = {assembly.slug: assembly for assembly in rows}
        found |= {
            name: Named(str(assemblies[slug]), reverse("cms:assembly", args=[slug]))
            for name, slug in slugs.items()
            if slug in assemblies
        }
    return {name: found.get(name, Named(name)) for name in wanted}

"""Marks of acts by letter in lists: asked for once a page, read at each row."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from cms.by_letter import badges
from cms.components import Badge
from members.models import Mandate
from members.selectors.letters import letters_on
from members.services.letter_kinds import mandate_subject

register = template.Library()

Marks = Mapping[str, Badge]


@register.simple_tag
def letter_marks(mandates: list[Mandate]) -> Marks:
    """`{% letter_marks mandates as marks %}`: the marks of those granted or accredited by letter.

    One query, however many mandates.
    """
    return badges(letters_on(subjects=[mandate_subject(mandate) for mandate in mandates]))


@register.filter
def mark_of(marks: Marks, mandate: Mandate) -> Badge | None:
    """`{% component marks|mark_of:mandate %}`."""
    return marks.get(mandate_subject(mandate))


@register.filter
def at(marks: Marks, key: str) -> Badge | None:
    """`{{ marks|at:city.slug }}`."""
    return marks.get(key)


@register.simple_tag
def letter_mark(mandate: Mandate) -> Badge | None:
    """The mark of one mandate; one query."""
    return mark_of(letter_marks([mandate]), mandate)

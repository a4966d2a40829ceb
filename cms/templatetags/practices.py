"""What a practice's page needs: formatted texts, exact figures."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

from cms.rich_text import clean

register = template.Library()


@register.filter
def rich(text: str) -> SafeString:
    """A formatted text, cleaned once more on the way out."""
    return mark_safe(clean(text))  # noqa: S308 (cleaned)


@register.filter
def figure(value: str) -> str:
    """A decimal text with thousands set apart as the reader's language does it."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    places = max(0, -int(number.as_tuple().exponent))
    return number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)

"""Which published edition a SHA-256 belongs to: a file of it, its text in a language, or all."""

from __future__ import annotations

from dataclasses import dataclass

from resolutions.models import Edition, EditionFile, EditionLanguage
from resolutions.selectors.texts import published_editions


@dataclass(frozen=True, slots=True)
class Match:
    """What a SHA-256 is the fingerprint of.

    `format` is that of a file, "" for the text itself (docs/reference/canonical-text.md);
    `language` is a language code, "both" for a file in both, "" for the edition as a whole.
    """

    edition: Edition
    language: str = ""
    format: str = ""


def identify(*, sha256: str) -> tuple[Match, ...]:
    """Every match among published editions, the latest edition first; () for none.

    Several match where an edition was adopted again word for word. Six queries at most.
    """
    found: list[tuple[int, str, str]] = [
        *EditionFile.objects.filter(sha256=sha256).values_list("edition", "language", "format"),
        *(
            (edition, language, "")
            for edition, language in EditionLanguage.objects.filter(sha256=sha256).values_list(
                "edition", "language"
            )
        ),
        *(
            (pk, "", "")
            for pk in Edition.objects.filter(sha256=sha256).values_list("pk", flat=True)
        ),
    ]
    if not found:
        return ()
    editions = {
        edition.pk: edition
        for edition in published_editions().filter(pk__in={pk for pk, _language, _format in found})
    }
    matches = [
        Match(editions[pk], language, format_) for pk, language, format_ in found if pk in editions
    ]
    return tuple(sorted(matches, key=lambda match: -match.edition.number))

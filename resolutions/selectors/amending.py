"""What an edition changed of the one before, as amending sentences. Kept: editions never change."""

from __future__ import annotations

from collections.abc import Collection

from django.core.cache import cache

from resolutions.models import Edition
from resolutions.rules.amending import derive
from resolutions.rules.sentences import amending_sentences
from resolutions.selectors.texts import trees_of_editions
from secretariat.kernel.bilingual import Bilingual

KEPT_FOR = 30 * 24 * 3600
"""Seconds. Two sealed editions always give the same sentences; a new release may word them anew."""


def changes_of_editions(*, editions: Collection[Edition]) -> dict[int, tuple[Bilingual, ...]]:
    """The amending sentences of each edition against a published predecessor, by primary key.

    Four queries for all that are not kept yet, none for the others.
    """
    wanted = {
        edition.pk: f"amending:{edition.predecessor_id}:{edition.pk}:{edition.sha256}"
        for edition in editions
        if edition.predecessor_id is not None
    }
    kept = cache.get_many(wanted.values())
    found = {pk: kept[key] for pk, key in wanted.items() if key in kept}
    missing = [edition for edition in editions if edition.pk in wanted and edition.pk not in found]
    if missing:
        derived = _derive(missing)
        cache.set_many({wanted[pk]: sentences for pk, sentences in derived.items()}, KEPT_FOR)
        found |= derived
    return found


def _derive(editions: Collection[Edition]) -> dict[int, tuple[Bilingual, ...]]:
    before = Edition.objects.filter(
        pk__in={edition.predecessor_id for edition in editions}, publication__isnull=False
    ).prefetch_related("languages")
    public = {edition.pk: edition for edition in before}
    editions = [edition for edition in editions if edition.predecessor_id in public]
    every = {**public, **{edition.pk: edition for edition in editions}}
    trees = trees_of_editions(editions=list(every.values()))
    changes = {}
    for edition in editions:
        old, new = trees[edition.predecessor_id or 0], trees[edition.pk]
        shared = {language: old[language] for language in new if language in old}
        titles = Bilingual({language: tree.title for language, tree in shared.items()})
        operations = derive(shared, {language: new[language] for language in shared})
        changes[edition.pk] = amending_sentences(shared, operations, title=titles)
    return changes

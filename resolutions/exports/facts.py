"""What the first page of a text says of it, line by line: edition, dates, hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from resolutions.exports.document import NAMES, TextDocument, day, edition_name
from secretariat.kernel.bilingual import Bilingual

WATERMARK = "초안 Draft"
_LABELS = {
    "kind": Bilingual(ko="종류", en="Kind"),
    "edition": Bilingual(ko="판", en="Edition"),
    "adopted": Bilingual(ko="채택", en="Adopted"),
    "in_force": Bilingual(ko="시행", en="In force from"),
    "corrects": Bilingual(ko="정오", en="Corrigendum to"),
    "against": Bilingual(ko="대조한 판", en="Compared with"),
    "whole": Bilingual(ko="전체", en="whole"),
    "notice": Bilingual(ko="알림", en="Notice"),
    "draft": Bilingual(ko="상태", en="State"),
}
_DRAFT = Bilingual(ko="초안 – 채택되지 아니하였다.", en="Draft – not adopted.")
_AUTHENTIC = Bilingual(ko="정본", en="authentic")
_TRANSLATION = Bilingual(ko="번역", en="translation")


def facts_of(
    document: TextDocument, languages: Sequence[str], against: TextDocument | None
) -> list[tuple[str, str]]:
    """Names and values, in the languages shown."""

    def both(words: Bilingual) -> str:
        return " / ".join(dict.fromkeys(words.in_language(code) for code in languages))

    def dated(value: date) -> str:
        return " / ".join(day(value, code) for code in languages)

    facts = []
    if document.notice:
        facts.append((both(_LABELS["notice"]), both(document.notice)))
    if document.edition is None:
        facts.append((both(_LABELS["draft"]), both(_DRAFT)))
    else:
        facts.append((both(_LABELS["edition"]), both(document.name())))
    if document.corrects is not None:
        facts.append((both(_LABELS["corrects"]), both(edition_name(document.corrects))))
    if document.adopted_on is not None:
        facts.append((both(_LABELS["adopted"]), dated(document.adopted_on)))
    if document.in_force_from is not None:
        facts.append((both(_LABELS["in_force"]), dated(document.in_force_from)))
    if against is not None:
        facts.append((both(_LABELS["against"]), both(edition_name(against.edition))))
    for code in languages:
        if document.hashes.get(code):
            rank = _AUTHENTIC if code in document.authentic else _TRANSLATION
            label = f"SHA-256 {NAMES.get(code, code)} ({rank.in_language(code)})"
            facts.append((label, document.hashes[code]))
    if document.sha256:
        facts.append((f"SHA-256 ({both(_LABELS['whole'])})", document.sha256))
    return facts

"""A repealed provision that keeps its number: nothing is left of it but 삭제, or Deleted.

제4조 삭제 <2019. 1. 1.>, Article 4 (Deleted). So articles that follow keep theirs.
"""

from __future__ import annotations

import re

from resolutions.rules.structure import Provision

REPEALED = {"ko": "삭제", "en": "(Deleted)"}
"""What stands in place of the words of a provision that keeps its number."""

_REPEALED = re.compile(
    r"[(<\[〈]?\s?(?:삭\s?제|[Rr]epealed|REPEALED|[Dd]eleted|DELETED)\s?"
    r"(?:(?:on|by|with|from|as of)\s.{1,60})?[)>\]〉]?\s?"
    r"(?:[<(\[〈][^<>()\[\]〈〉]{0,60}[>)\]〉])?\s?[.]?"
)


def repealed_words(lang: str) -> str:
    """The words in one language; English for languages without words of their own."""
    return REPEALED.get(lang, REPEALED["en"])


def is_repealed(provision: Provision) -> bool:
    """Whether a provision is nothing more than a number that is kept."""
    return (
        not provision.children
        and not provision.heading
        and bool(_REPEALED.fullmatch(provision.text.strip()))
    )

"""A repealed provision that keeps its number: nothing is left of it but 삭제, or Repealed.

제4조 삭제 <2019. 1. 1.>, Article 4 (Repealed). So articles that follow keep theirs.
"""

from __future__ import annotations

import re

from resolutions.rules.structure import Provision

_REPEALED = re.compile(
    r"[(<\[〈]?\s?(?:삭\s?제|[Rr]epealed|REPEALED|[Dd]eleted|DELETED)\s?"
    r"(?:(?:on|by|with|from|as of)\s.{1,60})?[)>\]〉]?\s?"
    r"(?:[<(\[〈][^<>()\[\]〈〉]{0,60}[>)\]〉])?\s?[.]?"
)


def is_repealed(provision: Provision) -> bool:
    """Whether a provision is nothing more than a number that is kept."""
    return (
        not provision.children
        and not provision.heading
        and bool(_REPEALED.fullmatch(provision.text.strip()))
    )

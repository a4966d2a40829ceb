"""JSON: the trees as they are, with the hashes that identify them. docs/reference/exports.md.

Made from the same text, the bytes are the same; `read_json` gives the trees back exactly.
"""

from __future__ import annotations

import json
from typing import Any

from resolutions.exports.document import TextDocument
from resolutions.rules.changes import compare
from resolutions.rules.structure import TextTree
from secretariat.kernel.bilingual import Bilingual

FORM = "network-text/1"


class JsonRefused(ValueError):
    """Not a text in the JSON of `text_json`."""


def text_json(document: TextDocument, *, lang: str, against: TextDocument | None = None) -> bytes:
    """The text in `lang`; with `against`, what changed too. Raises LanguageMissing."""
    languages = document.in_languages(lang)
    shown = as_json(document, languages)
    if against is not None:
        shown["against"] = {
            "edition": against.edition,
            "sha256": against.sha256,
            "changes": {
                code: [
                    change.as_json()
                    for change in compare(
                        against.trees.get(code) or TextTree("", code), document.trees[code]
                    )
                ]
                for code in languages
            },
        }
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def as_json(document: TextDocument, languages: tuple[str, ...]) -> dict[str, Any]:
    """What is known of a text, and its trees in `languages`."""
    return {
        "form": FORM,
        "slug": document.slug,
        "kind": document.kind,
        "status": document.status,
        "edition": document.edition,
        "adopted_on": document.adopted_on.isoformat() if document.adopted_on else None,
        "in_force_from": document.in_force_from.isoformat() if document.in_force_from else None,
        "corrects": document.corrects,
        "sha256": document.sha256,
        **({"notice": document.notice.as_dict()} if document.notice else {}),
        "texts": {
            code: {
                **document.trees[code].as_json(),
                "sha256": document.hashes.get(code, ""),
                "authentic": code in document.authentic,
            }
            for code in languages
        },
    }


def read_json(raw: bytes) -> dict[str, TextTree]:
    """The trees that `text_json` wrote, by language. Raises JsonRefused."""
    try:
        value = json.loads(raw)
        if value["form"] != FORM:
            raise JsonRefused(str(UNKNOWN))
        return {str(code): TextTree.from_json(tree) for code, tree in value["texts"].items()}
    except (AttributeError, KeyError, TypeError, UnicodeDecodeError, ValueError) as problem:
        raise JsonRefused(str(problem)) from problem


UNKNOWN = Bilingual(
    ko="이 프로그램이 만든 JSON이 아닙니다.", en="This is not JSON that was made here."
)

"""Imports: what is waiting, what was brought in, and what a preview says of each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from members.models import ImportRow, MemberImport
from members.models.imports import Fate
from secretariat.kernel.bilingual import Bilingual


def imports_of_office() -> QuerySet[MemberImport]:
    """All imports, latest first, with whoever brought them."""
    return MemberImport.objects.select_related("opened_by").order_by("-opened_at", "-pk")


def import_by_uuid(*, uuid: UUID) -> MemberImport | None:
    return MemberImport.objects.select_related("opened_by").filter(uuid=uuid).first()


def rows_of(*, member_import: MemberImport, fate: str = "") -> QuerySet[ImportRow]:
    """The rows of a preview in the order of the file, all or those with one fate."""
    rows = ImportRow.objects.filter(member_import=member_import).order_by("line")
    return rows.filter(fate=fate) if fate else rows


def rows_as_json(
    *, member_import: MemberImport, fate: str = "", most: int | None = None
) -> Iterator[dict[str, Any]]:
    """`{"line", "fate", "city", "city_fate", "contact_fate", "changes", "refused"}` for each."""
    language = get_language() or "en"
    rows = rows_of(member_import=member_import, fate=fate).defer("plan")
    for row in rows[:most].iterator(chunk_size=1_000):
        yield {
            "line": row.line,
            "fate": row.fate,
            "city": row.slug,
            "city_fate": row.city_fate,
            "contact_fate": row.contact_fate,
            "changes": [
                {"field": field, "before": before, "after": after}
                for field, before, after in row.changes
            ],
            "refused": [
                {
                    "column": column,
                    "code": code,
                    "message": Bilingual(message).in_language(language),
                }
                for column, code, message in row.problems
            ],
        }


def refusals_of(*, member_import: MemberImport) -> Iterator[dict[str, str]]:
    """Every reason for which a row is refused, as commands print refusals."""
    for row in rows_as_json(member_import=member_import, fate=Fate.REFUSED):
        for refusal in row["refused"]:
            where = f"line {row['line']}"
            column = refusal["column"]
            yield {
                "code": refusal["code"],
                "message": refusal["message"],
                "where": f"{where}, {column}" if column else where,
            }

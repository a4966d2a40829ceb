"""`apply_amendments SLUG --amendments A,B,…`: several amendments in one text, and what clashes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from resolutions.models import Amendment, Instrument
from resolutions.models.amendments import AmendmentState
from resolutions.rules.amending import apply_all, check_base
from resolutions.rules.canonical import language_hash
from resolutions.rules.conflicts import CANNOT_BOTH, conflict_matrix
from resolutions.rules.numbering import render_number
from resolutions.rules.operations import (
    Operation,
    operations_as_json,
    operations_from_json,
    operations_hash,
)
from resolutions.rules.structure import Provision
from resolutions.rules.text_body import TextBody
from resolutions.selectors.amendments import (
    AmendmentBase,
    base_of,
    keys_adopted,
    operations_of,
    trees_hash,
)
from resolutions.services.amended_texts import apply_adopted
from resolutions.services.refusals import rules_speak
from secretariat.kernel import clock
from secretariat.kernel.bilingual import Bilingual
from secretariat.kernel.errors import Conflict, InvalidInput, Missing, WrongState
from secretariat.kernel.policy import SYSTEM
from secretariat.kernel.replies import ReplyingCommand


@dataclass(frozen=True, slots=True)
class Given:
    """An amendment as it was named: one that is registered, or the operations of a file."""

    name: str
    operations: tuple[Operation, ...]
    number: int | None = None
    row: Amendment | None = None


class Command(ReplyingCommand):
    help = "Show a text with several amendments in it, and their conflicts; apply adopted ones."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument(
            "--amendments",
            required=True,
            metavar="A,B,…",
            help="numbers, UUIDs, or JSON files with operations",
        )
        parser.add_argument("--dry-run", action="store_true", help="show it, store nothing")

    def answer(self, **options: Any) -> dict[str, Any]:
        instrument = Instrument.objects.filter(slug=options["slug"]).first()
        if instrument is None:
            raise Missing(_("There is no text with this address name."), where=options["slug"])
        names = [name.strip() for name in options["amendments"].split(",") if name.strip()]
        base = base_of(instrument=instrument)
        numbered = _numbered([_given(instrument, name) for name in names], instrument)
        document = _document(instrument, base, numbered, dry_run=options["dry_run"])
        if "refused" not in document and not options["dry_run"]:
            _require_all_adopted(instrument, base, list(numbered.values()))
            apply_adopted(instrument=instrument, actor=SYSTEM, now=clock.now())
            document["applied"] = True
        return document

    def describe(self, document: dict[str, Any]) -> None:
        language = get_language() or "en"
        for amendment in document["amendments"]:
            self.stdout.write(f"{amendment['name']}  {amendment['sha256']}")
            for operation in amendment["operations"]:
                place = operation.get("parent", "")
                line = f"  {operation['op']} {operation['key']}"
                self.stdout.write(f"{line} ({place} > {operation['after']})" if place else line)
        for conflict in document["conflicts"]:
            pair = " – ".join(conflict["amendments"])
            sentence = Bilingual(conflict["sentence"]).in_language(language)
            self.stdout.write(f"{pair}: {conflict['kind']}. {sentence}")
        for text in document["texts"].values():
            self.stdout.write(f"{text['title']}  {text['sha256']}")
            for node in text["provisions"]:
                self._describe_node(Provision.from_json(node), text["lang"])
        for refused in document.get("refused", ()):
            self.stdout.write(refused["message"])
        if document["applied"]:
            self.stdout.write(_("Applied and tabled. The office adopts it as the next edition."))
        else:
            self.stdout.write(_("Nothing was stored."))

    def _describe_node(self, node: Provision, language: str, depth: int = 1) -> None:
        number = render_number(node.kind, node.number, language)
        line = " ".join(part for part in (number, node.heading, node.text) if part)
        self.stdout.write("  " * depth + (line.replace("\n", " / ") or f"[{node.kind}]"))
        for child in node.children:
            self._describe_node(child, language, depth + 1)


def _given(instrument: Instrument, name: str) -> Given:
    rows = instrument.amendments.all()
    if name.isdigit():
        return _registered(rows.filter(number=int(name)).first(), name)
    try:
        return _registered(rows.filter(uuid=UUID(name)).first(), name)
    except ValueError:
        return _from_file(Path(name))


def _registered(row: Amendment | None, name: str) -> Given:
    if row is None:
        raise Missing(_("The text has no such amendment."), where=name)
    with rules_speak():
        operations = operations_of(amendment=row)
    return Given(name, operations, row.number, row)


def _from_file(path: Path) -> Given:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise Missing(
            _("The file cannot be read. Check its name and that you may open it."),
            code="file_not_read",
            where=str(path),
        ) from problem
    except ValueError as problem:
        raise InvalidInput(
            _("The file is not JSON. Give a list of operations, or an object with one."),
            code="not_json",
            where=str(path),
        ) from problem
    described = raw if isinstance(raw, dict) else {"operations": raw}
    listed, number = described.get("operations"), described.get("number")
    if not isinstance(listed, list):
        raise InvalidInput(
            _("The file has no list of operations."), code="no_operations", where=str(path)
        )
    with rules_speak():
        operations = operations_from_json(listed)
    return Given(
        str(described.get("name") or path.name),
        operations,
        number if isinstance(number, int) and not isinstance(number, bool) else None,
    )


def _numbered(given: Sequence[Given], instrument: Instrument) -> dict[int, Given]:
    """Each under its number; those without one after all others, as they were named."""
    numbered: dict[int, Given] = {}
    for each in given:
        if each.number is not None:
            if each.number in numbered:
                raise InvalidInput(
                    _("Two amendments have one number. Name each once."),
                    code="number_twice",
                    where=str(each.number),
                )
            numbered[each.number] = each
    last = instrument.amendments.exclude(number=None).order_by("-number").first()
    following = max([*numbered, last.number or 0 if last else 0], default=0)
    for each in given:
        if each.number is None:
            following += 1
            numbered[following] = each
    return dict(sorted(numbered.items()))


def _document(
    instrument: Instrument, base: AmendmentBase, numbered: dict[int, Given], *, dry_run: bool
) -> dict[str, Any]:
    operations = {number: each.operations for number, each in numbered.items()}
    with rules_speak():
        body = TextBody.of(base.trees)
        for each in operations.values():
            check_base(body, each)
        matrix = conflict_matrix(base.trees, operations)
    conflicts = [
        {"amendments": [numbered[one].name, numbered[other].name], **finding.as_json()}
        for (one, other), finding in sorted(matrix.cells.items())
    ]
    document: dict[str, Any] = {
        "slug": instrument.slug,
        "base": {
            "edition": base.edition.number if base.edition else None,
            "sha256": base.sha256,
        },
        "amendments": [
            {
                "name": each.name,
                "number": each.row.number if each.row else None,
                "state": each.row.state if each.row else None,
                "sha256": operations_hash(each.operations),
                "operations": operations_as_json(each.operations),
            }
            for each in numbered.values()
        ],
        "conflicts": conflicts,
        "texts": {},
        "sha256": None,
        "dry_run": dry_run,
        "applied": False,
    }
    if refused := list(_refusals(conflicts)):
        return document | {"refused": refused}
    with rules_speak():
        trees = apply_all(base.trees, operations, used=keys_adopted(instrument=instrument))
    document["texts"] = {
        code: {**tree.as_json(), "sha256": language_hash(tree)} for code, tree in trees.items()
    }
    document["sha256"] = trees_hash(trees)
    return document


def _refusals(conflicts: Sequence[dict[str, Any]]) -> Iterator[dict[str, str]]:
    language = get_language() or "en"
    for conflict in conflicts:
        if conflict["kind"] in CANNOT_BOTH:
            yield {
                "code": conflict["kind"],
                "message": Bilingual(conflict["sentence"]).in_language(language),
                "where": ", ".join(conflict["amendments"]),
            }


def _require_all_adopted(
    instrument: Instrument, base: AmendmentBase, given: Sequence[Given]
) -> None:
    """What is stored is what the assembly adopted: all of it, and nothing else."""
    for each in given:
        if each.row is None:
            raise WrongState(
                _("A file is not an amendment yet: a city files it. Add --dry-run to see it."),
                code="not_registered",
                where=each.name,
            )
        if each.row.state != AmendmentState.ADOPTED:
            raise WrongState(
                _("Only an adopted amendment is applied. Put it to the vote, or add --dry-run."),
                code="not_adopted",
                where=each.name,
            )
    named = {each.row.pk for each in given if each.row}
    adopted = instrument.amendments.filter(
        state=AmendmentState.ADOPTED, base_sha256=base.sha256
    ).exclude(pk__in=named)
    if missing := [str(row.number) for row in adopted.order_by("number")]:
        raise Conflict(
            _("Other amendments to this text were adopted too. Name all of them."),
            code="adopted_left_out",
            where=", ".join(missing),
        )

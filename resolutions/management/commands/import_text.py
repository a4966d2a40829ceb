"""`import_text FILE`: a text becomes a draft; with `--dry-run` only the tree is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.text import slugify
from django.utils.translation import gettext as _

from resolutions.models.texts import InstrumentKind
from resolutions.rules.numbering import render_number
from resolutions.rules.structure import Provision
from resolutions.services.imports import Source, propose_texts, read_texts
from secretariat.kernel import clock
from secretariat.kernel.errors import Missing
from secretariat.kernel.policy import SYSTEM
from secretariat.kernel.replies import ReplyingCommand, demonstration_notice


class Command(ReplyingCommand):
    help = "Import plain text or DOCX in Korean or English as the draft of a legal text."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--kind", required=True, choices=InstrumentKind.values)
        parser.add_argument("--lang", required=True, choices=["ko", "en"])
        parser.add_argument(
            "--pair", default="", metavar="FILE", help="the same text in the other language"
        )
        parser.add_argument("--slug", default="", help="address name; default: the file's name")
        parser.add_argument("--title", default="", help="title, where the file has none or another")
        parser.add_argument("--dry-run", action="store_true", help="show the tree, store nothing")

    def answer(self, **options: Any) -> dict[str, Any]:
        path, lang = Path(options["file"]), options["lang"]
        sources = [Source(_bytes(path), lang, options["title"])]
        if options["pair"]:
            other = "en" if lang == "ko" else "ko"
            sources.append(Source(_bytes(Path(options["pair"])), other))
        read = read_texts(sources=sources)
        proposal = propose_texts(
            slug=options["slug"] or slugify(path.name.split(".")[0]) or options["kind"],
            kind=options["kind"],
            trees=read.trees.values(),
            dry_run=options["dry_run"],
            actor=SYSTEM,
            now=clock.now(),
        )
        changes = proposal.pop("changes")
        document = {
            **read.results[lang].as_json(lang),
            **proposal,
            "changes": changes[lang],
        }
        others = [language for language in read.results if language != lang]
        if others:
            document["pair"] = {
                language: {
                    **read.results[language].as_json(language),
                    "changes": changes[language],
                }
                for language in others
            }
            document.update(read.pairing.as_json())
        return {**document, **demonstration_notice()}

    def describe(self, document: dict[str, Any]) -> None:
        for text in (document, *document.get("pair", {}).values()):
            self._describe_text(text)
        for language, keys in document.get("only_in", {}).items():
            if keys:
                self.stdout.write(f"only_in {language}: {', '.join(keys)}")
        if document.get("differing"):
            self.stdout.write(f"differing: {', '.join(document['differing'])}")
        self.stdout.write(
            _("Nothing was stored (dry run).")
            if document["dry_run"]
            else _("Stored as the draft of %(slug)s.") % {"slug": document["slug"]}
        )
        for line in document.get("demonstration", {}).values():
            self.stdout.write(line)

    def _describe_text(self, document: dict[str, Any]) -> None:
        self.stdout.write(document["title"])
        for node in document["provisions"]:
            self._describe_node(Provision.from_json(node), document["lang"], depth=0)
        for name in ("normalised", "warnings", "not_understood"):
            for note in document[name]:
                self.stdout.write(f"{name} {note['line']}: {note['text']}")
        for change in document["changes"]:
            self.stdout.write(f"{change['change']} {change['key']}")

    def _describe_node(self, node: Provision, lang: str, *, depth: int) -> None:
        number = render_number(node.kind, node.number, lang)
        line = " ".join(part for part in (number, node.heading, node.text) if part)
        self.stdout.write("  " * depth + (line.replace("\n", " / ")[:160] or f"[{node.kind}]"))
        for child in node.children:
            self._describe_node(child, lang, depth=depth + 1)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise Missing(
            _("The file cannot be read. Check its name and that you may open it."),
            code="file_not_read",
            where=str(path),
        ) from problem

"""`export_text SLUG --format F --out FILE`: a text as PDF, DOCX, Akoma Ntoso, plain text, JSON."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from resolutions.exports.formats import FORMATS
from resolutions.models import Instrument
from resolutions.services.export import edition_meant, export_draft, export_edition
from secretariat.kernel import clock
from secretariat.kernel.calendar import network_day
from secretariat.kernel.errors import Missing, Refused
from secretariat.kernel.policy import SYSTEM
from secretariat.kernel.replies import ReplyingCommand, demonstration_notice


class Command(ReplyingCommand):
    help = "Write a text, as an edition or as the draft, into a file."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--edition", type=int, metavar="N")
        which.add_argument(
            "--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="in force on that day"
        )
        which.add_argument("--draft", action="store_true", help="the working draft")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--lang", default="both", choices=["ko", "en", "both"])
        parser.add_argument(
            "--against", type=int, metavar="M", help="with the changes since edition M"
        )
        parser.add_argument("--out", required=True, metavar="FILE")

    def answer(self, **options: Any) -> dict[str, Any]:
        slug, now = options["slug"], clock.now()
        instrument = Instrument.objects.filter(slug=slug).first()
        if instrument is None:
            raise Missing(_("There is no text with this address name."), where=slug)
        asked = {
            "instrument": instrument,
            "format": options["format"],
            "language": options["lang"],
            "against": options["against"],
        }
        number = None
        if options["draft"]:
            made = export_draft(**asked, actor=SYSTEM, now=now)
        else:
            number = edition_meant(
                instrument=instrument,
                on=network_day(now),
                number=options["edition"],
                day=options["date"],
            ).number
            made = export_edition(**asked, number=number)
        path = Path(options["out"])
        try:
            path.write_bytes(made)
        except OSError as problem:
            raise Refused(
                _("The file cannot be written. Check its folder and that you may write there."),
                code="file_not_written",
                where=str(path),
            ) from problem
        return {
            "slug": slug,
            "edition": number,
            "draft": options["draft"],
            "against": options["against"],
            "format": options["format"],
            "lang": options["lang"],
            "file": str(path),
            "bytes": len(made),
            "sha256": hashlib.sha256(made).hexdigest(),
            **demonstration_notice(),
        }

    def describe(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            _("%(file)s: %(bytes)d bytes, SHA-256 %(sha256)s")
            % {name: document[name] for name in ("file", "bytes", "sha256")}
        )
        for line in document.get("demonstration", {}).values():
            self.stdout.write(line)

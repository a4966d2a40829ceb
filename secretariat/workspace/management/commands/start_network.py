"""Begin a network of one's own: empty, with the first account of its office."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import connection

from secretariat.kernel import clock
from secretariat.kernel.errors import InvalidInput
from secretariat.kernel.models import Network
from secretariat.kernel.policy import SYSTEM
from secretariat.kernel.replies import ReplyingCommand
from secretariat.workspace.founding import FirstOfficer, start_network

QUESTIONS = {
    "name_ko": "Name of the network in Korean",
    "name_en": "Name of the network in English",
    "email": "E-mail address of the first person of the office",
    "name": "Name of that person",
}
WRONG_USAGE = 2


class Command(ReplyingCommand):
    help = "Begin an empty network: names, languages, time zone, first office account."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        for option in ("name-ko", "name-en", "office-name-ko", "office-name-en"):
            parser.add_argument(f"--{option}", default="")
        parser.add_argument(
            "--official-languages", default="ko,en", help="codes with commas between: ko,en"
        )
        parser.add_argument("--time-zone", default="Asia/Seoul")
        parser.add_argument("--email", default="", help="of the first person of the office")
        parser.add_argument("--name", default="", help="of the first person of the office")
        parser.add_argument("--language", default="ko", help="of that person: ko or en")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for what is missing at a terminal; elsewhere, and with --json, refuse as misused."""
        missing = [name for name in QUESTIONS if not options[name].strip()]
        if missing and (options["json"] or not sys.stdin.isatty()):
            named = ", ".join("--" + name.replace("_", "-") for name in missing)
            raise CommandError(f"these options are needed: {named}", returncode=WRONG_USAGE)
        for name in missing:
            options[name] = input(f"{QUESTIONS[name]}: ")
        super().handle(*args, **options)

    def answer(self, **options: Any) -> dict[str, Any]:
        """`{"network": {…}, "officer": {"email", "name", "uuid"}, "sign_in_link": …}`."""
        if settings.DEMONSTRATION:
            raise InvalidInput(
                "DEMONSTRATION is set: a network of one's own is not a demonstration. Unset it.",
                code="demonstration_mode",
            )
        self._make_tables()
        founding = start_network(
            name_ko=options["name_ko"],
            name_en=options["name_en"],
            office_name_ko=options["office_name_ko"],
            office_name_en=options["office_name_en"],
            official_languages=[
                code.strip() for code in options["official_languages"].split(",") if code.strip()
            ],
            time_zone=options["time_zone"],
            first_officer=FirstOfficer(
                email=options["email"], name=options["name"], language=options["language"]
            ),
            actor=SYSTEM,
            now=clock.now(),
        )
        network = founding.network
        return {
            "network": {
                "name_ko": network.name_ko,
                "name_en": network.name_en,
                "office_name_ko": network.office_name_ko,
                "office_name_en": network.office_name_en,
                "official_languages": network.official_languages,
                "time_zone": network.time_zone,
                "demonstration": network.demonstration,
            },
            "officer": {
                "email": founding.officer.email,
                "name": founding.officer.name,
                "language": founding.officer.language,
                "uuid": str(founding.officer.uuid),
            },
            "sign_in_link": founding.sign_in_link,
        }

    def describe(self, document: dict[str, Any]) -> None:
        network, officer = document["network"], document["officer"]
        self.stdout.write(f"{network['name_ko']} / {network['name_en']} has begun.")
        self.stdout.write(f"{officer['name']} <{officer['email']}> signs in, once, with this link:")
        self.stdout.write(f"\n    {document['sign_in_link']}\n")

    def _make_tables(self) -> None:
        if Network._meta.db_table in connection.introspection.table_names():
            return
        self.progress("Making the tables; this takes a minute …")
        call_command("migrate", interactive=False, verbosity=0)
        self.progress("The tables are there.")

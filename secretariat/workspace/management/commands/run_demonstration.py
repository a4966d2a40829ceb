"""`run_demonstration`: prepare the demonstration and serve it, with a worker beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, connections
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor

from search.indexing import rebuild_index
from secretariat.kernel.models import Network
from secretariat.workspace.demonstration import loading


class Command(BaseCommand):
    help = "Prepare the demonstration network and serve it on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument("--prepare-only", action="store_true", help="prepare, do not serve")

    def handle(self, *, bind: str, prepare_only: bool, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Set DEMONSTRATION=1: this command serves the demonstration only.")
        for folder in (settings.DATA_DIR, settings.STATIC_ROOT, settings.MEDIA_ROOT):
            Path(folder).mkdir(parents=True, exist_ok=True)
        self._prepare()
        if not prepare_only:
            self._serve(bind)

    def _prepare(self) -> None:
        started = time.monotonic()
        self._say("Translations …")
        call_command("compile_translations", verbosity=0)
        if not self._database_fits():
            self._start_with_new_file()
        self._say("Database …")
        call_command("migrate", verbosity=0, interactive=False)
        if Network.objects.filter(demonstration=False).exists():
            raise CommandError("This database serves a real network. Set DATABASE_URL to another.")
        if Network.objects.exists():
            self._say("The demonstration is loaded already; it goes on where it stopped.")
            loading.resume_clock()
            rebuild_index()
        else:
            self._say("Demonstration network …")
            loading.load(told=self._tell)
        self._say(f"Ready after {time.monotonic() - started:.0f} s.")

    def _database_fits(self) -> bool:
        """Whether the migrations in the database are those of this checkout."""
        try:
            executor = MigrationExecutor(connection)
            applied = set(executor.loader.applied_migrations)
        except (DatabaseError, MigrationSchemaMissing):
            return False
        own = {"kernel", "members", "resolutions", "cms", "search", "workspace"}
        known = {key for key in executor.loader.disk_migrations if key[0] in own}
        before = {key for key in applied if key[0] in own}
        return not before or (before == known and self._tables_fit())

    def _tables_fit(self) -> bool:
        """Whether each table has the columns of its model: migrations are squashed in place."""
        from django.apps import apps

        with connection.cursor() as cursor:
            present = set(connection.introspection.table_names(cursor))
            for model in apps.get_models():
                if model._meta.proxy or not model._meta.managed:
                    continue
                table = model._meta.db_table
                if table not in present:
                    return False
                columns = {
                    column.name
                    for column in connection.introspection.get_table_description(cursor, table)
                }
                if {field.column for field in model._meta.local_concrete_fields} - columns:
                    return False
        return True

    def _start_with_new_file(self) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(
                "The database has another schema. Empty it, or set DATABASE_URL to another one."
            )
        name = Path(str(connection.settings_dict["NAME"]))
        self._say(f"The demonstration database {name.name} no longer fits: it is rebuilt.")
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)

    def _serve(self, bind: str) -> None:
        host, _colon, port = bind.rpartition(":")
        connections.close_all()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secretariat.settings.development")
        os.environ.setdefault("PUBLIC_URL", f"http://{bind}")  # for links in letters
        manage = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
        worker = subprocess.Popen(
            [*manage, "db_worker", "--interval", "1", "-v", "0"], env=os.environ
        )
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                host,
                "--port",
                port,
                "--workers",
                "2",
                "--blocking-threads",
                "4",
                "--backpressure",
                "32",
                "--log-level",
                "warning",
                "secretariat.wsgi:application",
            ],
            env=os.environ,
            cwd=settings.BASE_DIR,
        )
        self._say(
            f"\n  http://{bind}/        the public site\n"
            f"  http://{bind}/demo/   sign in as any role, or start again\n\n"
            "  E-mail is written to files in the data folder. Stop with Ctrl-C.\n"
        )
        signal.signal(signal.SIGTERM, lambda *_args: sys.exit(0))
        try:
            while server.poll() is None and worker.poll() is None:
                time.sleep(0.5)
        except KeyboardInterrupt:
            pass
        finally:
            for process in (server, worker):
                process.terminate()
            for process in (server, worker):
                process.wait(timeout=20)
        if server.returncode not in (0, -signal.SIGTERM, None) and server.returncode > 0:
            raise CommandError(f"The server stopped; is {bind} free?")

    def _tell(self, at: Any, name: str) -> None:
        if not name.endswith(("arrives", "votes")):
            self._say(f"  {at:%Y-%m-%d %H:%M} {name}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

"""What of the workspace falls due by time: voters to be asked, sessions that ran out."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from secretariat.kernel.due import falls_due
from secretariat.workspace.readiness import send_ready_checks


@falls_due(
    "ready_checks", label=_("Ask voters before an assembly to check"), every=timedelta(hours=1)
)
def ask_voters(now: datetime) -> dict[str, int]:
    """What the command `send_ready_checks` does."""
    return {"sent": len(send_ready_checks(now=now))}


@falls_due("sessions", label=_("Clear away sessions that ran out"), every=timedelta(days=1))
def clear_sessions(now: datetime) -> dict[str, int]:
    """Sessions end by real time (docs/decisions/0010); a device goes with its last session."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    gone = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    return {"devices": gone.delete()[0]}

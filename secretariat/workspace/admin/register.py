"""What the office reads and never writes: the audit chains, and what went out."""

from __future__ import annotations

import json
from typing import Any, Final

import django_filters
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from members.models.people import MandateRole, OfficeRoleKind
from members.policies import BY_LETTER
from members.services.applications import APPLICANT
from resolutions.models import Vote
from resolutions.models.votes import VoteState
from secretariat.kernel.models import AuditEntry, OutboxMessage
from secretariat.kernel.policy import SYSTEM
from secretariat.workspace.admin.columns import Column
from secretariat.workspace.admin.record_policy import AUDIT_ENTRIES, OUTBOX
from secretariat.workspace.admin.records import RecordViewSet


class AuditFilterSet(WagtailFilterSet):
    chain = django_filters.CharFilter(label=_("Chain begins with"), lookup_expr="startswith")
    action = django_filters.CharFilter(label=_("Act begins with"), lookup_expr="startswith")
    city = django_filters.CharFilter(label=_("City"), lookup_expr="exact")
    occurred_at = django_filters.DateFromToRangeFilter(
        label=_("Between these days"), widget=DateRangePickerWidget
    )

    class Meta:
        model = AuditEntry
        fields = ("chain", "action", "city", "occurred_at")


def _entries() -> QuerySet[AuditEntry]:
    """The entries, each with `sealed_until_close`: whether it is a ballot in an open vote."""
    chain = Concat(Value("vote:"), "slug", output_field=CharField())
    open_vote = Vote.objects.alias(chain_of=chain).filter(
        state=VoteState.OPEN, chain_of=OuterRef("chain")
    )
    return AuditEntry.objects.annotate(
        sealed_until_close=Q(action="vote.cast") & Exists(open_vote)
    ).order_by("-pk")


def _place(entry: AuditEntry) -> str:
    return f"{entry.chain}#{entry.sequence}"


def _recorded(entry: Any) -> str:
    """The payload's beginning; how a seat votes is nobody's to see while the vote is open."""
    if entry.sealed_until_close:
        return gettext("Shown when the vote is closed.")
    return as_written(entry.payload)


def as_written(text: str) -> str:
    """What machines write and read, marked as such: no language's words."""
    return format_html("<code>{}</code>", Truncator(text).chars(80))


ROLES: Final[dict[str, Any]] = {
    **dict(MandateRole.choices),
    **dict(OfficeRoleKind.choices),
    APPLICANT.role: _("Applicant"),
    BY_LETTER: _("By letter"),
    SYSTEM.authority.role: _("The platform itself"),
}
"""The role an entry names → how it is called."""


def _role(entry: AuditEntry) -> Any:
    return ROLES.get(entry.role, entry.role)


class AuditEntryViewSet(RecordViewSet):
    model = AuditEntry
    name = "office-audit"
    icon = "list-ol"
    policy = AUDIT_ENTRIES
    title_label = _("Chain and place")
    title_of = staticmethod(_place)
    rows = staticmethod(_entries)
    search_fields = ["chain", "action", "city", "hash"]
    filterset_class = AuditFilterSet
    extra_columns = (
        Column("occurred_at", label=_("When"), sort_key="occurred_at"),
        Column("action", label=_("Act"), sort_key="action"),
        Column("role", label=_("In the role"), accessor=_role),
        Column("city", label=_("For the city")),
        Column(
            "payload",
            label=_("What was recorded"),
            accessor=_recorded,
        ),
    )


class OutboxFilterSet(WagtailFilterSet):
    topic = django_filters.CharFilter(label=_("Topic"), lookup_expr="startswith")

    class Meta:
        model = OutboxMessage
        fields = ("topic",)


def _messages() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.order_by("-pk")


def _content(message: OutboxMessage) -> str:
    text = json.dumps(message.payload, ensure_ascii=False, sort_keys=True)
    return as_written(text)


class OutboxViewSet(RecordViewSet):
    model = OutboxMessage
    name = "office-outbox"
    icon = "mail"
    policy = OUTBOX
    title_label = _("Topic")
    title_of = staticmethod(lambda message: message.topic)
    rows = staticmethod(_messages)
    search_fields = ["topic"]
    filterset_class = OutboxFilterSet
    extra_columns: tuple[Any, ...] = (
        Column("payload", label=_("What it is about"), accessor=_content),
        Column("created_at", label=_("Written at"), sort_key="created_at"),
        Column("delivered_at", label=_("Delivered at"), sort_key="delivered_at"),
        Column("attempts", label=_("Attempts")),
        Column("error", label=_("Problem")),
    )

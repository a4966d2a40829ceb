"""The programme of a forum: days, slots of time, and the sessions that run side by side."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

SESSION_KINDS = [
    ("opening", _("Opening")),
    ("keynote", _("Keynote")),
    ("session", _("Session")),
    ("table", _("Table discussion")),
    ("round_table", _("Round table")),
    ("press", _("Press conference")),
    ("visit", _("Visit")),
    ("social", _("Social programme")),
    ("meal", _("Meal")),
    ("break", _("Break")),
    ("transfer", _("Transfer")),
    ("closing", _("Closing")),
    ("other", _("Other part")),
]
PAUSES = frozenset({"meal", "break", "transfer", "social"})

PERSON_ROLES = [
    ("chair", pgettext_lazy("of a session", "Chair")),
    ("moderator", _("Moderator")),
    ("keynote", _("Keynote")),
    ("speaker", _("Speaker")),
    ("panel", _("Panel")),
]


class PersonBlock(blocks.StructBlock):
    """Somebody in a session; a city or body may stand without a person's name."""

    role = blocks.ChoiceBlock(choices=PERSON_ROLES, default="speaker", label=_("Role"))
    name = blocks.CharBlock(required=False, max_length=200, label=_("Name"))
    affiliation = blocks.CharBlock(required=False, max_length=300, label=_("City or body"))
    topic = blocks.CharBlock(required=False, max_length=500, label=_("Topic"))

    class Meta:
        icon = "user"
        label = _("Person")


class SessionBlock(blocks.StructBlock):
    """One part of the programme."""

    kind = blocks.ChoiceBlock(choices=SESSION_KINDS, default="session", label=_("Kind"))
    title = blocks.CharBlock(max_length=300, label=_("Title"))
    room = blocks.CharBlock(required=False, max_length=200, label=_("Room or venue"))
    text = blocks.TextBlock(required=False, rows=3, label=_("Description"))
    decision = blocks.BooleanBlock(
        required=False, default=False, label=_("The assembly decides here")
    )
    people = blocks.ListBlock(PersonBlock(), default=[], label=_("People"))
    link = blocks.CharBlock(
        required=False,
        max_length=300,
        label=_("Address"),
        help_text=_("For instance of the assembly: assemblies/2018-founding/"),
    )

    class Meta:
        icon = "group"
        label = _("Session")


class SlotBlock(blocks.StructBlock):
    """A time of the day; its sessions run in parallel, or follow one another."""

    starts = blocks.TimeBlock(required=False, label=_("Starts at"))
    minutes = blocks.IntegerBlock(required=False, min_value=1, label=_("Minutes"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("Note"))
    parallel = blocks.BooleanBlock(
        required=False, default=True, label=_("Sessions at the same time")
    )
    sessions = blocks.ListBlock(SessionBlock(), min_num=1, label=_("Sessions"))

    class Meta:
        icon = "time"
        label = _("Slot")


class DayBlock(blocks.StructBlock):
    """One day."""

    date = blocks.DateBlock(label=_("Date"))
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    slots = blocks.ListBlock(SlotBlock(), label=_("Slots"))

    class Meta:
        icon = "date"
        label = _("Day")

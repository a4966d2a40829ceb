"""What comes next at an assembly, in sentences: by its state, its rules, and who has to act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.templatetags.formats import reader_language
from members.models.people import OfficeRoleKind
from resolutions.models.assemblies import AssemblyKind, AssemblyState
from resolutions.models.elections import ElectionState
from resolutions.models.votes import VoteState
from secretariat.workspace.selectors.office import Console


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next: what, who does it (a role in words), and where."""

    text: str
    who: str = ""
    url: str = ""


def next_steps(console: Console) -> Iterator[Step]:
    """What the assembly waits for, first things first."""
    state = console.assembly.state
    if state == AssemblyState.CONVENED:
        yield Step(
            _("Record who has arrived; then the assembly can be opened."),
            who=_role(OfficeRoleKind.SECRETARY_GENERAL),
            url=reverse("workspace:attendance", args=[console.assembly.slug]),
        )
    if state == AssemblyState.OPEN:
        yield from _quorum(console)
        yield from _rules(console)
        yield from _votes(console)
        yield from _elections(console)
    yield from _texts(console)


def _role(kind: OfficeRoleKind) -> str:
    return str(kind.label)


def _quorum(console: Console) -> Iterator[Step]:
    found = console.attendance.quorum
    if found is not None and not found.met:
        yield Step(
            _("There is no quorum: %(missing)d more seats have to be present before a vote opens.")
            % {"missing": found.needed - found.present},
            who=_role(OfficeRoleKind.REGISTRAR),
            url=reverse("workspace:attendance", args=[console.assembly.slug]),
        )


def _rules(console: Console) -> Iterator[Step]:
    if console.rules_from is not None or console.rules_to_agree is not None:
        return
    if console.assembly.kind == AssemblyKind.FOUNDING:
        yield Step(
            _("No rules are in force yet. Put the founding rules to consensus first."),
            who=_role(OfficeRoleKind.RETURNING_OFFICER),
        )


def _votes(console: Console) -> Iterator[Step]:
    language = reader_language()
    for vote in console.votes:
        url = reverse("workspace:vote", args=[vote.slug])
        if vote.election is not None:
            url = reverse("workspace:election", args=[vote.election.slug])
        if vote.state == VoteState.OPEN:
            yield Step(
                _("A vote is open: %(title)s. Close it once every seat has had its say.")
                % {"title": vote.title_in(language)},
                who=_role(OfficeRoleKind.RETURNING_OFFICER),
                url=url,
            )
        elif vote.state == VoteState.PREPARED:
            yield Step(
                _("A vote is prepared: %(title)s. It opens when the chair puts the question.")
                % {"title": vote.title_in(language)},
                who=_role(OfficeRoleKind.RETURNING_OFFICER),
                url=url,
            )


def _elections(console: Console) -> Iterator[Step]:
    officer = _role(OfficeRoleKind.RETURNING_OFFICER)
    both = f"{officer}, {_role(OfficeRoleKind.SECRETARY_GENERAL)}"
    words = {
        ElectionState.ANNOUNCED: (_("%(election)s is announced. Open nominations."), officer),
        ElectionState.NOMINATING: (
            _("%(election)s: nominations are open. The first round opens with two candidates."),
            officer,
        ),
        ElectionState.BETWEEN_ROUNDS: (_("%(election)s: open the next round."), officer),
        ElectionState.DECIDED: (
            _("%(election)s is decided. Draw up the certificate; two officers sign it."),
            both,
        ),
    }
    for election in console.elections:
        if election.state in words:
            text, who = words[ElectionState(election.state)]
            yield Step(
                text % {"election": election.title_in(reader_language())},
                who=who,
                url=reverse("workspace:election", args=[election.slug]),
            )


def _texts(console: Console) -> Iterator[Step]:
    language = reader_language()
    who = _role(OfficeRoleKind.SECRETARY_GENERAL)
    for vote in console.to_adopt:
        if vote.instrument is not None:
            title = vote.instrument.title_in(language)
            yield Step(
                _("%(title)s was adopted. Seal it as an edition.") % {"title": title}, who=who
            )
    for edition in console.to_publish:
        title = edition.instrument.title_in(language)
        yield Step(_("%(title)s is sealed and not public yet.") % {"title": title}, who=who)
    if console.rules_to_agree is not None:
        yield Step(_("The founding rules are agreed. Put the assembly under them."), who=who)

"""Cities, their membership over time, and the people who act for them and for the office."""

from members.models.applications import Application, ApplicationStep
from members.models.cities import City, CityName, Membership
from members.models.contacts import CityContact
from members.models.contributions import (
    Contribution,
    ContributionClass,
    ContributionEntry,
)
from members.models.files import PrivateFile
from members.models.grants import CityUserObjectPermission
from members.models.imports import ImportRow, MemberImport
from members.models.invitations import Invitation
from members.models.letters import ActByLetter, LetterContest, LetterNotice
from members.models.people import Mandate, OfficeRole
from members.models.readiness import EmailProof, ReadyNotice
from members.models.resets import SecondFactorReset

__all__ = [
    "ActByLetter",
    "Application",
    "ApplicationStep",
    "City",
    "CityContact",
    "CityName",
    "CityUserObjectPermission",
    "Contribution",
    "ContributionClass",
    "ContributionEntry",
    "EmailProof",
    "ImportRow",
    "Invitation",
    "LetterContest",
    "LetterNotice",
    "Mandate",
    "MemberImport",
    "Membership",
    "OfficeRole",
    "PrivateFile",
    "ReadyNotice",
    "SecondFactorReset",
]

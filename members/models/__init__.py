"""Cities, their membership over time, and the people who act for them and for the office."""

from members.models.cities import City, CityName, Membership
from members.models.contacts import CityContact
from members.models.files import PrivateFile
from members.models.grants import CityUserObjectPermission
from members.models.letters import ActByLetter, LetterContest, LetterNotice
from members.models.invitations import Invitation
from members.models.people import Mandate, OfficeRole
from members.models.resets import SecondFactorReset

__all__ = [
    "ActByLetter",
    "City",
    "CityContact",
    "CityName",
    "CityUserObjectPermission",
    "LetterContest",
    "LetterNotice",
    "Invitation",
    "Mandate",
    "Membership",
    "OfficeRole",
    "PrivateFile",
    "SecondFactorReset",
]

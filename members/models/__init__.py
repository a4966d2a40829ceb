"""Cities, their membership over time, and the people who act for them and for the office."""

from members.models.cities import City, CityName, Membership
from members.models.files import PrivateFile
from members.models.grants import CityUserObjectPermission
from members.models.people import Mandate, OfficeRole

__all__ = [
    "City",
    "CityName",
    "CityUserObjectPermission",
    "Mandate",
    "Membership",
    "OfficeRole",
    "PrivateFile",
]

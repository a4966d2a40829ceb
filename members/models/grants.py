"""guardian's permissions on a city, with direct foreign keys: they join, and cascade."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from members.models.cities import City


class CityUserObjectPermission(UserObjectPermissionBase):
    """Derived from mandates; nobody edits these rows by hand."""

    content_object = models.ForeignKey(City, on_delete=models.CASCADE)

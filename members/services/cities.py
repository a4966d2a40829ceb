"""Registering cities and correcting what is written about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from members.models import City, CityName
from members.models.cities import BodyKind, Region
from members.policies import CityAction, OfficeAction, city_policy, office_policy
from members.services.mandates import still_holds
from secretariat.kernel.audit import act
from secretariat.kernel.errors import Conflict, InvalidInput, NotAllowed
from secretariat.kernel.models import LANGUAGES
from secretariat.kernel.outbox import announce
from secretariat.kernel.typed import typed

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z]{3}")
COUNTRY = re.compile(r"[A-Z]{2}")
PLACES = Decimal("0.00001")
RESERVED = frozenset({"apply"})
"""Address names that the public pages of cities use themselves."""


def register_city(
    *,
    slug: str,
    code: str,
    country: str,
    region: str,
    names: Mapping[str, str],
    descriptions: Mapping[str, str] | None = None,
    latitude: Decimal | str | None = None,
    longitude: Decimal | str | None = None,
    population: int | None = None,
    website: str = "",
    body: str = BodyKind.CITY,
    actor: Any,
    now: datetime,
) -> City:
    """Enter a city in the register. `latitude`, `longitude` in degrees, as text or Decimal.

    With another `body`, a body beside the cities, which never has a seat.
    """
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    if body not in BodyKind.values:
        raise InvalidInput(_("There is no such kind of body."), where="body")
    if not SLUG.fullmatch(slug) or len(slug) > 100 or slug in RESERVED:
        raise InvalidInput(
            _("An address name has small Latin letters, digits and single hyphens only."),
            where="slug",
        )
    city = City(slug=slug, body=body)
    _describe(
        city,
        code=code,
        country=country,
        region=region,
        latitude=latitude,
        longitude=longitude,
        population=population,
        website=website,
    )
    wordings = _wordings(names, descriptions or {})
    with act(authority, now) as record:
        if City.objects.filter(slug=slug).exists():
            raise Conflict(_("There is a city with this address name."), where="slug")
        _refuse_taken_code(city)
        city.save(force_insert=True)
        CityName.objects.bulk_create(
            CityName(city=city, language=language, name=name, description=description)
            for language, (name, description) in wordings.items()
        )
        record(city.chain, "city.registered", _as_recorded(city, wordings))
        announce("city.changed", city=slug)
    return city


def correct_city(
    *,
    city: City,
    code: str,
    country: str,
    region: str,
    names: Mapping[str, str],
    descriptions: Mapping[str, str] | None = None,
    latitude: Decimal | str | None = None,
    longitude: Decimal | str | None = None,
    population: int | None = None,
    website: str = "",
    actor: Any,
    now: datetime,
) -> City:
    """Replace what is written about a city; its address name and kind of body stay.

    The office corrects everything; the city itself (CityAction.EDIT_PROFILE, also by letter)
    what it says of itself, and not the names, short code, country, region and place on the
    map by which the register knows it.
    """
    office = office_policy.authority(actor, OfficeAction.KEEP_CITIES, now)
    authority = office or city_policy.require(actor, CityAction.EDIT_PROFILE, city, now)
    wordings = _wordings(names, descriptions or {})
    with act(authority, now) as record:
        city = City.objects.select_for_update(no_key=True).get(pk=city.pk)
        if office is None:
            still_holds(actor=actor, action=CityAction.EDIT_PROFILE, city=city, now=now)
        registered, names = _registered(city), city.names.as_dict()
        _describe(
            city,
            code=code,
            country=country,
            region=region,
            latitude=latitude,
            longitude=longitude,
            population=population,
            website=website,
        )
        given = {language: name for language, (name, _text) in wordings.items()}
        if office is None and (_registered(city), given) != (registered, names):
            raise NotAllowed(
                _("Names, short code, country, region and place are kept by the office. Ask it."),
                where="names",
            )
        _refuse_taken_code(city)
        city.save()
        _write_wordings(city, wordings)
        record(city.chain, "city.corrected", _as_recorded(city, wordings))
        announce("city.changed", city=city.slug)
    return city


def rename_city(*, city: City, names: Mapping[str, str], actor: Any, now: datetime) -> City:
    """Change the city's names, by language; descriptions and address name stay."""
    authority = office_policy.require(actor, OfficeAction.KEEP_CITIES, now)
    with act(authority, now) as record:
        city = City.objects.select_for_update().get(pk=city.pk)
        wordings = _wordings(names, city.descriptions)
        _write_wordings(city, wordings)
        record(
            city.chain,
            "city.renamed",
            {"names": {language: name for language, (name, _text) in wordings.items()}},
        )
        announce("city.changed", city=city.slug)
    return city


def _describe(
    city: City,
    *,
    code: str,
    country: str,
    region: str,
    latitude: Decimal | str | None,
    longitude: Decimal | str | None,
    population: int | None,
    website: str,
) -> None:
    if not CODE.fullmatch(code):
        raise InvalidInput(_("A short code has three capital Latin letters."), where="code")
    if not COUNTRY.fullmatch(country):
        raise InvalidInput(_("A country has two capital letters (ISO 3166)."), where="country")
    if region not in Region.values:
        raise InvalidInput(_("There is no such region."), where="region")
    if population is not None and population < 0:
        raise InvalidInput(_("A population is not below zero."), where="population")
    if website:
        try:
            URLValidator(schemes=["http", "https"])(website)
        except ValidationError as problem:
            raise InvalidInput(_("This is not a web address."), where="website") from problem
    city.code = code
    city.country = country
    city.region = region
    city.latitude = _degrees(latitude, limit=90, where="latitude")
    city.longitude = _degrees(longitude, limit=180, where="longitude")
    city.population = population
    city.website = website


def _registered(city: City) -> tuple[Any, ...]:
    """What only the office corrects."""
    return (city.code, city.country, city.region, city.latitude, city.longitude)


def _degrees(value: Decimal | str | None, *, limit: int, where: str) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        degrees = Decimal(value).quantize(PLACES)
    except InvalidOperation as problem:
        raise InvalidInput(_("Give degrees as a decimal number."), where=where) from problem
    if abs(degrees) > limit:
        raise InvalidInput(_("This is more than there are degrees."), where=where)
    return degrees


def _wordings(
    names: Mapping[str, str], descriptions: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Name and description by language, in NFC; languages without a name are left out."""
    unknown = {*names, *descriptions} - set(dict(LANGUAGES))
    if unknown:
        raise InvalidInput(
            _("The platform does not speak this language."), where=sorted(unknown)[0]
        )
    found = {
        language: (typed(names[language]), typed(descriptions.get(language, ""), lines=True))
        for language in sorted(names)
        if typed(names[language])
    }
    if not found:
        raise InvalidInput(_("A city needs a name in one language at least."), where="names")
    return found


def _write_wordings(city: City, wordings: Mapping[str, tuple[str, str]]) -> None:
    city.name_rows.exclude(language__in=wordings).delete()
    for language, (name, description) in wordings.items():
        CityName.objects.update_or_create(
            city=city, language=language, defaults={"name": name, "description": description}
        )


def _refuse_taken_code(city: City) -> None:
    if City.objects.filter(code=city.code).exclude(pk=city.pk).exists():
        raise Conflict(_("Another city has this short code."), where="code")


def _as_recorded(city: City, wordings: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "slug": city.slug,
        "code": city.code,
        **({} if city.body == BodyKind.CITY else {"body": city.body}),
        "country": city.country,
        "region": city.region,
        "latitude": None if city.latitude is None else str(city.latitude),
        "longitude": None if city.longitude is None else str(city.longitude),
        "population": city.population,
        "website": city.website,
        "names": {language: name for language, (name, _text) in wordings.items()},
        "descriptions": {language: text for language, (_name, text) in wordings.items()},
    }

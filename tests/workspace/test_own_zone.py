"""A network elsewhere: its days and times of day are those of its own clock."""

from __future__ import annotations

import pytest
from django.test import Client

from resolutions.models import Assembly
from secretariat.kernel.models import Network
from tests.resolutions.stage import Stage
from tests.resolutions.standing import stands
from tests.workspace.conftest import found
from tests.workspace.hands import minute, signed_in, url

pytestmark = pytest.mark.django_db


def found_in_vienna() -> None:
    found()
    Network.objects.update(time_zone="Europe/Vienna")


standing_stage, _django_db_helper, stage = stands(on=found_in_vienna)

CONVOCATION = {
    "slug": "2019-spring",
    "kind": "founding",
    "host_city": "alpha",
    "starts_at": "2019-03-04T09:00",
    "ends_at": "2019-03-04T17:00",
    "title_ko": "총회",
    "title_en": "Assembly",
    "agenda-TOTAL_FORMS": "1",
    "agenda-INITIAL_FORMS": "0",
    "agenda-0-title_ko": "개회",
    "agenda-0-title_en": "Opening",
    "agenda-0-kind": "opening",
}


def test_what_the_office_types_is_on_the_network_s_clock(stage: Stage) -> None:
    client = signed_in(stage.secretary)
    with minute(0):
        form = client.get(url("convene")).content.decode()
        answer = client.post(url("convene"), CONVOCATION)
    assert "시작 (빈)" in form
    assert answer.status_code == 302, answer.context["form"].errors
    assembly = Assembly.objects.get()
    assert assembly.starts_at.isoformat() == "2019-03-04T08:00:00+00:00"
    assert assembly.time_zone == "Europe/Vienna"


def test_public_pages_tell_the_network_s_day(stage: Stage) -> None:
    convened = stage.convened("2019-spring", time_zone="Europe/Vienna")
    with minute(0):
        page = Client().get(f"/en/assemblies/{convened.slug}/").content.decode()
    assert "06:10 Vienna" in page
    assert "Seoul" not in page

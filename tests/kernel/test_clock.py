"""The clock at the edge: real time, or the demonstration's, and one moment for a request."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import timezone

from secretariat.kernel import clock
from secretariat.kernel.middleware import ClockMiddleware

SECOND = timedelta(seconds=5)


def test_it_shows_real_time_outside_the_demonstration() -> None:
    assert abs(clock.now() - timezone.now()) < SECOND  # noqa: TID251


@pytest.mark.django_db
@override_settings(DEMONSTRATION=True)
def test_the_demonstrations_clock_starts_where_it_is_set_and_runs() -> None:
    clock.set_demonstration_clock(shows=clock.DEMONSTRATION_STARTS_AT)
    first = clock.now()
    second = clock.now()
    assert timedelta() <= first - clock.DEMONSTRATION_STARTS_AT < SECOND
    assert timedelta() < second - first < SECOND
    assert clock.DEMONSTRATION_STARTS_AT.isoformat() == "2018-12-12T14:40:00+09:00"


@pytest.mark.django_db
def test_a_setting_of_the_demonstration_moves_no_real_clock() -> None:
    clock.set_demonstration_clock(shows=clock.DEMONSTRATION_STARTS_AT)
    assert abs(clock.now() - timezone.now()) < SECOND  # noqa: TID251


def test_within_a_request_it_stands_still(now: datetime) -> None:
    seen: list[datetime] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.extend([request.now, clock.now(), clock.now()])
        return HttpResponse()

    ClockMiddleware(view)(RequestFactory().get("/"))
    assert len(set(seen)) == 1
    with clock.held_at(now):
        assert clock.now() == now
    assert clock.now() != now

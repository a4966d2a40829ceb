"""The demonstration's moment, lived by its people: the second round, and a vote after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Site

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]


def sign_in(page: Page, site: Site, button: str) -> Page:
    """Sign in with one click, as a role of the demonstration."""
    page.goto(f"{site.url}/demo/?lang=en")
    page.get_by_role("button", name=button, exact=True).first.click()
    return page


def delegate(page: Page, site: Site, city: str) -> Page:
    return sign_in(page, site, f"Sign in as delegate of {city}")


def officer(page: Page, site: Site, role: str) -> Page:
    return sign_in(page, site, f"Sign in as {role}")


def vote_for(page: Page, site: Site, city: str, vote: str, choice: str) -> None:
    """Open the ballot from the desk, choose, cast."""
    page.goto(f"{site.url}/en/desk/{city}/votes/{vote}/")
    page.get_by_text(choice, exact=True).first.click()
    page.get_by_role("button", name="Cast the vote").click()


def test_three_vote_the_officer_closes_and_the_next_round_appears(
    own_site: Site, visitor: Visitor, pictures: Path
) -> None:
    site = own_site
    new_york = delegate(visitor(), site, "New York")
    expect(new_york).to_have_url(re.compile(r"/en/desk/new-york/$"))
    expect(new_york.get_by_text("Your city has not voted yet").first).to_be_visible()
    vote_for(new_york, site, "new-york", "2018-founding-4", "Seoul")
    expect(new_york.get_by_role("heading", name="The vote of New York: Seoul")).to_be_visible()

    # What a city says replaces what it said, as long as the round is open.
    new_york.get_by_text("Change the vote").first.click()
    new_york.locator("details[open]").get_by_text("Vienna", exact=True).click()
    new_york.get_by_role("button", name="Change the vote").click()
    expect(new_york.get_by_role("heading", name="The vote of New York: Vienna")).to_be_visible()

    for city, slug, choice in (("Milan", "milan", "Vienna"), ("Busan", "busan", "Seoul")):
        vote_for(delegate(visitor(), site, city), site, slug, "2018-founding-4", choice)

    returning = officer(visitor(), site, "Returning officer")
    returning.goto(f"{site.url}/en/office/elections/2018-chair/")
    expect(returning.get_by_text("20 of 20 seats present have voted")).to_be_visible()
    returning.get_by_role("button", name="Close the round").click()
    expect(
        returning.get_by_text("Hamburg has the fewest votes and is eliminated").first
    ).to_be_visible()
    returning.get_by_role("button", name="Open round 3").click()
    expect(returning.get_by_text("0 of 20 seats present have voted")).to_be_visible()
    returning.screenshot(path=pictures / "office-round-3.png", full_page=True)

    # A ballot after the closing is refused with the reason; nothing is lost.
    new_york.goto(f"{site.url}/en/desk/new-york/votes/2018-founding-4/")
    expect(new_york.get_by_role("button", name="Cast the vote")).to_have_count(0)
    expect(new_york.get_by_text("Hamburg has the fewest votes and is eliminated")).to_be_visible()

    # The public reads the result, and stays on it in the other language.
    public = visitor()
    public.goto(f"{site.url}/ko/decisions/2018-founding-4/")
    expect(public.get_by_text("표가 가장 적은 함부르크가 탈락하였습니다").first).to_be_visible()
    public.get_by_role("link", name="English").first.click()
    expect(public).to_have_url(f"{site.url}/en/decisions/2018-founding-4/")
    expect(public.get_by_text("Hamburg has the fewest votes").first).to_be_visible()
    public.screenshot(path=pictures / "decision-round-2-en.png", full_page=True)


def test_an_officer_opens_a_vote_and_three_delegates_decide_it(
    own_site: Site, visitor: Visitor, pictures: Path
) -> None:
    site = own_site
    returning = officer(visitor(), site, "Returning officer")
    returning.goto(f"{site.url}/en/office/assemblies/2018-founding/")
    returning.get_by_role("link", name="Prepare a vote").first.click()
    returning.get_by_role("button", name=re.compile("Prepare")).click()
    returning.get_by_role("button", name=re.compile("Open the vote")).click()
    expect(returning.get_by_text("0 of 20 seats present have voted")).to_be_visible()
    address = returning.url.rstrip("/").rsplit("/", 1)[1]

    for city, slug, choice in (
        ("New York", "new-york", "For"),
        ("Milan", "milan", "For"),
        ("Busan", "busan", "Against"),
    ):
        page = delegate(visitor(), site, city)
        vote_for(page, site, slug, address, choice)
        expect(page.get_by_role("heading", name=f"The vote of {city}: {choice}")).to_be_visible()

    # While it is open, the public sees who has voted, not how.
    public = visitor()
    public.goto(f"{site.url}/en/decisions/{address}/")
    expect(public.get_by_text("3", exact=True).first).to_be_visible()
    expect(public.get_by_text(re.compile("for, .* against"))).to_have_count(0)

    returning.goto(f"{site.url}/en/office/votes/{address}/")
    for box in returning.get_by_role("checkbox").all():
        box.check()
    returning.get_by_role("button", name=re.compile("Close")).first.click()
    expect(returning.get_by_text("2 for, 1 against, 0 abstaining").first).to_be_visible()
    public.goto(f"{site.url}/en/decisions/{address}/")
    expect(public.get_by_text("2 for, 1 against, 0 abstaining").first).to_be_visible()
    expect(public.get_by_text("20 of 22 seats present").first).to_be_visible()
    public.screenshot(path=pictures / "decision-roll-call-en.png", full_page=True)


def test_a_delegate_reaches_nothing_of_another_city(own_site: Site, visitor: Visitor) -> None:
    page = delegate(visitor(), own_site, "Vienna")
    for path in (
        "/en/desk/hamburg/",
        "/en/desk/hamburg/votes/2018-founding-4/",
        "/en/desk/hamburg/elections/2018-chair/",
        "/en/office/",
        "/en/office/assemblies/2018-founding/",
        "/admin/",
    ):
        answer = page.goto(own_site.url + path)
        assert answer is not None
        assert (path, answer.status) == (path, 404)


def test_a_wrong_attendance_is_corrected_by_a_further_act(own_site: Site, visitor: Visitor) -> None:
    page = officer(visitor(), own_site, "Registrar of members")
    page.goto(f"{own_site.url}/en/office/assemblies/2018-founding/attendance/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("checkbox", name="Ulsan").check()
    page.get_by_role("button", name=re.compile("Record")).first.click()
    expect(page.get_by_text("21 of 22 seats present").first).to_be_visible()


def test_a_ballot_is_cast_with_the_keyboard_alone(own_site: Site, visitor: Visitor) -> None:
    page = delegate(visitor(), own_site, "London")
    page.goto(f"{own_site.url}/en/desk/london/votes/2018-founding-5/")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for _press in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("The vote of London: "))).to_be_visible()

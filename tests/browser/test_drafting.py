"""Vienna's delegate and the office write one article: words are kept, held, and never lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.looking import VIOLATIONS
from tests.browser.running import Site

pytestmark = pytest.mark.browser

ARTICLE = "office/texts/bylaws/draft/provisions/art5/"
VIENNA = "desk/vienna/drafts/bylaws/provisions/art5/"


def signed_in(page: Page, site: Site, role: str) -> Page:
    page.goto(f"{site.url}/demo/?lang=en")
    page.get_by_role("button", name=f"Sign in as {role}", exact=True).first.click()
    return page


def words(page: Page) -> object:
    return page.get_by_label("2., Words (English)")


def test_two_drafters_at_once_lose_nothing(shared_site: Site, visitor: Callable[..., Page]) -> None:
    site = shared_site
    office = signed_in(visitor(), site, "Secretary-general")
    vienna = signed_in(visitor(), site, "delegate of Vienna")
    assert vienna.goto(f"{site.url}/en/{VIENNA}").status == 404

    # The office lets Vienna work on the bylaws; the delegate finds them on the desk.
    office.goto(f"{site.url}/en/office/texts/bylaws/draft/")
    office.get_by_role("link", name="Let a city work on it").click()
    office.get_by_label("City").select_option("vienna")
    office.get_by_role("button", name="Let the city work on it").click()
    expect(office.get_by_text("The city finds the draft on its desk now.")).to_be_visible()
    vienna.goto(f"{site.url}/en/desk/vienna/")
    vienna.get_by_role("link", name=re.compile("^Bylaws of the")).click()
    vienna.get_by_role("link", name=re.compile("^Article 5")).click()

    # What is typed is kept by itself, and others see who is at work.
    box = vienna.get_by_label("2., Words (English)")
    box.fill("Vienna's words.")
    expect(vienna.get_by_text("Kept, not yet saved.")).to_be_visible()
    office.goto(f"{site.url}/en/{ARTICLE}")
    expect(office.get_by_text("of Vienna is at work on this until")).to_be_visible()

    # Whoever leaves without saving finds the words again.
    vienna.keyboard.press("Alt+PageDown")
    expect(vienna).to_have_url(re.compile("/art6/$"))
    vienna.goto(f"{site.url}/en/{VIENNA}")
    vienna.get_by_role("link", name="Go on with them").click()
    expect(box).to_have_value("Vienna's words.")

    # The office takes over and saves other words; Vienna is told, and sees both.
    office.get_by_text("Take it over").first.click()
    office.get_by_label("Reason").first.fill("needed today")
    office.get_by_role("button", name="Take it over").click()
    theirs = office.get_by_label("2., Words (English)")
    theirs.fill("The office's words.")
    office.locator("[name=reason]").fill("clearer")
    office.get_by_role("button", name="Save", exact=True).click()
    expect(office.get_by_text("The words are saved.")).to_be_visible()
    vienna.locator("[name=reason]").fill("shorter")
    vienna.get_by_role("button", name="Save", exact=True).click()
    expect(vienna.get_by_text("In the draft it reads now:")).to_be_visible()
    expect(vienna.get_by_text("The office's words.", exact=True)).to_be_visible()
    expect(box).to_have_value("Vienna's words.")
    vienna.evaluate(AXE_SCRIPT)
    assert vienna.evaluate(VIOLATIONS) == []
    box.fill("The words of both.")
    vienna.keyboard.press("Control+s")
    expect(vienna.get_by_text("The words are saved.")).to_be_visible()

    # The history has both, and the redline between them.
    vienna.get_by_role("region", name="History").get_by_role("link", name="2.").click()
    expect(vienna.locator(".draft-past > li")).to_have_count(3)
    expect(vienna.get_by_text("clearer")).to_be_visible()

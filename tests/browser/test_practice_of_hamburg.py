"""An editor of Hamburg writes, the librarian returns and publishes, Milan sees nothing of it.

Both editors are made by the office's own services; everything else is done with the browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.running import Site

pytestmark = pytest.mark.browser

Visitor = Callable[..., Page]

TITLE = "Pay transparency for public contracts"
MAKE_EDITORS = """
from members.models import City
from members.services.accounts import create_account, make_sign_in_link
from members.services.mandates import grant_mandate
from secretariat.kernel import clock
from secretariat.kernel.policy import SYSTEM
now = clock.now()
for slug in {cities!r}:
    city = City.objects.get(slug=slug)
    person = create_account(email=slug + "-editor@example.org", name="Editor of " + slug,
        language="en", actor=SYSTEM, now=now)
    grant_mandate(person=person, city=city, role="editor", starts_at=now, actor=SYSTEM, now=now)
    print("LINK", slug, make_sign_in_link(person=person, actor=SYSTEM, now=now))
"""


def make_editors(site: Site, *cities: str) -> dict[str, str]:
    """City → the link by which its new editor signs in, as the office gives it out."""
    said = site.command("shell", "--no-imports", "-c", MAKE_EDITORS.format(cities=cities))
    lines = [line.split() for line in said.splitlines() if line.startswith("LINK ")]
    return {slug: re.sub(r"^https?://[^/]+", "", link) for _word, slug, link in lines}


def editor_of(site: Site, page: Page, city: str, link: str) -> Page:
    """Sign in as the editor of the city."""
    page.goto(site.url + link)
    page.locator("main").get_by_role("button").click()
    page.goto(f"{site.url}/en/desk/{city}/practices/")
    expect(page.get_by_role("heading", level=1, name="Our practices")).to_be_visible()
    return page


def librarian(site: Site, page: Page) -> Page:
    page.goto(f"{site.url}/demo/?lang=en")
    page.get_by_role("button", name="Sign in as Librarian", exact=True).first.click()
    return page


def write_rich(page: Page, label: str, text: str) -> None:
    """Type into a formatted text, as people do."""
    box = page.get_by_role("textbox", name=re.compile(label)).first
    box.click()
    page.keyboard.type(text)


def faults_of(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_from_hamburgs_draft_to_the_library_and_milan_sees_no_trace(
    shared_site: Site, visitor: Visitor, pictures: Path
) -> None:
    site = shared_site
    hamburg = visitor(viewport={"width": 1280, "height": 900})
    faults = faults_of(hamburg)
    links = make_editors(site, "hamburg", "milan")
    editor_of(site, hamburg, "hamburg", links["hamburg"])

    # Written: a title, then the questions; formatted text without a tag, figures in rows.
    hamburg.get_by_role("link", name="Write a practice").click()
    hamburg.get_by_label("Title").fill(TITLE)
    hamburg.get_by_role("combobox", name="Language").select_option("en")
    hamburg.get_by_role("button", name="Begin").click()
    expect(hamburg).to_have_url(re.compile(r"/practices/hamburg-pay-transparency[^/]*/en/$"))
    address = hamburg.url
    slug = address.rstrip("/").split("/")[-2]
    hamburg.get_by_label(re.compile("^Summary")).fill("Bidders publish what they pay.")
    hamburg.get_by_label("Rights at work").check()
    write_rich(hamburg, "^What is done", "Bidders tell what they pay.")
    hamburg.keyboard.press("Enter")
    field = hamburg.locator("#question-action")
    field.get_by_role("button", name="List", exact=True).click()
    hamburg.keyboard.type("at the offer")
    hamburg.keyboard.press("Enter")
    hamburg.keyboard.type("every year")
    hamburg.locator("[name=figures-0-indicator]").fill("Contracts")
    hamburg.locator("[name=figures-0-after]").fill("1,250")
    figures = hamburg.locator("[data-rows=figures]")
    figures.get_by_role("button", name="Add a line").click()
    hamburg.locator("[name=figures-2-indicator]").fill("Bidders")

    # Kept while it is typed: whoever leaves without saving finds it again.
    expect(hamburg.get_by_text("What you typed is kept")).to_be_visible()
    hamburg.goto(f"{site.url}/en/desk/hamburg/")
    hamburg.goto(address)
    hamburg.get_by_role("link", name="Go on with them").click()
    expect(hamburg.locator("#question-action li", has_text="every year")).to_be_visible()
    hamburg.get_by_role("button", name="Save and preview").click()
    expect(hamburg.get_by_text("Preview of the newest draft")).to_be_visible()
    expect(hamburg.locator(".prose li")).to_have_text(["at the offer", "every year"])
    expect(hamburg.get_by_role("cell", name="1,250")).to_be_visible()
    hamburg.screenshot(path=pictures / "practice-preview-en.png", full_page=True)
    hamburg.get_by_role("link", name="Versions and comments").click()
    hamburg.get_by_role("button", name="Submit for review").click()
    expect(hamburg.get_by_text("With the librarian").first).to_be_visible()

    # Milan: the addresses are not there, the lists and the search know nothing.
    milan = editor_of(site, visitor(), "milan", links["milan"])
    expect(milan.get_by_text(TITLE)).to_have_count(0)
    for path in ("", "en/", "en/preview/", "en/history/"):
        for city in ("hamburg", "milan"):
            answer = milan.goto(f"{site.url}/en/desk/{city}/practices/{slug}/{path}")
            assert answer is not None
            assert (city, path, answer.status) == (city, path, 404)
    for path in (f"/en/library/{slug}/", "/admin/", "/admin/snippets/cms/practice/"):
        answer = milan.goto(site.url + path)
        assert answer is not None
        assert (path, answer.status) == (path, 404)
    milan.goto(f"{site.url}/en/search/?q=transparency+bidders")
    expect(milan.get_by_text(TITLE)).to_have_count(0)

    # The librarian reviews the same object in the admin: a comment on a field, and back.
    office = librarian(site, visitor(viewport={"width": 1280, "height": 900}))
    office.goto(f"{site.url}/admin/snippets/cms/practice/?q=")
    office.get_by_role("link", name=TITLE).first.click()
    office.wait_for_url(re.compile(r"/practice/edit/\d+/"))
    reviewed = office.url
    office.locator("[name=comment_on]").select_option("legal_basis")
    office.locator("[name=comment]").fill("Which law is it?")
    office.screenshot(path=pictures / "practice-admin-ko.png", full_page=True)
    office.locator("[data-w-dropdown-target=toggle]").last.click()
    office.get_by_role("button", name="의견을 달아 돌려보내기").first.click()
    office.locator(".modal textarea[name=comment]").fill("Please name the law.")
    office.locator(".modal [type=submit]").click()
    expect(office).to_have_url(re.compile(r"/practice/(\?.*)?$"))

    # Hamburg reads, answers, mends, and submits again.
    hamburg.goto(f"{site.url}/en/desk/hamburg/")
    expect(hamburg.get_by_text("The librarian has returned this practice").first).to_be_visible()
    hamburg.goto(address)
    expect(hamburg.get_by_text("Which law is it?").first).to_be_visible()
    hamburg.get_by_label(re.compile("^Legal basis")).fill("Hamburg procurement act")
    hamburg.get_by_role("button", name="Save the draft").click()
    hamburg.goto(f"{site.url}/en/desk/hamburg/practices/{slug}/")
    hamburg.get_by_text("Answer", exact=True).last.click()
    hamburg.locator("details[open] textarea").fill("The act of 2013.")
    hamburg.get_by_role("button", name="Send the answer").last.click()
    expect(hamburg.get_by_text("The act of 2013.")).to_be_visible()
    hamburg.get_by_role("button", name="Submit for review").click()
    hamburg.screenshot(path=pictures / "practice-review-en.png", full_page=True)

    # Published: in the library and in the search at once.
    office.goto(reviewed)
    expect(office.get_by_text("The act of 2013.")).to_be_visible()
    office.locator("[data-w-dropdown-target=toggle]").last.click()
    office.get_by_role("button", name="승인하고 공개하기").first.click()
    expect(office).to_have_url(re.compile(r"/practice/(\?.*)?$"))
    public = visitor()
    public.goto(f"{site.url}/en/library/{slug}/")
    expect(public.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(public.get_by_text("Hamburg procurement act")).to_be_visible()
    public.goto(f"{site.url}/en/search/?q=transparency+bidders")
    expect(public.get_by_text(TITLE).first).to_be_visible()

    assert faults == []

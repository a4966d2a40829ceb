"""The public pages: accessible, whole in both languages, at both widths, without JavaScript."""

from __future__ import annotations

import json
from email.message import Message
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.looking import Onlooker, Scheme, name_of
from tests.browser.running import Site

pytestmark = pytest.mark.browser

PAGES = (
    "",
    "about/",
    "accessibility/",
    "cities/",
    "cities/vienna/",
    "texts/",
    "texts/rules/",
    "texts/bylaws/",
    "texts/founding-rules/?view=ko",
    "texts/founding-rules/editions/1/",
    "texts/bylaws/editions/1/art18/",
    "texts/seoul-declaration/",
    "decisions/",
    "decisions/2018-founding-1/",
    "decisions/2018-founding-2/",
    "decisions/2018-founding-4/",
    "elections/",
    "elections/2018-chair/",
    "assemblies/",
    "assemblies/2018-founding/",
    "forums/",
    "forums/2017/",
    "forums/2018/",
    "library/",
    "library/london-living-wage/",
    "search/?q=생활임금",
    "search/?q=zzzz",
    "news/",
    "audit/",
    "cities/apply/",
    "cities/ilo/",
    "accounts/login/",
)
# Each width and each scheme in one language; in English, whose words are longer, every third page
# where it is narrow.
LOOKS: tuple[tuple[str, tuple[tuple[int, Scheme], ...]], ...] = (
    ("ko", ((1280, "light"), (390, "dark"))),
    ("en", ((390, "light"),)),
)


@pytest.mark.parametrize(("language", "looks"), LOOKS)
def test_no_page_breaks_the_rules_of_access(
    site: Site,
    browser: Browser,
    album: Path | None,
    language: str,
    looks: tuple[tuple[int, Scheme], ...],
) -> None:
    onlooker = Onlooker(browser, album)
    for path in PAGES if language == "ko" else PAGES[::3]:
        onlooker.look(f"{site.url}/{language}/{path}", looks, name=f"{name_of(path)}-{language}")
    onlooker.close()
    assert onlooker.faults == []


@pytest.mark.parametrize(
    ("button", "paths"),
    [
        (
            "뉴욕 대표 로그인",
            (
                "desk/new-york/",
                "desk/new-york/votes/2018-founding-4/",
                "desk/new-york/people/",
                "desk/new-york/people/invite/",
                "desk/new-york/practices/",
                "desk/new-york/practices/new-york-freelance-isnt-free/ko/",
                "desk/new-york/profile/",
                "desk/new-york/ready/",
                "accounts/2fa/",
            ),
        ),
        (
            "선거관리관 로그인",
            (
                "office/assemblies/2018-founding/",
                "office/assemblies/2018-founding/votes/prepare/",
                "office/elections/2018-chair/",
                "office/votes/2018-founding-4/hall/?still",
            ),
        ),
        (
            "사무총장 로그인",
            (
                "office/",
                "office/texts/",
                "office/texts/import/",
                "office/texts/seoul-office/",
                "office/texts/bylaws/rules/",
                "office/letters/",
                "office/roles/",
            ),
        ),
        (
            "회원등록관 로그인",
            (
                "office/assemblies/2018-founding/attendance/",
                "office/members/",
                "office/members/applications/",
                "office/members/cities/vienna/",
                "office/members/contributions/",
                "office/members/import/",
                "office/mandates/",
            ),
        ),
    ],
)
def test_no_desk_and_no_office_page_breaks_them(
    site: Site, browser: Browser, album: Path | None, button: str, paths: tuple[str, ...]
) -> None:
    onlooker = Onlooker(browser, album)
    onlooker.look(f"{site.url}/demo/?lang=ko", ((1280, "light"),), name="demo-ko")
    onlooker.page.get_by_role("button", name=button, exact=True).click()
    for place, path in enumerate(paths):
        for language, looks in LOOKS:
            if language == "en" and place % 3:
                continue
            # At one width each: the components are those of the public pages.
            onlooker.look(
                f"{site.url}/{language}/{path}", looks[-1:], name=f"{name_of(path)}-{language}"
            )
    onlooker.close()
    assert onlooker.faults == []


def test_pages_work_without_javascript(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/ko/")
    page.locator("summary").first.click()
    page.get_by_role("searchbox").locator("visible=true").first.fill("생활임금")
    page.keyboard.press("Enter")
    expect(page.get_by_text("런던 생활임금").first).to_be_visible()
    expect(page.get_by_role("searchbox").locator("visible=true").first).to_have_value("생활임금")
    context.close()


def test_the_library_finds_a_word_with_its_particle(site: Site) -> None:
    found = json.loads(site.command("search", "생활임금", "--facet", "kind=practice", "--json"))
    bodies = {hit["id"]: _read(site, hit["url"])[1] for hit in found["hits"] if hit["lang"] == "ko"}
    assert any("생활임금을" in body for body in bodies.values())


def _read(site: Site, path: str) -> tuple[Message, str]:
    address = site.url + "".join(c if c.isascii() else _quoted(c) for c in path)
    with urlopen(Request(address), timeout=60) as answer:  # noqa: S310
        return answer.headers, answer.read().decode(errors="replace")


def _quoted(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())

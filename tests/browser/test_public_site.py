"""The public pages: accessible, whole in both languages, at both widths, without JavaScript."""

from __future__ import annotations

import json
import re
from email.message import Message
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

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
    "texts/bylaws/?view=ko",
    "texts/bylaws/editions/1/",
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
    "accounts/login/",
)
LOOKS = (("ko", 1280, "light"), ("en", 390, "dark"))


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_no_page_breaks_the_rules_of_access(
    site: Site, browser: Browser, pictures: Path, language: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    axe = Axe()
    found = {}
    for path in PAGES:
        page.goto(f"{site.url}/{language}/{path}")
        violations = axe.run(page).response["violations"]
        if violations:
            found[path] = [(item["id"], item["nodes"][0]["html"][:200]) for item in violations]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert (path, wide) == (path, min(wide, 0))
        page.screenshot(path=pictures / _name(language, path, width, scheme), full_page=True)
    context.close()
    assert found == {}
    assert troubles == []


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


def _name(language: str, path: str, width: int, scheme: str) -> str:
    words = re.sub(r"[^a-z0-9가-힣]+", "-", path).strip("-") or "home"
    return f"{words}-{language}-{width}-{scheme}.png"

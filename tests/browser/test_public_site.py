"""The public pages: accessible, whole in both languages, at both widths, without JavaScript."""

from __future__ import annotations

import json
import re
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit
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
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
HANGUL = re.compile(r"[가-힣]")
NAMES = re.compile(
    r"ILO|OECD|LEED|SHA-256|JSON|Atom|GitHub|Wagtail|Employment24|WorkNet|HRD|Decent Work City"
    r"|number, chain, sequence, entry_hash, previous|^(network|office)$|(?<!\w)/[\w/.-]+"
    r"|[A-Z]{3}(?![a-z])|English|https?://\S+|[\w.-]+@[\w.-]+|[0-9a-f]{6,}|[a-z_]+:[a-z0-9-]+"
)
BASIS_IN_BOTH = "2017 서울 국제포럼 / International Forum, Seoul, 5–6 September 2017"
QUOTED = re.compile(r"“[^”]*”|‘[^’]*’")
TEXTS_OF_ANOTHER_LANGUAGE = """
    (language) => {
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) {
            const parent = walker.currentNode.parentElement;
            if (!parent || parent.closest("script,style,code,pre,.hash,svg")) continue;
            const lang = parent.closest("[lang]").getAttribute("lang").split("-")[0];
            if (lang !== language) continue;
            const text = walker.currentNode.textContent.trim();
            if (text) found.push(text);
        }
        return found;
    }
"""


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


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_speaks_one_language(site: Site, browser: Browser, language: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    strange = {}
    for path in PAGES:
        page.goto(f"{site.url}/{language}/{path}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("h1").count() == 1
        texts = page.evaluate(TEXTS_OF_ANOTHER_LANGUAGE, language)
        wrong = [text for text in texts if _is_of_another_language(text, language)]
        if wrong:
            strange[path] = wrong[:5]
    context.close()
    assert strange == {}, strange


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


def test_everything_says_that_it_is_a_demonstration(site: Site) -> None:
    for path in PAGES:
        for language, words in (
            ("ko", "시연용 자료이며 실제 결정이 아닙니다"),
            ("en", "Demonstration data, not a real decision"),
        ):
            headers, body = _read(site, f"/{language}/{path}")
            assert headers["X-Robots-Tag"] == "noindex, nofollow"
            assert words in body
            assert 'name="robots" content="noindex' in body
    for path in ("/ko/decisions/2018-founding-2.json", "/en/audit/ledger.json"):
        headers, body = _read(site, path)
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "시연용 자료이며 실제 결정이 아닙니다" in json.dumps(
            json.loads(body), ensure_ascii=False
        )


def test_no_link_is_dead(site: Site) -> None:
    waiting = ["/ko/", "/en/"]
    pages: dict[str, _Page] = {}
    dead = []
    while waiting and len(pages) < 600:
        path = waiting.pop(0)
        if path in pages:
            continue
        try:
            pages[path] = _Page(_read(site, path)[1])
        except OSError as problem:
            dead.append((path, str(problem)))
            pages[path] = _Page("")
            continue
        for link in pages[path].links:
            target, fragment = urldefrag(urljoin(site.url + path, link))
            parts = urlsplit(target)
            if parts.netloc != urlsplit(site.url).netloc or parts.path.startswith("/demo"):
                continue
            # A list narrowed or turned over is the same page; the first of each is enough.
            address = parts.path
            if address not in pages:
                waiting.append(address)
            elif fragment and fragment not in pages[address].ids and pages[address].ids:
                dead.append((path, link))
    assert dead == []
    assert len(pages) > 200


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text if "<html" in text[:2000] else "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag in ("a", "link") and given.get("href"):
            self.links.append(str(given["href"]))


def _read(site: Site, path: str) -> tuple[Message, str]:
    address = site.url + "".join(c if c.isascii() else _quoted(c) for c in path)
    with urlopen(Request(address), timeout=60) as answer:  # noqa: S310
        return answer.headers, answer.read().decode(errors="replace")


def _quoted(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _name(language: str, path: str, width: int, scheme: str) -> str:
    words = re.sub(r"[^a-z0-9가-힣]+", "-", path).strip("-") or "home"
    return f"{words}-{language}-{width}-{scheme}.png"


def _is_of_another_language(text: str, language: str) -> bool:
    """Quoted words, names of languages, and names that are the same everywhere do not count."""
    own = QUOTED.sub("", text).replace(BASIS_IN_BOTH, "")
    if language == "en":
        return bool(HANGUL.search(own.replace("한국어", "")))
    return bool(LATIN_WORD.search(NAMES.sub("", own)))

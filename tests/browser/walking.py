"""A person with a plain client: cookies, the demonstration's one-press sign-in, following links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from tests.browser.reading import Reading, read_page

VALUES_OF_A_FILTER = 4
REDIRECTS = {301, 302, 303, 307, 308}
FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass(frozen=True)
class Answer:
    """What came back, after redirects: the last address and its answer."""

    address: str
    status: int
    kind: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")


class Walker:
    """One person's client. Addresses are paths on the site."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self._entrances: dict[str, str] = {}
        self._line = HTTPConnection(urlsplit(url).netloc, timeout=60)

    def close(self) -> None:
        self._line.close()

    def get(self, address: str) -> Answer:
        """The answer to an address, redirects followed."""
        return self._ask("GET", address, None)

    def post(self, address: str, fields: dict[str, str], *, follow: bool = True) -> Answer:
        """The answer to a form; with `follow`, that of the page to which it leads."""
        ask = self._ask if follow else self._once
        return ask("POST", address, urlencode(fields))

    def enter(self, language: str = "ko") -> None:
        """Read the demonstration's entrance."""
        self._entrances[language] = self.get(f"/demo/?lang={language}").text

    def another(self) -> Walker:
        """Somebody else who stands where this one stands; each sees the entrance as it was read."""
        person = Walker(self.url)
        person.cookies = dict(self.cookies)
        person._entrances = self._entrances
        return person

    def become(self, button: str, *, language: str = "ko", follow: bool = True) -> Answer:
        """Sign in through the demonstration's entrance, by the words on the button."""
        if language not in self._entrances:
            self.enter(language)
        for form in FORM.findall(self._entrances[language]):
            if f">{button}<" in form:
                fields = {name: unescape(value) for name, value in HIDDEN.findall(form)}
                return self.post("/demo/sign-in/", fields, follow=follow)
        raise AssertionError(f"no button {button!r} at the demonstration's entrance")

    def _ask(self, method: str, address: str, body: str | None) -> Answer:
        for _step in range(6):
            answer = self._once(method, address, body)
            if answer.status not in REDIRECTS:
                return answer
            address = self._path(urljoin(self.url + address, answer.headers["location"]))
            if answer.status in {301, 302, 303}:
                method, body = "GET", None
        raise AssertionError(f"redirected in circles: {address}")

    def _once(self, method: str, address: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"{self.url}/demo/",
            }
        self._line.request(method, address, body=body, headers=headers)
        response = self._line.getresponse()
        content = response.read()
        self._keep_cookies(response)
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(address, response.status, named.get("content-type", ""), named, content)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("set-cookie") or []:
            name, _equals, value = line.split(";", 1)[0].partition("=")
            if value in {"", '""'}:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def _path(self, url: str) -> str:
        parts = urlsplit(url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


@dataclass(frozen=True)
class Walk:
    """Every address found: its answer and reading; and who leads where: (from, to, fragment)."""

    answers: dict[str, Answer]
    pages: dict[str, Reading]
    links: list[tuple[str, str, str]]


def walk(walker: Walker, starts: tuple[str, ...], *, within: Callable[[str], bool]) -> Walk:
    """Follow every link of this site from the starts.

    `within` says which addresses to open; links to others are noted and not followed. Filters
    combine without end: they are followed one step deep, a few values of each.
    """
    answers: dict[str, Answer] = {}
    pages: dict[str, Reading] = {}
    links: list[tuple[str, str, str]] = []
    filtered: Counter[tuple[str, str]] = Counter()
    waiting, seen = list(starts), set(starts)
    while waiting:
        address = waiting.pop()
        answer = answers[address] = walker.get(address)
        if not answer.is_page:
            continue
        page = pages[address] = read_page(answer.text)
        for target, fragment in _targets(walker.url, address, page):
            links.append((address, target, fragment))
            if target in seen or not within(target):
                continue
            if "?" in target:
                parts = urlsplit(target)
                kind = (parts.path, re.sub(r"=[^&]*", "", parts.query))
                filtered[kind] += 1
                if "?" in address or filtered[kind] > VALUES_OF_A_FILTER:
                    continue
            seen.add(target)
            waiting.append(target)
    return Walk(answers, pages, links)


def _targets(url: str, address: str, page: Reading) -> Iterator[tuple[str, str]]:
    for link in [*page.links, *page.assets]:
        whole = urlsplit(urljoin(url + address, link))
        if f"{whole.scheme}://{whole.netloc}" != url:
            continue
        path = quote(unquote(whole.path))
        query = urlencode(parse_qsl(whole.query, keep_blank_values=True))
        yield f"{path}?{query}" if query else path, unquote(whole.fragment)

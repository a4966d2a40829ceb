"""Looking at a page as people see it: axe, what runs out of sight, a picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

Scheme = Literal["dark", "light"]

HIGHEST = 5000
"""Pixels of a page in its picture."""
# Contrast takes longer than all other rules together, so it is asked of two words of each look:
# of each colour, size and weight, within the same elements on the same grounds.
VIOLATIONS = """async rules => {
    const looks = new Map(), asked = new Set();
    for (const each of document.querySelectorAll("[data-contrast]")) {
        each.removeAttribute("data-contrast");
    }
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const around = words.currentNode.parentElement;
        if (!words.currentNode.textContent.trim() || asked.has(around)) continue;
        asked.add(around);
        if (!around.checkVisibility()) continue;
        const own = getComputedStyle(around);
        let look = `${own.color} ${own.fontSize} ${own.fontWeight}`;
        for (let each = around; each; each = each.parentElement) {
            const style = getComputedStyle(each);
            look += ` < ${each.tagName} ${each.getAttribute("class")} ${style.backgroundColor}`
                + ` ${style.backgroundImage} ${style.opacity}`;
        }
        looks.set(look, (looks.get(look) || 0) + 1);
        if (looks.get(look) <= 2) around.setAttribute("data-contrast", "");
    }
    axe.configure({rules: [{id: "color-contrast", selector: "[data-contrast]"}]});
    const options = {resultTypes: ["violations"], ...(rules && {runOnly: rules})};
    return (await axe.run(options)).violations.map(
        rule => `${rule.id}: ${rule.nodes[0].html.slice(0, 200)}`);
}"""
LAYOUT_RULES = "color-contrast link-in-text-block scrollable-region-focusable target-size".split()
"""What another width or scheme of the same page can change: the others read its structure."""
# Words that stand outside the page, and cannot be scrolled to.
CUT_OFF = """() => {
    const seen = [], wide = document.documentElement.clientWidth;
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
        const around = words.currentNode.parentElement;
        if (!words.currentNode.textContent.trim() || !around.checkVisibility()) continue;
        if (around.closest(".visually-hidden, .form__trap, .skip, .table-wrap, svg")) continue;
        const range = document.createRange();
        range.selectNodeContents(words.currentNode);
        const box = range.getBoundingClientRect();
        if (box.width > 1 && (box.left < -1 || box.right > wide + 1)) {
            seen.push(words.currentNode.textContent.trim().slice(0, 60));
        }
    }
    if (document.documentElement.scrollWidth > wide) seen.push("the page scrolls sideways");
    return seen;
}"""


class Onlooker:
    """Opens pages, notes what is wrong with each, and keeps a picture of it where one is wanted."""

    def __init__(self, browser: Browser, pictures: Path | None) -> None:
        self.context: BrowserContext = browser.new_context(reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self._pictures = pictures
        self.context.add_init_script(AXE_SCRIPT)
        self.page.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def close(self) -> None:
        self.context.close()

    def look(self, url: str, looks: tuple[tuple[int, Scheme], ...], *, name: str) -> None:
        """See a page at each width and in each scheme."""
        self.page.set_viewport_size({"width": looks[0][0], "height": 900})
        answer = self.page.goto(url)
        if answer is None or answer.status != 200:
            self.faults.append(f"{name}: {answer and answer.status}")
        for place, (width, scheme) in enumerate(looks):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme)
            look = f"{name}-{width}-{scheme}"
            for violation in self.page.evaluate(VIOLATIONS, LAYOUT_RULES if place else None):
                self.faults.append(f"{look}: {violation}")
            self.faults += [f"{look}: out of sight: {w}" for w in self.page.evaluate(CUT_OFF)]
            if self._pictures is not None:
                self._take(self._pictures / f"{look}.png", width)

    def _take(self, path: Path, width: int) -> None:
        height = min(self.page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
        clip = {"x": 0, "y": 0, "width": width, "height": height}
        self.page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]


def name_of(path: str) -> str:
    """A picture's name, from the address of its page."""
    return re.sub(r"[^a-z0-9가-힣]+", "-", path).strip("-") or "home"

"""What is wrong with a page as it stands in the browser: sentences, none where all is well."""

import os
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.look.samples import ROOT
from tests.look.test_browser import RULES, SMALL

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE, NARROWEST = 1280, 375, 320
HEIGHT = 800
# What sticks out to the right, without what scrolls inside a region of its own.
WIDER = "() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"


def faults(page: Page, name: str) -> list[str]:
    """Every fault of the page, at 1280, 375 and 320 pixels."""
    # The policy was in force while the page came; what axe does comes after.
    found = [f"the browser says: {words}" for words in page.complaints]
    found += [f"asks another host: {address}" for address in page.asked if not is_ours(page, address)]
    for width in (WIDE, PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        take_picture(page, name, width)
        if (wider := page.evaluate(WIDER)) > 0:
            found.append(f"at {width}: scrolls sideways by {wider} pixels")
        found += [f"at {width}: target under 24 pixels: {html}" for html in page.evaluate(SMALL)]
        if width != NARROWEST:
            found += [f"at {width}: {words}" for words in axe(page)]
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return found + headings(page)


def is_ours(page: Page, address: str) -> bool:
    return urlsplit(address).netloc == urlsplit(page.url).netloc


def axe(page: Page) -> list[str]:
    """Violations of axe. It is put in past the content policy, which the page itself cannot do."""
    page.evaluate(f"() => {{ if (!window.axe) {{ {AXE} }} }}")
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']]}" for rule in found]


def headings(page: Page) -> list[str]:
    """One `h1`, no level left out, and a title that begins with where one is."""
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("all => all.map(each => +each.tagName[1])")
    found = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of the first level"]
    # What precedes the `h1` (service navigation, error summary) begins a count of its own.
    after = levels[levels.index(1) :] if 1 in levels else []
    jumps = [(one, two) for one, two in pairwise(after) if two > one + 1]
    return found + [f"a heading of level {two} after one of level {one}" for one, two in jumps]


def take_picture(page: Page, name: str, width: int) -> None:
    """A picture for people to look at, where SHOTS names a folder."""
    if os.environ.get("SHOTS") and width != NARROWEST:
        folder = Path(os.environ["SHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)

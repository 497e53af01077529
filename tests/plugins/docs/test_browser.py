"""The reference in a real browser, from a disk, without a network. KITEXGEN_SCREENSHOTS=FOLDER keeps pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api: Any = pytest.importorskip("playwright.sync_api", reason="needs playwright (the group `docs`)")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the path")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        # Containers run tests as root, where Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, reference: Path) -> Iterator[Any]:
    """The start page; at the end, nothing may have been said on the console, nor asked of a network."""
    context = browser.new_context(viewport={"width": 1300, "height": 900}, color_scheme="light")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    page.goto((reference / "index.html").as_uri())
    yield page
    context.close()
    assert said == []


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("KITEXGEN_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def test_search_by_keyboard(page: Any) -> None:
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("placeord")
    results = page.locator("#results li")
    assert results.first.locator(".name").inner_text() == "placeOrder"
    picture(page, "search")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/shop.orders.orders_service.html#placeOrder")
    assert page.locator("h1").inner_text() == "service Orders"
    picture(page, "service")


def test_arrows_choose_and_escape_leaves(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("amount")
    first = page.locator('[aria-selected="true"] .name').inner_text()
    page.keyboard.press("ArrowDown")
    chosen = page.locator('[aria-selected="true"]')
    assert chosen.get_attribute("id") == page.get_attribute("#search", "aria-activedescendant") == "result-1"
    page.keyboard.press("ArrowUp")
    assert page.locator('[aria-selected="true"] .name').inner_text() == first == "Amount"
    page.keyboard.press("Escape")
    assert not page.locator("#results").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_nothing_found_is_told(page: Any) -> None:
    page.fill("#search", "<b>nothing</b>")
    assert page.locator("#results .nothing").inner_text() == "Nothing is called “<b>nothing</b>”"


def test_a_click_leads_across_files(page: Any) -> None:
    page.click("nav >> text=orders.thrift")
    page.click("#Order >> text=money.Amount")
    page.wait_for_url("**/file/shop.money.money.html#Amount")
    assert page.locator("#Amount h3").inner_text().startswith("struct Amount")
    picture(page, "file")


def test_light_and_dark(page: Any) -> None:
    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light = background()
    page.click("#theme")
    dark = background()
    assert dark != light
    page.click("nav >> text=Catalog")
    # A click waits until the next page begins; there is no body yet then.
    page.wait_for_url("**/service/shop.catalog.catalog_service.html")
    assert background() == dark
    picture(page, "dark")
    page.click("#theme")
    assert background() == light


def test_a_narrow_window(page: Any) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    page.click("nav >> text=Orders")
    page.wait_for_url("**/service/shop.orders.orders_service.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    picture(page, "narrow")

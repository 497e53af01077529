"""The extension in a real Visual Studio Code, driven by keys and judged by what it shows.

It needs code-server, Chromium and the packed extension: `make vscode`. KITEXGEN_SCREENSHOTS=FOLDER keeps pictures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.code_server import Workbench, code_server, running, until

sync_api: Any = pytest.importorskip("playwright.sync_api", reason="needs playwright (the group `docs`)")
ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "editors" / "vscode" / "kitexgen.vsix"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the path"),
    pytest.mark.skipif(code_server() is None, reason="needs code-server on the path, or in KITEXGEN_CODE_SERVER"),
    pytest.mark.skipif(not EXTENSION.exists(), reason="needs the packed extension: make vscode"),
]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
# Answers `echo`, says its port on standard output, and leaves what it was asked in a file.
SERVER = """
import asyncio, sys

from kitex_gen.echo import EchoRequest, EchoResponse
from kitex_gen.echo.echo_service import SERVICE
from kitexgen.runtime import Served, Server


class Handler:
    async def echo(self, request: EchoRequest) -> EchoResponse:
        with open("called", "w") as file:
            file.write(request.message * request.count)
        return EchoResponse(messages=[request.message] * request.count)


async def main() -> None:
    async with Server(Served(SERVICE, Handler()), address="127.0.0.1:0") as server:
        print(server.address, flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples as a project, with kitexgen in a virtual environment, where the extension looks for it."""
    folder = tmp_path_factory.mktemp("vscode") / "shop"
    shutil.copytree(ROOT / "idl_samples", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "kitexgen.toml").write_text('idl = ["thrift/shop/*.thrift", "thrift/echo.thrift"]\n')
    program = folder / ".venv" / "bin" / "kitexgen"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kitexgen "$@"\n')
    program.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def window(folder: Path) -> Iterator[Workbench]:
    with running(folder.parent / "code", EXTENSION, {}) as address, sync_api.sync_playwright() as playwright:
        # Containers run tests as root, where Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 760})
        page.set_default_timeout(20_000)
        page.goto(f"{address}/?folder={folder}")
        page.locator(".monaco-workbench").wait_for(timeout=60_000)
        yield Workbench(page)
        browser.close()


@pytest.fixture
def orders(window: Workbench) -> Iterator[Workbench]:
    """The window with orders.thrift at hand, and as it was again afterwards."""
    window.press("Escape", "Escape")
    window.open("thrift/shop/orders.thrift")
    window.page.locator(".squiggly-warning").first.wait_for(state="attached")
    yield window
    window.press("Escape", "Escape")
    window.open("thrift/shop/orders.thrift")
    window.run("File: Revert File")


def add_field(window: Workbench, text: str) -> None:
    """At the end of `struct Order`."""
    window.go_to(33)
    window.press("End", "Enter")
    window.type(text)


def test_the_server_comes_up(orders: Workbench) -> None:
    assert orders.status().locator(".codicon-check").count() == 1
    assert orders.messages() == ""
    orders.picture("open")


def test_an_error_comes_and_its_fix_goes(orders: Workbench) -> None:
    add_field(orders, "6: optional money.Amount tax")
    orders.page.locator(".squiggly-error").first.wait_for(state="attached")
    orders.picture("error")
    assert any("field id 6 is used twice" in row for row in orders.problems())
    orders.go_to(34, 3)
    orders.press("Control+.")
    fix = orders.page.locator(".action-widget .monaco-list-row", has_text="Use 7, which is free")
    fix.wait_for()
    orders.picture("fix")
    orders.press("Enter")
    until(lambda: "7: optional money.Amount tax" in orders.text())
    until(lambda: orders.page.locator(".squiggly-error").count() == 0)


def test_hover_shows_the_wire(orders: Workbench) -> None:
    orders.hover(31, 28, "4: required money.Amount total", "wire type STRUCT (12)", "0C 00 04", "Order.total")
    orders.picture("hover")


def test_completion(orders: Workbench) -> None:
    add_field(orders, "7: optional mon")
    row = orders.page.locator(".suggest-widget .monaco-list-row", has_text="money.Amount")
    row.wait_for()
    orders.picture("completion")
    row.click()
    until(lambda: "7: optional money.Amount" in orders.text())


def test_definition_and_rename_across_files(orders: Workbench, folder: Path) -> None:
    orders.go_to(31, 23)
    orders.press("F12")
    orders.page.locator('.tab.active[data-resource-name="money.thrift"]').wait_for()
    until(lambda: "struct Amount {" in orders.text())
    orders.press("F2")
    box = orders.page.locator(".rename-box input")
    box.wait_for()
    box.fill("Sum")
    orders.picture("rename")
    box.press("Enter")
    until(lambda: "struct Sum {" in orders.text())
    orders.run("File: Save All")
    until(lambda: "4: required money.Sum total" in (folder / "thrift/shop/orders.thrift").read_text())
    until(lambda: "money.Sum price" in (folder / "thrift/shop/catalog.thrift").read_text())
    for name in ("money", "orders", "catalog"):
        shutil.copy(ROOT / f"idl_samples/thrift/shop/{name}.thrift", folder / f"thrift/shop/{name}.thrift")


def test_outline(orders: Workbench) -> None:
    orders.press("Control+Shift+O")
    rows = orders.page.locator(".quick-input-list .monaco-list-row")
    rows.first.wait_for()
    shown = " ".join(row.get_attribute("aria-label") or "" for row in rows.all())
    assert "OrderLine" in shown
    assert "Payment" in shown
    orders.picture("outline")


def test_formatting(orders: Workbench) -> None:
    add_field(orders, "      7  :optional   string   remark")
    orders.run("Format Document")
    until(lambda: "\n  7: optional string remark" in orders.text())
    orders.picture("formatted")


def test_hints_and_colours(orders: Workbench) -> None:
    orders.go_to(29, 22)
    until(lambda: "OrderState.NEW= 1" in orders.text())

    def colour(word: str) -> str:
        span = orders.page.locator(".editor-instance .view-line span span", has_text=word).first
        return str(span.evaluate("node => getComputedStyle(node).color"))

    # A grammar cannot know that the word before the dot is a file, and the one behind it a struct.
    assert len({colour("OrderLine"), colour("required"), colour("notes")}) == 3


def test_check_and_generate(orders: Workbench, folder: Path) -> None:
    shutil.rmtree(folder / "kitex_gen", ignore_errors=True)
    orders.run("kitexgen: Check Generated Code")
    until(lambda: any("the generated file is missing" in row for row in orders.problems()))
    orders.picture("check")
    orders.run("kitexgen: Generate Python")
    until((folder / "kitex_gen/shop/orders/orders.py").exists)
    orders.run("kitexgen: Check Generated Code")
    until(lambda: not any("the generated file is missing" in row for row in orders.problems()))


def test_to_python_and_back(orders: Workbench, folder: Path) -> None:
    subprocess.run([folder / ".venv/bin/kitexgen", "gen", "-q"], cwd=folder, check=True)
    orders.go_to(28, 23)
    orders.run("kitexgen: Go to Generated Python")
    orders.page.locator('.tab.active[data-resource-name="orders.py"]').wait_for()
    until(lambda: "id: str  # 1: required string" in orders.text())
    orders.picture("python")
    orders.run("kitexgen: Go to IDL")
    orders.page.locator('.tab.active[data-resource-name="orders.thrift"]').wait_for()


def test_a_call(window: Workbench, folder: Path) -> None:
    subprocess.run([folder / ".venv/bin/kitexgen", "gen", "-q"], cwd=folder, check=True)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        address = server.stdout.readline().decode().strip()
        window.open("thrift/echo.thrift")
        window.run("kitexgen: Call a Method")
        window.answer("Method to call")
        window.answer("the request as JSON", '{"request": {"message": "ab", "count": 2}}')
        window.answer("Address of the server", address)
        until(lambda: (folder / "called").exists() and (folder / "called").read_text() == "abab")
        window.page.locator(".terminal.xterm:visible").first.wait_for()
        window.picture("call")
        server.stdin.close()
        assert server.wait(20) == 0


def test_protobuf(window: Workbench) -> None:
    window.open("proto/shop/orders/orders.proto")
    window.hover(12, 11, "int64 product = 1", "wire type VARINT (0)", "tag 08")
    window.press("Escape")
    window.go_to(13)
    window.press("End", "Enter")
    window.type("Orderr last = 3;")
    window.page.locator(".squiggly-error").first.wait_for(state="attached")
    window.picture("protobuf")
    window.run("File: Revert File")


def test_a_server_that_is_not_there(window: Workbench, folder: Path) -> None:
    """One message, which says what to do; and the same window goes on once it is done."""
    program = folder / ".venv/bin/kitexgen"
    whole = program.read_text()
    program.write_text("#!/bin/sh\necho 'error: it needs the package pygls' >&2\nexit 1\n")
    window.run("Notifications: Clear All Notifications")
    window.run("kitexgen: Restart Language Server")
    until(lambda: "did not start. error: it needs the package pygls" in window.messages())
    assert len(window.messages().splitlines()) == 1
    window.status().locator(".codicon-error").wait_for()
    window.picture("stopped")
    program.write_text(whole)
    window.run("Notifications: Clear All Notifications")
    window.run("kitexgen: Restart Language Server")
    window.status().locator(".codicon-check").wait_for()
    window.open("thrift/shop/orders.thrift")
    window.page.locator(".squiggly-warning").first.wait_for(state="attached")

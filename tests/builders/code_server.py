"""A real Visual Studio Code to drive: code-server on a loopback port, its workbench open in Chromium.

code-server is the one on the PATH, or the one that KITEXGEN_CODE_SERVER names.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_QUIET: Final = {
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.enableExperiments": False,
    "chat.commandCenter.enabled": False,
    "editor.minimap.enabled": False,
    "git.enabled": False,
    "files.autoSave": "off",
    # One kind of completion: ours.
    "editor.wordBasedSuggestions": "off",
}


def code_server() -> str | None:
    return os.environ.get("KITEXGEN_CODE_SERVER") or shutil.which("code-server")


@contextmanager
def running(home: Path, extension: Path, settings: Mapping[str, object]) -> Iterator[str]:
    """A code-server with `extension` (a .vsix) installed, everything of it in `home`; its address."""
    program = code_server()
    assert program is not None
    user, extensions = home / "user", home / "extensions"
    (user / "User" / "History").mkdir(parents=True)
    extensions.mkdir()
    (user / "User" / "settings.json").write_text(json.dumps({**_QUIET, **settings}), encoding="utf-8")
    start = [program, "--user-data-dir", str(user), "--extensions-dir", str(extensions)]
    done = subprocess.run([*start, "--install-extension", str(extension)], capture_output=True, text=True, check=False)
    assert "was successfully installed" in done.stdout, done.stdout + done.stderr
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    options = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--disable-telemetry", "--disable-update-check"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([*start, *options], stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_until_up(address, process, home / "log")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text(encoding="utf-8", errors="replace")) from None
            time.sleep(0.2)


class Workbench:
    """The window, as hands and eyes have it: keys, the palette, and what is shown."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def open(self, path: str) -> None:
        """By the quick opener, and wait for the tab."""
        name = Path(path).name
        self._quick("Control+P", path, name)
        self.page.locator(f'.tab.active[data-resource-name="{name}"]').wait_for()

    def run(self, command: str) -> None:
        """A command of the palette, by its whole title."""
        self._quick("F1", f">{command}", command)

    def go_to(self, line: int, column: int = 1) -> None:
        self._quick("Control+G", f":{line}:{column}", "")

    def _quick(self, key: str, text: str, wanted: str) -> None:
        """Answers come while one types, in an order that changes: take the one that is wanted."""
        self.press(key)
        self._box().fill(text)
        row = ".quick-input-list .monaco-list-row"
        self.page.locator(f'{row}[aria-label^="{wanted}"]' if wanted else row).first.click()

    def answer(self, title: str, text: str | None = None) -> None:
        """Into the box that asks for `title`; None takes what stands there."""
        self.page.locator(".quick-input-title", has_text=title).wait_for()
        box = self._box()
        if text is not None:
            box.fill(text)
        box.press("Enter")

    def _box(self) -> Any:
        box = self.page.locator(".quick-input-widget input.input")
        box.wait_for()
        return box

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=30)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def hover(self, line: int, column: int, *words: str) -> None:
        """Ask what stands at the place, and wait until all of `words` were said of it."""
        self.go_to(line, column)
        self.press("Control+K", "Control+I")
        box = self.page.locator(".monaco-hover:not(.hidden)").first
        box.wait_for()
        until(lambda: all(word in _plain(box.inner_text()) for word in words))

    def text(self) -> str:
        """The lines of the editor that are in view, hints and all."""
        lines = self.page.locator(".editor-instance .view-line")
        in_order = sorted((line.bounding_box()["y"], line.inner_text()) for line in lines.all())
        return _plain("\n".join(text for _, text in in_order))

    def problems(self) -> list[str]:
        """The rows of the Problems view."""
        self.run("Problems: Focus on Problems View")
        return [str(row) for row in self.page.locator(".markers-panel .monaco-list-row").all_inner_texts()]

    def status(self) -> Any:
        return self.page.locator('.statusbar-item[id$="kitexgen.status"]')

    def messages(self) -> str:
        return "\n".join(self.page.locator(".notification-list-item-message").all_inner_texts())

    def picture(self, name: str) -> None:
        """Kept in the folder KITEXGEN_SCREENSHOTS, where that is set."""
        folder = os.environ.get("KITEXGEN_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=f"{folder}/{name}.png")


def _plain(text: str) -> str:
    """The editor sets spaces that do not break, and thin ones before hints."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{HAIR SPACE}", "")


def until(is_so: Callable[[], object], seconds: float = 20) -> None:
    """Wait until `is_so`; what a person sees comes when it comes."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)

"""The recipes of docs/editors.md, taken from the page and run as they stand there, where the editor is.

KITEXGEN_NVIM and KITEXGEN_HX name editors that are not on the PATH.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL))
IDL = """struct User {
  1: i64 id
  2: string name
}

struct Pair {
  1: User user
  1: string again
}
"""
NVIM = os.environ.get("KITEXGEN_NVIM") or shutil.which("nvim")
HELIX = os.environ.get("KITEXGEN_HX") or shutil.which("hx")
TMUX = shutil.which("tmux")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.thrift").write_text(IDL)
    (folder / "kitexgen.toml").write_text('idl = ["main.thrift"]\n')
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """`kitexgen` on the PATH, and no settings of whoever runs the tests."""
    program = tmp_path / "bin" / "kitexgen"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kitexgen "$@"\n')
    program.chmod(0o755)
    homes = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    return {**os.environ, **homes, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}


# ---- Neovim -------------------------------------------------------------------------------------------------------


def neovim_version() -> tuple[int, ...]:
    said = subprocess.run([NVIM or "nvim", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"NVIM v(\d+)\.(\d+)", said)
    assert found is not None
    return int(found[1]), int(found[2])


@pytest.mark.slow
@pytest.mark.skipif(NVIM is None, reason="needs Neovim: nvim on the path, or in KITEXGEN_NVIM")
@pytest.mark.parametrize(("recipe", "least"), [("init.lua", (0, 11)), ("init-0.8.lua", (0, 8))])
def test_neovim(recipe: str, least: tuple[int, int], project: Path, environment: dict[str, str]) -> None:
    if neovim_version() < least:
        pytest.skip(f"needs Neovim {least[0]}.{least[1]}")
    (project / "init.lua").write_text(RECIPES[recipe])
    driver = str(Path(__file__).with_name("neovim.lua"))
    done = subprocess.run(
        [NVIM or "nvim", "--headless", "--clean", "-u", "init.lua", "-l", driver],
        cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert shown["filetype"] == "thrift"
    assert Path(shown["root"]) == project
    assert "KX0204" in shown["codes"]
    assert "field id 2, wire type STRING (11)" in shown["hover"]
    assert {"i64", "User"} <= set(shown["completion"])
    assert shown["defined_on_line"] == 1
    formats = recipe == "init.lua"
    assert ("\n  2: string again\n" if formats else "\n      2:   string   again\n") in shown["saved"]


# ---- Helix --------------------------------------------------------------------------------------------------------


def test_the_recipe_of_helix_is_one_server_for_both_languages() -> None:
    recipe = tomllib.loads(RECIPES["languages.toml"])
    assert recipe["language-server"] == {"kitexgen": {"command": "kitexgen", "args": ["lsp"]}}
    # So Helix itself calls them, in its own languages.toml.
    assert [each["name"] for each in recipe["language"]] == ["thrift", "protobuf"]
    assert all(each["language-servers"] == ["kitexgen"] for each in recipe["language"])


class Screen:
    """A terminal to type into and to read from."""

    def __init__(self, command: str, folder: Path, environment: dict[str, str]) -> None:
        self._tmux = [TMUX or "tmux", "-L", f"kitexgen-{os.getpid()}"]
        self._environment = environment
        self._run(
            "-f", "/dev/null", "new-session", "-d", "-s", "s", "-x", "110", "-y", "30", "-c", str(folder), command
        )

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        for key in keys:
            self._run("send-keys", "-t", "s", key)
            if key == "Escape":
                # With a letter right behind it, it would be that letter with Alt.
                time.sleep(0.5)

    def shows(self, words: str, seconds: float = 30) -> str:
        """The screen once `words` are on it."""
        deadline = time.monotonic() + seconds
        while words not in (screen := self._run("capture-pane", "-p", "-t", "s")):
            assert time.monotonic() < deadline, screen
            time.sleep(0.1)
        return screen

    def close(self) -> None:
        self._run("kill-server")


@pytest.mark.slow
@pytest.mark.skipif(HELIX is None or TMUX is None, reason="needs Helix (hx on the path, or in KITEXGEN_HX) and tmux")
def test_helix(project: Path, environment: dict[str, str]) -> None:
    mine = Path(environment["XDG_CONFIG_HOME"]) / "helix"
    mine.mkdir(parents=True)
    (mine / "languages.toml").write_text(RECIPES["languages.toml"])
    health = subprocess.run(
        [HELIX or "hx", "--health", "thrift"], env=environment, cwd=project, capture_output=True, text=True, check=True
    )
    assert re.search(r"✓.* kitexgen: .*/bin/kitexgen", health.stdout)
    screen = Screen(f"{shlex.quote(HELIX or 'hx')} main.thrift", project, environment)
    try:
        screen.shows("field id 1 is used twice in `Pair`")
        screen.press("/", *"name", "Enter")
        screen.press("Space", "k")
        screen.shows("field id 2, wire type STRING (11)")
        screen.press("Escape")
        screen.press(*"8gg", "g", "s", "Space", "a")
        screen.shows("Use 2, which is free")
        screen.press("Enter")
        screen.shows("2: string again")
        screen.press(":", "w", "Enter")
        screen.shows("written")
        assert "  2: string again\n" in (project / "main.thrift").read_text()
    finally:
        screen.close()


# ---- PyCharm ------------------------------------------------------------------------------------------------------


def run_as_pycharm_does(program: str, arguments: str, project: Path, environment: dict[str, str]) -> int:
    """With its macros put in; the exit code."""
    macros = {"$ProjectFileDir$": str(project), "$FilePath$": str(project / "main.thrift")}
    words = [macros.get(word, word) for word in shlex.split(arguments)]
    return subprocess.run([program, *words], cwd=project, env=environment, capture_output=True, check=False).returncode


def test_the_tools_of_pycharm(project: Path, environment: dict[str, str]) -> None:
    (project / "main.thrift").write_text(IDL.replace("1: string again", "2: string again"))
    tools = {tool.get("name"): tool for tool in ET.fromstring(RECIPES["kitexgen.xml"]).iter("tool")}
    assert list(tools) == ["Generate", "Check"]

    def run(name: str) -> int:
        options = {each.get("name"): each.get("value") or "" for each in tools[name].iter("option")}
        assert options["WORKING_DIRECTORY"] == "$ProjectFileDir$"
        return run_as_pycharm_does(options["COMMAND"], options["PARAMETERS"], project, environment)

    assert run("Check") == 1
    assert run("Generate") == 0
    assert run("Check") == 0


def test_the_watchers_of_pycharm(project: Path, environment: dict[str, str]) -> None:
    (project / "main.thrift").write_text(IDL.replace("1: string again", "      2:   string   again"))
    tasks = ET.fromstring(RECIPES[".idea/watcherTasks.xml"].split("\n", 1)[1]).iter("TaskOptions")
    for task in tasks:
        options = {each.get("name"): each.get("value") or "" for each in task.findall("option")}
        assert options["workingDir"] == "$ProjectFileDir$"
        assert options["fileExtension"] == "thrift"
        assert run_as_pycharm_does(options["program"], options["arguments"], project, environment) == 0
    assert "\n  2: string again\n" in (project / "main.thrift").read_text()
    assert list((project / "kitex_gen").rglob("main.py"))


def test_the_template_of_lsp4ij() -> None:
    template = json.loads(RECIPES["template.json"])
    assert template["programArgs"] == {"default": "kitexgen lsp"}
    mappings = {each["languageId"]: each["fileType"]["patterns"] for each in template["fileTypeMappings"]}
    assert mappings == {"thrift": ["*.thrift"], "proto": ["*.proto"]}

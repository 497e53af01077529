"""Draws docs/terminal.svg, the picture of the README: commands that are run, and what they really print.

`make picture` runs it. The script below is followed in an empty folder; a step whose output is another fails a test.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PICTURE: Final = ROOT / "docs" / "terminal.svg"

_WRONG: Final = """namespace py demo

struct User {
  1: required i64 id
  1: strnig name
}

service Users {
  User getUser(1: i64 id)
}
"""
_RIGHT: Final = _WRONG.replace("1: strnig name", "2: string name")
_CALL: Final = """import asyncio

from handler import UsersHandler
from kitex_gen.demo import User
from kitex_gen.demo.users import Users, UsersClient
from kitexgen.runtime.testing import connected


class Ada(UsersHandler):
    async def get_user(self, id: int) -> User:
        return User(id=id, name="Ada")


async def main() -> None:
    async with connected(UsersClient, Ada()) as users:
        print(await users.get_user(7))


asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Step:
    """`shown` is what a person types, `files` what changed before, `command` what is run, `shown` if empty."""

    shown: str
    command: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()


_KITEXGEN: Final = (sys.executable, "-m", "kitexgen")
STEPS: Final = (
    Step(
        "kitexgen check user.thrift",
        (*_KITEXGEN, "check", "user.thrift", "--color", "always"),
        (("user.thrift", _WRONG),),
    ),
    Step(
        "kitexgen gen user.thrift --handler handler.py",
        (*_KITEXGEN, "gen", "user.thrift", "--handler", "handler.py", "--color", "always"),
        (("user.thrift", _RIGHT),),
    ),
    Step("python call.py", (sys.executable, "call.py"), (("call.py", _CALL),)),
)


def session() -> str:
    """What the terminal shows in the end, with its ANSI sequences."""
    parts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        environment.pop("NO_COLOR", None)
        for step in STEPS:
            for name, text in step.files:
                (Path(folder) / name).write_text(text, encoding="utf-8")
            done = subprocess.run(
                step.command,
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                check=False,
            )
            parts.append(f"\x1b[32m$\x1b[0m \x1b[1m{step.shown}\x1b[0m\n{done.stdout.rstrip()}\n")
    return "\n".join(parts)


# A dark terminal, in both themes of a reader: 0 default, 1 bold, 2 dim, 3x colours; 9x are the bright ones.
_COLORS: Final = {
    "30": "#5c6370",
    "31": "#ff7b85",
    "32": "#98d982",
    "33": "#f0c674",
    "34": "#82aaff",
    "35": "#d7a0ff",
    "36": "#6fd6e0",
    "37": "#e3e7ee",
}
_TEXT, _BACK, _BAR = "#e3e7ee", "#14171d", "#222833"
_ANSI: Final = re.compile(r"\x1b\[([0-9;]*)m")
NBSP: Final = "\N{NO-BREAK SPACE}"
_FONTS = "ui-monospace, SFMono-Regular, Menlo, DejaVu Sans Mono, Consolas, monospace"
_COLUMN, _LINE, _MARGIN, _TOP = 8.43, 20, 20, 56


def drawn(text: str) -> str:
    """`text` as SVG."""
    lines = text.rstrip("\n").split("\n")
    columns = max(len(_ANSI.sub("", line)) for line in lines)
    width, height = round(columns * _COLUMN + 2 * _MARGIN), len(lines) * _LINE + _TOP + _MARGIN - 8
    rows = [_row(line, _TOP + at * _LINE) for at, line in enumerate(lines) if line]
    dots = "".join(
        f'<circle cx="{22 + 18 * at}" cy="18" r="6" fill="{color}"/>'
        for at, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    said = escape(_ANSI.sub("", " · ".join(step.shown for step in STEPS)))
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'role="img" aria-label="A terminal: {said}">',
            f'<rect width="{width}" height="{height}" rx="10" fill="{_BACK}"/>',
            f'<path d="M0 36V10A10 10 0 0 1 10 0H{width - 10}A10 10 0 0 1 {width} 10V36Z" fill="{_BAR}"/>{dots}',
            f'<g font-family="{_FONTS}" font-size="14" fill="{_TEXT}">',
            *rows,
            "</g>",
            "</svg>",
            "",
        )
    )


def _row(line: str, y: int) -> str:
    """One line; each stretch of one colour has its column, so that no font can push the others aside."""
    parts, column, style = [], 0, ""
    for at, part in enumerate(_ANSI.split(line)):
        if at % 2:
            style = _style(part, style)
        else:
            if part.strip():
                parts.append(_stretch(part, column, style))
            column += len(part)
    return f'<text y="{y}">{"".join(parts)}</text>'


def _stretch(part: str, column: int, style: str) -> str:
    """Text without the blanks around it, which not every reader of SVG keeps."""
    start, text = column + len(part) - len(part.lstrip()), part.strip()
    size = f'x="{_MARGIN + start * _COLUMN:.1f}" textLength="{len(text) * _COLUMN:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f"<tspan {size}{style}>{escape(text.replace(' ', NBSP))}</tspan>"


def _style(codes: str, style: str) -> str:
    for code in codes.split(";"):
        if code in ("", "0"):
            style = ""
        elif code == "1":
            style += ' font-weight="bold"'
        elif code == "2":
            style += ' opacity="0.65"'
        else:
            style += f' fill="{_COLORS[code if code.startswith("3") else f"3{code[-1]}"]}"'
    return style


def main() -> None:
    PICTURE.write_text(drawn(session()), encoding="utf-8")


if __name__ == "__main__":
    main()

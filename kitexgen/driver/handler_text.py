"""The text of a handwritten Python module, read with `ast` and added to by whole lines. Nothing else of it changes."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_INDENT = "    "  # of generated code

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class NeededImport:
    """`from MODULE import NAME as ALIAS`; `alias` equals `name` when there is none."""

    module: str
    name: str
    alias: str

    @property
    def line(self) -> str:
        renamed = "" if self.alias == self.name else f" as {self.alias}"
        return f"from {self.module} import {self.name}{renamed}"


def decode_python(content: bytes) -> tuple[str, str]:
    """The text of a Python file, its line ends kept, and the encoding it declares.

    Raises SyntaxError for an unknown encoding, UnicodeDecodeError for bytes that are none of it.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding), encoding


class HandlerText:
    """A module and what is to be added to it. Raises SyntaxError or ValueError (NUL bytes) when it is not Python."""

    def __init__(self, text: str) -> None:
        self._lines: list[str] = _LINE.findall(text)
        self._module = ast.parse(text)
        self._newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
        self._additions: list[tuple[int, list[str]]] = []
        self._splits: dict[int, ast.ClassDef] = {}

    @property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in ast.walk(self._module) if isinstance(node, ast.ClassDef)]

    def class_for(self, protocol: str, usual_name: str) -> ast.ClassDef | None:
        """The class that handles a service: the one with `protocol` among its bases, else the one named as usual."""
        classes = self.classes
        by_base = (node for node in classes if protocol in map(last_name, node.bases))
        return next(by_base, None) or next((node for node in classes if node.name == usual_name), None)

    def methods(self, node: ast.ClassDef) -> dict[str, Function | None]:
        """What `node` defines, itself or through bases in the same module, its own first.

        None for a name that is bound in another way than by `def`.
        """
        found: dict[str, Function | None] = {}
        for owner in self._line_of(node):
            for statement in owner.body:
                if isinstance(statement, Function):
                    found.setdefault(statement.name, statement)
                else:
                    for name in _bound_names([statement]):
                        found.setdefault(name, None)
        return found

    def has_other_bases(self, node: ast.ClassDef, protocol: str) -> bool:
        """Whether methods may come from a class that is not in this module."""
        here = {owner.name for owner in self._line_of(node)} | {protocol, "Protocol", "object"}
        return any(last_name(base) not in here for owner in self._line_of(node) for base in owner.bases)

    def offset(self, line: int, column: int) -> int:
        """The offset in the text of a place as `ast` gives it: line from 1, column in UTF-8 bytes."""
        before = sum(map(len, self._lines[: line - 1]))
        return before + len(self._lines[line - 1].encode()[:column].decode("utf-8", "ignore"))

    def append_methods(self, node: ast.ClassDef, methods: Sequence[str]) -> None:
        """Add `methods`, indented by four spaces as in a class of generated code, at the end of the class body."""
        indent = self._body_indent(node)
        added: list[str] = []
        for method in methods:
            added += ["", *(_reindent(line, indent, self._unit(node)) for line in method.rstrip("\n").split("\n"))]
        self._additions.append((self._last_body_line(node), added))
        if self._is_one_line(node):
            self._splits[node.body[0].lineno] = node

    def append_class(self, text: str) -> None:
        """Add a whole class at the end of the module."""
        self._additions.append((len(self._lines), ["", "", *text.rstrip("\n").split("\n")]))

    def require_imports(self, imports: Iterable[NeededImport]) -> None:
        """Add those whose name the module does not bind yet, after the last import at its top level."""
        bound = set(_bound_names(self._module.body))
        missing = sorted({needed.line for needed in imports if needed.alias not in bound})
        if missing:
            self._additions.append((self._import_line(), missing))

    def text(self) -> str:
        """The module with everything added."""
        after: dict[int, list[str]] = {}
        for after_line, added in self._additions:
            after.setdefault(after_line, []).extend(added)
        pieces: list[str] = [f"{new}{self._newline}" for new in after.get(0, ())]
        for number, untouched in enumerate(self._lines, 1):
            line = self._split(untouched, self._splits[number]) if number in self._splits else untouched
            pieces.append(line)
            if number in after:
                if not line.endswith(("\n", "\r")):
                    pieces.append(self._newline)
                pieces += [f"{new}{self._newline}" for new in after[number]]
        return "".join(pieces)

    def _line_of(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """`node` and its bases in this module, each once."""
        by_name = {other.name: other for other in self.classes}
        line = [node]
        for owner in line:
            bases = (by_name.get(last_name(base)) for base in owner.bases)
            line += [base for base in bases if base is not None and base not in line]
        return line

    def _last_body_line(self, node: ast.ClassDef) -> int:
        """The last line of the class: its last statement, or a comment below that is indented as the body is."""
        last = node.end_lineno or node.lineno
        for number in range(last + 1, len(self._lines) + 1):
            stripped = self._lines[number - 1].lstrip(" \t\f")
            if stripped.startswith("#") and len(self._lines[number - 1]) - len(stripped) > node.col_offset:
                last = number
            elif stripped.strip():
                break
        return last

    def _is_one_line(self, node: ast.ClassDef) -> bool:
        """`class Handler: pass`: the body begins on a line that holds more than its indent before it."""
        first = node.body[0]
        return bool(self._lines[first.lineno - 1].encode()[: first.col_offset].strip())

    def _split(self, line: str, node: ast.ClassDef) -> str:
        head = line.encode()[: node.body[0].col_offset].decode()
        return f"{head.rstrip()}{self._newline}{self._body_indent(node)}{line[len(head) :]}"

    def _class_indent(self, node: ast.ClassDef) -> str:
        line = self._lines[node.lineno - 1]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def _body_indent(self, node: ast.ClassDef) -> str:
        if self._is_one_line(node):
            return self._class_indent(node) + _INDENT
        return self._lines[node.body[0].lineno - 1][: node.body[0].col_offset]

    def _unit(self, node: ast.ClassDef) -> str:
        """What one level of indent looks like in this class."""
        return self._body_indent(node).removeprefix(self._class_indent(node)) or _INDENT

    def _import_line(self) -> int:
        """The line to add imports after: the last import, else the module's docstring, else the comments on top."""
        imports = [node for node in self._module.body if isinstance(node, ast.Import | ast.ImportFrom)]
        if imports:
            return imports[-1].end_lineno or imports[-1].lineno
        first = self._module.body[0] if self._module.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            return first.end_lineno or first.lineno
        top = 0
        while top < len(self._lines) and self._lines[top].startswith("#"):
            top += 1
        return top


def last_name(expression: ast.expr) -> str:
    """`UserService` of `UserService`, `userservice.UserService` and `UserService[int]`; empty for anything else."""
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return last_name(value)
        case _:
            return ""


def _reindent(line: str, body_indent: str, unit: str) -> str:
    stripped = line.lstrip(" ")
    if not stripped:
        return ""
    levels, rest = divmod(len(line) - len(stripped), len(_INDENT))
    return body_indent + unit * (levels - 1) + " " * rest + stripped


def _bound_names(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Names that statements bind where they stand, also under `if` and `try` (TYPE_CHECKING, optional imports)."""
    for statement in body:
        match statement:
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                yield name
            case ast.If(body=inner, orelse=other):
                yield from _bound_names([*inner, *other])
            case ast.Try(body=inner, handlers=handlers, orelse=other, finalbody=final):
                caught = [statement for handler in handlers for statement in handler.body]
                yield from _bound_names([*inner, *caught, *other, *final])

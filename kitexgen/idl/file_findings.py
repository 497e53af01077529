"""Diagnostics of files and includes: missing, unreadable, in a circle."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kitexgen.diagnostics.diagnostic import Diagnostic, Label, Severity
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import APACHE, THRIFTGO, error, warning
from kitexgen.source.span import Span

if TYPE_CHECKING:
    from kitexgen.idl.thrift.tree import IncludeNode


def unreadable(path: str, cause: Exception, neighbours: Sequence[str]) -> Diagnostic:
    """A file asked for on the command line or by the caller. `neighbours` are the IDL files in it or beside it."""
    if isinstance(cause, FileNotFoundError | NotADirectoryError):
        meant = _nearest_file(path, neighbours)
        hint = f"did you mean `{meant}`?" if meant else None
        if "*" in path:
            hint = "patterns are for the shell to expand: write it without quotes, or name a folder"
        elif path in neighbours:
            hint = "a symbolic link of that name leads to nothing"
        return _nowhere("KX0001", f"there is no file `{path}`", hint)
    if isinstance(cause, IsADirectoryError):
        if neighbours:
            hint = f"give the files in it, such as `{neighbours[0]}`"
            return _nowhere("KX0002", f"`{path}` is a directory, not a file", hint)
        return _nowhere("KX0002", f"there is no .thrift and no .proto file in the directory `{path}`", None)
    return _nowhere("KX0002", f"`{path}` cannot be read: {_reason(cause)}", None)


def _nearest_file(path: str, neighbours: Sequence[str]) -> str | None:
    """Only stems are compared: with folder and ending the shortest names would be alike."""
    stems = {_stem(each): each for each in neighbours}
    return stems.get(_stem(path)) or stems.get(nearest(_stem(path), stems) or "")


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


def _nowhere(code: str, message: str, hint: str | None) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, message=message, at=None, hint=hint)


def _reason(cause: Exception) -> str:
    """Why the system refused, in its words, lower case."""
    if isinstance(cause, PermissionError):
        return "permission denied"
    if isinstance(cause, OSError) and cause.errno == errno.ENAMETOOLONG:
        return "the path is too long"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror[0].lower() + cause.strerror[1:]
    return str(cause) or type(cause).__name__


def unreadable_import(at: Span, path: str, cause: OSError) -> Diagnostic:
    return error("KX0002", f"`{path}` cannot be read: {_reason(cause)}", at)


def too_big(path: str, limit: int, via: Span | None) -> Diagnostic:
    """`via` is where another file names it, None when it was asked for."""
    message = f"`{path}` is bigger than {limit // (1024 * 1024)} MiB, so it is hardly IDL"
    if via is None:
        return _nowhere("KX0002", message, None)
    return error("KX0002", message, via)


def missing_include(include: IncludeNode, including: str, include_dirs: Sequence[str]) -> Diagnostic:
    """A warning: Apache goes on too, and fails only when a name from the file is used."""
    written = include.path.value
    if not written:
        return warning(
            "KX0004",
            "this include names no file; thriftgo refuses it",
            include.path.span,
            hint="write the path of a file between the quotes, or delete the line",
            refused_by=THRIFTGO,
        )
    places = [f"beside `{including}`", *(f"in `{directory}`" for directory in include_dirs)]
    hint = f"looked {' and '.join(places)}; add the directory it is in with -I"
    if "\\" in written:
        hint = "write the path with `/` on every system"
    return warning(
        "KX0004",
        f"the included file `{written}` was not found; thriftgo refuses this",
        include.path.span,
        hint=hint,
        refused_by=THRIFTGO,
    )


def found_in_working_directory(include: IncludeNode, path: str) -> Diagnostic:
    return warning(
        "KX0006",
        f"`{path}` was found only from the working directory, where Apache Thrift does not look",
        include.path.span,
        hint="add `-I .`, or write the path as seen from this file",
        refused_by=APACHE,
    )


def found_in_include_dir(asked: str, path: str) -> Diagnostic:
    return Diagnostic(
        code="KX0011",
        severity=Severity.WARNING,
        message=f"`{asked}` was found only as `{path}`, where Apache Thrift does not look for what it is to compile",
        at=None,
        hint=f"name it as `{path}`",
        refused_by=APACHE,
    )


def include_cycle(include: IncludeNode, including: str, chain: Sequence[IncludeNode]) -> Diagnostic:
    """`chain` are the includes that led from the target of `include` back to it, outermost first."""
    if not chain:
        return error("KX0005", f"`{including}` includes itself", include.span, hint="delete this line")
    return error(
        "KX0005",
        "this include closes a circle",
        include.span,
        "and here the circle closes",
        also=tuple(Label(step.span, f"`{step.span.path}` includes `{step.path.value}`") for step in chain),
        hint="move what both files need into a third one",
    )


def repeated_includes(includes: Sequence[IncludeNode]) -> Iterator[Diagnostic]:
    """Includes written twice, and two of one prefix, both of which every compiler takes."""
    paths: dict[str, IncludeNode] = {}
    prefixes: dict[str, IncludeNode] = {}
    for include in includes:
        written = include.path.value
        prefix = _prefix(written)
        if written in paths:
            yield warning(
                "KX0007",
                f"`{written}` is included twice",
                include.span,
                also=(Label(paths[written].span, "included here"),),
                hint="delete one of them",
            )
        elif prefix in prefixes:
            yield warning(
                "KX0010",
                f"two included files share the prefix `{prefix}`",
                include.span,
                also=(Label(prefixes[prefix].span, "the other one"),),
                hint=f"names after `{prefix}.` are looked up in both; rename one of the files",
            )
        paths.setdefault(written, include)
        prefixes.setdefault(prefix, include)


def _prefix(written: str) -> str:
    """What names of an included file begin with: its name without the last ending."""
    name = written.rpartition("/")[2]
    return name.rpartition(".")[0] or name

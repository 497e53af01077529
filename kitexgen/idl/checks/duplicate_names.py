"""One name twice where it must be unique: fields, arguments, throws, members, methods; and names alike but for case.

That no two declarations of a file share a name is seen earlier, when they are entered into the symbols.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error, warning
from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Extension, Field, Record
from kitexgen.schema.module import Module, Schema
from kitexgen.schema.services import Method, Service
from kitexgen.schema.walk import declarations


def check_duplicate_names(schema: Schema) -> Iterator[Diagnostic]:
    for declaration in declarations(schema):
        match declaration:
            case Record():
                yield from _repeats("KX0203", "field", declaration.fields, f"`{declaration.id.name}`")
            case Enum():
                yield from _repeats("KX0220", "member", declaration.members, f"`{declaration.id.name}`")
            case Service():
                name = declaration.id.name
                yield from _repeats("KX0230", "method", declaration.methods, f"`{name}`")
                for method in declaration.methods:
                    owner = f"`{name}.{method.name}`"
                    yield from _repeats("KX0203", "argument", method.arguments, f"the arguments of {owner}")
                    yield from _repeats("KX0203", "exception", method.throws, f"the throws of {owner}")
            case Alias() | Const() | Extension():
                pass
    for module in schema.modules:
        yield from _alike(module)


def _repeats(code: str, what: str, named: Iterable[Field | EnumMember | Method], owner: str) -> Iterator[Diagnostic]:
    seen: dict[str, Field | EnumMember | Method] = {}
    for one in named:
        first = seen.setdefault(one.name, one)
        if first is not one:
            also = (Label(first.name_span, "first here"),)
            yield error(code, f"{what} `{one.name}` stands twice in {owner}", one.name_span, "again here", also=also)


def _alike(module: Module) -> Iterator[Diagnostic]:
    """Types and services: tools that write a file for each lose one of two on systems that ignore case."""
    seen: dict[str, Record | Enum | Alias | Extension | Service] = {}
    for declaration in module.declarations:
        if isinstance(declaration, Const):
            continue
        first = seen.setdefault(declaration.id.name.casefold(), declaration)
        if first is not declaration:
            yield warning(
                "KX0202",
                f"`{declaration.id.name}` and `{first.id.name}` differ in upper and lower case only",
                declaration.name_span,
                also=(Label(first.name_span, "the other one"),),
                hint="compilers that write a file for each overwrite one of them where file names ignore case",
            )

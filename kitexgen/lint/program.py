"""Program: what rules look at: the meaning of all files, and the text and tree of those that are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Field, Record
from kitexgen.schema.module import Declaration, Module, Schema
from kitexgen.schema.services import Method, Service
from kitexgen.source.file import SourceFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`modules` are judged; what else the schema has was only included. `sources` and `trees` go by the path of a
    module. `reported` is what reading the files has found.
    """

    schema: Schema
    modules: tuple[Module, ...]
    sources: Mapping[str, SourceFile]
    trees: Mapping[str, Any]
    reported: tuple[Diagnostic, ...] = ()

    def text(self, module: Module) -> str:
        return self.sources[module.id.path].text

    def declarations(self) -> Iterator[Declaration]:
        for module in self.modules:
            yield from module.declarations

    def records(self) -> Iterator[Record]:
        return (each for each in self.declarations() if isinstance(each, Record))

    def enums(self) -> Iterator[Enum]:
        return (each for each in self.declarations() if isinstance(each, Enum))

    def members(self) -> Iterator[tuple[Enum, EnumMember]]:
        return ((enum, member) for enum in self.enums() for member in enum.members)

    def aliases(self) -> Iterator[Alias]:
        return (each for each in self.declarations() if isinstance(each, Alias))

    def constants(self) -> Iterator[Const]:
        return (each for each in self.declarations() if isinstance(each, Const))

    def services(self) -> Iterator[Service]:
        return (each for each in self.declarations() if isinstance(each, Service))

    def methods(self) -> Iterator[tuple[Service, Method]]:
        return ((service, method) for service in self.services() for method in service.methods)

    def fields(self) -> Iterator[Field]:
        """Fields of records."""
        return (field for record in self.records() for field in record.fields)

    def parameters(self) -> Iterator[Field]:
        """Arguments of methods and entries of their `throws`."""
        for _, method in self.methods():
            yield from method.arguments
            yield from method.throws

    def language(self, path: str) -> str:
        """The language of the judged file at `path`."""
        return next((module.language for module in self.modules if module.id.path == path), "")


def own_name(declaration: Declaration) -> str:
    """The last part of the name of a declaration, which may be nested."""
    return declaration.id.name.rpartition(".")[2]


def package_of(module: Module) -> str | None:
    """What the file calls its package: `package` in Protobuf; in Thrift the namespace that code is generated into."""
    return module.namespace("package", "py", "*", "go")

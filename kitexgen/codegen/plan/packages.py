"""Which IDL file, and which service, becomes which Python module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kitexgen.codegen.plan.clashes import case_only, file_span, same_module
from kitexgen.codegen.plan.names import module_name, package_part
from kitexgen.codegen.plan.shipped import ROOM, shipped_path
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import PACKAGE, Module, Schema
from kitexgen.schema.services import Service
from kitexgen.source.span import Span

NAMESPACE_SCOPES = ("py.kitex", "py", "*", "go", PACKAGE)
"""Whose namespace counts, first of all: ours, then what Apache's Python, all languages, and Kitex use. A Protobuf file
has none but its package.
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Dotted paths inside the output folder. `namespaces` is the package of each IDL file that is generated; of those
    that ship with the runtime only `modules` has the path, an absolute one.
    """

    namespaces: Mapping[ModuleId, str]
    modules: Mapping[ModuleId, str]
    services: Mapping[DeclId, str]
    diagnostics: tuple[Diagnostic, ...]

    def packages(self) -> list[str]:
        """Every package, and every package around one, sorted; the output folder itself is not among them."""
        found = {package for namespace in self.namespaces.values() for package in ancestors(namespace)}
        return sorted(found)


def ancestors(package: str) -> list[str]:
    """`a.b.c` gives `a`, `a.b` and `a.b.c`; "", the output folder, gives none."""
    parts = package.split(".") if package else []
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def codec_module(module: str) -> str:
    """The codec beside a module: `demo.user` gives `demo._user_codec`."""
    package, _, name = module.rpartition(".")
    return f"{package}._{name}_codec"


def places(schema: Schema, py_package: Mapping[str, str] | None = None) -> Places:
    """Where everything of `schema` goes.

    Two sources never share a place: in Thrift that is a KX0401, naming both; a Protobuf file makes room. `py_package`
    is the setting: dotted Python packages by import path or by package of Protobuf.
    """
    chosen = py_package or {}
    namespaces: dict[ModuleId, str] = {}
    modules: dict[ModuleId, str] = {}
    for module in schema.modules:
        named = _chosen(module, chosen)
        shipped = shipped_path(module) if named is None else None
        if shipped is None:
            namespaces[module.id] = _namespace(module) if named is None else named
        else:
            modules[module.id] = shipped
    claims = _Claims()
    claims.add_packages(schema, namespaces)
    for module in _in_order(schema):
        if module.id in namespaces:
            modules[module.id] = claims.add_file(module, namespaces[module.id])
    services = {
        declaration.id: claims.add_service(module, namespaces[module.id], declaration)
        for module in _in_order(schema)
        if module.id in namespaces
        for declaration in module.declarations
        if isinstance(declaration, Service)
    }
    diagnostics = (*claims.diagnostics, *_case_clashes(schema, namespaces))
    return Places(namespaces, modules, services, tuple(diagnostics))


def makes_room(module: Module) -> bool:
    """Whether a name that falls on another one gets an underscore more, instead of a diagnostic: Protobuf files are
    often not one's own, and theirs is a language of more names (nested ones, and any number of files in a package).
    """
    return module.language == "proto"


def _in_order(schema: Schema) -> list[Module]:
    """Who chooses first: those that cannot make room, as they come; then the others, by import path, so that what a
    file is called does not depend on which files are asked for.
    """
    return sorted(schema.modules, key=lambda module: module.import_path or "" if makes_room(module) else "")


def _chosen(module: Module, py_package: Mapping[str, str]) -> str | None:
    """The package that the setting `py_package` has for a file: by its import path, else by its package or the nearest
    one around that.
    """
    if module.import_path is None:
        return None
    if module.import_path in py_package:
        return _dotted(py_package[module.import_path])
    package, rest = module.namespace(PACKAGE) or "", ""
    while package:
        if package in py_package:
            return _dotted(f"{py_package[package]}{rest}")
        package, _, last = package.rpartition(".")
        rest = f".{last}{rest}"
    return None


def _namespace(module: Module) -> str:
    return _dotted(module.namespace(*NAMESPACE_SCOPES) or "") or module_name(module.id.stem)


def _dotted(name: str) -> str:
    found = ".".join(package_part(part) for part in name.replace("/", ".").split(".") if part)
    return f"{found}_" if found == ROOM or found.startswith(f"{ROOM}.") else found


class _Claims:
    """Who has which dotted path; the first to ask keeps it."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, Span]] = {}
        self.diagnostics: list[Diagnostic] = []

    def add_packages(self, schema: Schema, namespaces: Mapping[ModuleId, str]) -> None:
        for module in schema.modules:
            for package in ancestors(namespaces.get(module.id, "")):
                self._taken.setdefault(package, (f"the namespace of `{module.id.path}`", file_span(module)))

    def add_file(self, module: Module, namespace: str) -> str:
        path = f"{namespace}.{module_name(module.id.stem)}"
        return self._claim(path, (f"`{module.id.path}`", file_span(module)), makes_room(module))

    def add_service(self, module: Module, namespace: str, service: Service) -> str:
        """`userservice` for `UserService`; `echo_service` for the service `Echo` of `echo.thrift`, since `echo` holds
        its types.
        """
        name = service.id.name
        path = f"{namespace}.{module_name(name)}"
        if path in self._taken and not self._taken[path][0].startswith("service "):
            path = f"{namespace}.{module_name(name).rstrip('_')}_service"
        return self._claim(path, (f"service `{name}`", service.name_span), makes_room(module))

    def _claim(self, path: str, source: tuple[str, Span], may_move: bool) -> str:
        """Gives the path that is taken in the end. The codec beside a module has a path too."""
        while may_move and (path in self._taken or codec_module(path) in self._taken):
            path += "_"
        for claimed in (path, codec_module(path)):
            first = self._taken.setdefault(claimed, source)
            if first != source:
                self.diagnostics.append(same_module(claimed, first, source))
                break
        return path


def _case_clashes(schema: Schema, namespaces: Mapping[ModuleId, str]) -> Iterator[Diagnostic]:
    seen: dict[str, tuple[str, Span]] = {}
    for module in schema.modules:
        for package in ancestors(namespaces.get(module.id, "")):
            first = seen.setdefault(package.casefold(), (package, file_span(module)))
            if first[0] != package:
                yield case_only(first, (package, file_span(module)))
                break

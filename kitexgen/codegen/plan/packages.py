"""Which IDL file, and which service, becomes which Python module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kitexgen.codegen.plan.clashes import case_only, file_span, same_module
from kitexgen.codegen.plan.names import module_name, package_part
from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Module, Schema
from kitexgen.source.span import Span

NAMESPACE_SCOPES = ("py.kitex", "py", "*", "go")
"""Whose namespace counts, first of all: ours, then what Apache's Python, all languages, and Kitex use."""


@dataclass(frozen=True, slots=True)
class Places:
    """Dotted paths inside the output folder. `namespaces` is the package of each IDL file."""

    namespaces: Mapping[ModuleId, str]
    modules: Mapping[ModuleId, str]
    services: Mapping[DeclId, str]
    diagnostics: tuple[Diagnostic, ...]

    def packages(self) -> list[str]:
        """Every package, and every package around one, sorted; the output folder itself is not among them."""
        found = {package for namespace in self.namespaces.values() for package in ancestors(namespace)}
        return sorted(found)


def ancestors(package: str) -> list[str]:
    """`a.b.c` gives `a`, `a.b` and `a.b.c`."""
    parts = package.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def codec_module(module: str) -> str:
    """The codec beside a module: `demo.user` gives `demo._user_codec`."""
    package, _, name = module.rpartition(".")
    return f"{package}._{name}_codec"


def places(schema: Schema) -> Places:
    """Where everything of `schema` goes. Two sources never share a place: that is a KX0401, naming both."""
    namespaces = {module.id: _namespace(module) for module in schema.modules}
    claims = _Claims()
    claims.add_packages(schema, namespaces)
    modules = {module.id: claims.add_file(module, namespaces[module.id]) for module in schema.modules}
    services: dict[DeclId, str] = {}
    for service in schema.services():
        source = (f"service `{service.id.name}`", service.name_span)
        services[service.id] = claims.add_service(namespaces[service.id.module], service.id.name, source)
    diagnostics = (*claims.diagnostics, *_case_clashes(schema, namespaces))
    return Places(namespaces, modules, services, tuple(diagnostics))


def _namespace(module: Module) -> str:
    name = module.namespace(*NAMESPACE_SCOPES)
    parts = [package_part(part) for part in (name or "").replace("/", ".").split(".") if part]
    return ".".join(parts) or module_name(module.id.stem)


class _Claims:
    """Who has which dotted path; the first to ask keeps it."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, Span]] = {}
        self.diagnostics: list[Diagnostic] = []

    def add_packages(self, schema: Schema, namespaces: Mapping[ModuleId, str]) -> None:
        for module in schema.modules:
            for package in ancestors(namespaces[module.id]):
                self._taken.setdefault(package, (f"the namespace of `{module.id.path}`", file_span(module)))

    def add_file(self, module: Module, namespace: str) -> str:
        path = f"{namespace}.{module_name(module.id.stem)}"
        self._claim(path, (f"`{module.id.path}`", file_span(module)))
        return path

    def add_service(self, namespace: str, name: str, source: tuple[str, Span]) -> str:
        """`userservice` for `UserService`; `echo_service` for the service `Echo` of `echo.thrift`, since `echo` holds
        its types.
        """
        path = f"{namespace}.{module_name(name)}"
        if path in self._taken and not self._taken[path][0].startswith("service "):
            path = f"{namespace}.{module_name(name).rstrip('_')}_service"
        self._claim(path, source)
        return path

    def _claim(self, path: str, source: tuple[str, Span]) -> None:
        for claimed in (path, codec_module(path)):
            first = self._taken.setdefault(claimed, source)
            if first != source:
                self.diagnostics.append(same_module(claimed, first, source))
                return


def _case_clashes(schema: Schema, namespaces: Mapping[ModuleId, str]) -> Iterator[Diagnostic]:
    seen: dict[str, tuple[str, Span]] = {}
    for module in schema.modules:
        for package in ancestors(namespaces[module.id]):
            first = seen.setdefault(package.casefold(), (package, file_span(module)))
            if first[0] != package:
                yield case_only(first, (package, file_span(module)))
                break

"""Where everything of the reference stands: pages, anchors, and links between them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property

from kitexgen.codegen.plan.shipped import home_for_applications, is_shipped, shipped_path
from kitexgen.plugins.api import PluginRequest
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service


@dataclass(frozen=True)
class Places:
    """Pages have the names of Python modules: these differ between any two files and services."""

    request: PluginRequest

    @property
    def schema(self) -> Schema:
        return self.request.schema

    def shown_path(self, id: ModuleId) -> str:
        """The path of a file without the folders that all files have in common; Google's are imported by theirs."""
        module = self.schema.module(id)
        if shipped_path(module) is not None:
            return module.import_path or id.path
        return posixpath.relpath(id.path, self._common_folder) if self._common_folder else id.path

    @cached_property
    def _common_folder(self) -> str:
        own = [each.id.path for each in self.schema.modules if shipped_path(each) is None]
        return posixpath.commonpath([posixpath.dirname(path) for path in own]) if own else ""

    def file_page(self, id: ModuleId) -> str:
        module = self.schema.module(id)
        if shipped_path(module) is not None and module.import_path is not None:
            return f"file/{module.import_path.removesuffix('.proto').replace('/', '.')}.html"
        return f"file/{self.request.names.modules[id]}.html"

    def service_page(self, id: DeclId) -> str:
        return f"service/{self.request.names.services[id]}.html"

    def of(self, id: DeclId) -> str:
        """Page and anchor of a declaration."""
        if isinstance(self.schema.find(id), Service):
            return self.service_page(id)
        return f"{self.file_page(id.module)}#{id.name}"

    def python_module(self, id: ModuleId) -> str:
        return self._importable(self.request.names.modules[id])

    def python_name(self, id: DeclId) -> str | None:
        """By which the generated class or constant is imported."""
        python = self.request.names.declarations.get(id)
        return None if python is None else f"{self._importable(python.module)}.{python.name}"

    def attributes(self, id: DeclId) -> dict[str, str]:
        return dict(self.request.names.attributes.get(id, {}))

    def _importable(self, module: str) -> str:
        if is_shipped(module):
            return home_for_applications(module)
        root = self.request.import_root
        return f"{root}.{module}" if root else module

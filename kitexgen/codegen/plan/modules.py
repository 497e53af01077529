"""ModulePlan, ServiceModulePlan and PackagePlan: the files to write, ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.enums import EnumPlan
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.services import ServicePlan
from kitexgen.schema.ids import ModuleId


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlan:
    """The types of one IDL file. `path` is dotted, inside the output folder; `require` what the module calls it.
    `lint` are the rules of ruff that it breaks for a reason.

    `exports` is its `__all__`, "" unless it passes names of others on; `values` are the lines of aliases, constants and
    extensions, in order.
    """

    path: str
    source: ModuleId
    lint: tuple[str, ...]
    docstring: str
    imports: str
    require: str
    exports: str
    enums: tuple[EnumPlan, ...]
    records: tuple[RecordPlan, ...]
    values: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceModulePlan:
    """One service; the fields are those of ModulePlan. `records` are the arguments and results of its methods."""

    path: str
    source: ModuleId
    lint: tuple[str, ...]
    docstring: str
    imports: str
    require: str
    service: ServicePlan

    @property
    def records(self) -> tuple[RecordPlan, ...]:
        return self.service.records


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePlan:
    """One `__init__.py`. `path` is dotted, "" for the output folder. `exports` is the literal of `__all__`, "" when
    nothing is exported; `imports` the lines that bind its names, `homes` the entries of the table of a lazy package.
    """

    path: str
    sources: tuple[ModuleId, ...]
    docstring: str
    imports: str
    exports: str
    is_lazy: bool
    homes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every file of a run, each after those it imports.

    `around` are modules that this run does not write, since the runtime has them or an earlier run wrote them, and
    whose records are fields of these.
    """

    modules: tuple[ModulePlan, ...]
    services: tuple[ServiceModulePlan, ...]
    packages: tuple[PackagePlan, ...]
    around: tuple[ModulePlan, ...]

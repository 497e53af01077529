"""What `gen --plugin validator` does: a module `<stem>_validation` beside each module that has rules to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kitexgen.codegen.output import OutputFile
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.literals import bytes_literal, string_literal
from kitexgen.codegen.plan.names import snake_case, unused
from kitexgen.codegen.plan.sources import file_name
from kitexgen.codegen.style import format_lines
from kitexgen.plugins.api import PluginRequest, PluginResponse, PythonNames
from kitexgen.plugins.options import unknown_options
from kitexgen.plugins.validator.emit import Printer
from kitexgen.plugins.validator.faults import no_rules
from kitexgen.plugins.validator.functions import RUNTIME
from kitexgen.plugins.validator.kinds import Kind
from kitexgen.plugins.validator.operands import Operands
from kitexgen.plugins.validator.read import RuleReader
from kitexgen.plugins.validator.rules import RecordRules, Rules
from kitexgen.plugins.validator.unchecked import unchecked
from kitexgen.schema.declarations import Record
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.module import Module, Schema
from kitexgen.schema.types import Ref
from kitexgen.schema.walk import records
from kitexgen.source.span import Span

SUFFIX = "_validation"


def generate(request: PluginRequest, /) -> PluginResponse:
    """The modules of rules, or what is wrong with the rules."""
    if wrong := unknown_options("validator", request.options):
        return PluginResponse(diagnostics=wrong)
    schema = request.schema
    reader = RuleReader(schema)
    modules = {one.id: _Module(one, request.names) for one in schema.modules if one.language == "thrift"}
    rules: dict[DeclId, RecordRules] = {}
    for module in modules.values():
        for record in module.records():
            rules[record.id] = reader.record(record, module.operands(schema, record))
    found = [*reader.found, *(one for module in modules.values() for one in unchecked(module.module))]
    found += (no_rules(root.path, Span(root.path, 0, 0)) for root in schema.roots if root not in modules)
    if reader.found:
        return PluginResponse(diagnostics=tuple(found))
    functions = _function_names(schema, request.names, _with_checks(schema, rules))
    files = (module.file(schema, rules, functions) for module in modules.values() if module.has_any(functions))
    return PluginResponse(files=tuple(files), diagnostics=tuple(found))


@dataclass(slots=True)
class _Module:
    """The rules of one IDL file, as a Python module."""

    module: Module
    names: PythonNames
    imports: ImportSet = field(init=False)
    patterns: dict[tuple[str, bool], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        declared = ("VALIDATORS", "record", "path", "any", "enumerate", "len", "float")
        self.imports = ImportSet(f"{self.names.modules[self.module.id]}{SUFFIX}", declared)

    def records(self) -> Iterator[Record]:
        return (declaration for declaration in self.module.declarations if isinstance(declaration, Record))

    def operands(self, schema: Schema, record: Record) -> Operands:
        return Operands(schema, record, self.names.attributes[record.id], self.imports.use, self._member)

    def has_any(self, functions: dict[DeclId, str]) -> bool:
        return any(record.id in functions for record in self.records())

    def file(self, schema: Schema, rules: dict[DeclId, RecordRules], functions: dict[DeclId, str]) -> OutputFile:
        def validator_of(id: DeclId) -> str | None:
            name = functions.get(id)
            module = f"{self.names.modules[id.module]}{SUFFIX}"
            return name and (name if id.module == self.module.id else self.imports.use_generated(module, name))

        printer = Printer(schema, self.imports.use, self._class, validator_of, self._pattern)
        own = [record for record in self.records() if record.id in functions]
        body: list[str] = []
        for record in own:
            attributes = dict(self.names.attributes[record.id])
            body += printer.function(functions[record.id], record, rules[record.id], attributes)
        return OutputFile(
            f"{self.imports.module.replace('.', '/')}.py",
            "\n".join(format_lines([*self._head(), *body, *self._table(own, functions)], indent=0)) + "\n",
            (self.module.id,),
        )

    def _table(self, own: list[Record], functions: dict[DeclId, str]) -> list[str]:
        final = self.imports.use("typing", "Final")
        entries = ", ".join(f"{self._class(record.id)}: {functions[record.id]}" for record in own)
        kinds = self.imports.use("typing", "Any"), self.imports.use("collections.abc", "Callable")
        return [f"VALIDATORS: {final}[dict[type, {kinds[1]}[[{kinds[0]}], None]]] = {{{entries}}}"]

    def _head(self) -> list[str]:
        self._table([], {})
        final, compiled = self.imports.use("typing", "Final"), []
        for (pattern, is_bytes), name in self.patterns.items():
            literal = bytes_literal(pattern.encode()) if is_bytes else string_literal(pattern)
            compiled.append(f"{name}: {final} = {self.imports.use(RUNTIME, 'pattern')}({literal})")
        title = f'"""The rules of {file_name(self.module.id)} (`vt.*`)."""'
        future = "from __future__ import annotations"
        return [title, "", future, "", *self.imports.lines(), "", *compiled, "", ""]

    def _class(self, id: DeclId) -> str:
        python = self.names.declarations[id]
        return self.imports.use_generated(python.module, python.name)

    def _member(self, enum: DeclId, name: str) -> str:
        return f"{self._class(enum)}.{self.names.attributes[enum][name]}"

    def _pattern(self, pattern: str, is_bytes: bool) -> str:
        return self.patterns.setdefault((pattern, is_bytes), f"_PATTERN_{len(self.patterns) + 1}")


def _with_checks(schema: Schema, rules: dict[DeclId, RecordRules]) -> set[DeclId]:
    """The records that have something to check: rules of their own, or fields that do."""
    found = {id for id, each in rules.items() if each.asserts or any(map(_has_own, each.fields.values()))}
    users: dict[DeclId, set[DeclId]] = {}
    for id, each in rules.items():
        for tree in each.fields.values():
            for target in _descends(schema, tree):
                users.setdefault(target, set()).add(id)
    pending = list(found)
    while pending:
        new = users.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def _has_own(rules: Rules) -> bool:
    return bool(rules.own) or any(map(_has_own, rules.inner.values()))


def _descends(schema: Schema, rules: Rules) -> Iterator[DeclId]:
    """The records whose rules the value must keep too."""
    ref = schema.resolve(rules.type)
    if rules.kind is Kind.RECORD and not rules.is_skipped and isinstance(ref, Ref):
        yield ref.target
    for inner in rules.inner.values():
        yield from _descends(schema, inner)


def _function_names(schema: Schema, names: PythonNames, wanted: set[DeclId]) -> dict[DeclId, str]:
    """`validate_user` for the class `User`; none is used twice in a module."""
    functions: dict[DeclId, str] = {}
    taken: dict[ModuleId, set[str]] = {}
    for record in records(schema):
        if record.id in wanted:
            used = taken.setdefault(record.id.module, set())
            name = unused(f"validate_{snake_case(names.declarations[record.id].name)}", used)
            used.add(name)
            functions[record.id] = name
    return functions

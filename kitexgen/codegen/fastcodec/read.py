"""Layout to the lines that read: whole runs of expected headers at once; field by field from where they are others.

A variable holds the place that was reached: `at` after a header or a call, `end` after the bytes of a string.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from kitexgen.codegen.fastcodec.layout import Always, Layout, Run, Sometimes
from kitexgen.codegen.fastcodec.module import CodecModule, ContainerType
from kitexgen.codegen.fastcodec.thrift_binary import (
    HEADER_SIZE,
    byte_literal,
    code,
    fixed,
    header,
)
from kitexgen.codegen.fastcodec.write import is_inlined
from kitexgen.codegen.plan.fitting import WIDTH, fits, laid_out, tuple_of
from kitexgen.codegen.plan.records import FieldPlan, RecordPlan
from kitexgen.codegen.plan.settling import settled
from kitexgen.codegen.plan.wire_types import (
    EnumType,
    ListType,
    MapType,
    PackedType,
    RecordType,
    ScalarType,
    SetType,
    WireType,
)
from kitexgen.schema.declarations import RecordKind
from kitexgen.schema.types import ScalarKind

_UNPACKERS: Final = {"b": "I8", "h": "I16", "i": "I32", "q": "I64", "d": "DOUBLE"}


class Readers(Protocol):
    """Knows the functions that read containers."""

    def reader(self, type: ContainerType) -> str: ...


@dataclass(frozen=True, slots=True)
class _RunLines:
    """How a run is read: statements, the comparison that must hold, and what follows when it does."""

    unpacking: list[str]
    matches: str
    differs: str
    storing: list[str]
    reached: str


class ReadPrinter:
    def __init__(self, module: CodecModule, containers: Readers) -> None:
        self._module = module
        self._containers = containers

    def record(self, layout: Layout) -> list[list[str]]:
        """The functions of one record: `read_user`, and what it goes on with when the fields come otherwise."""
        record = layout.record
        if record.kind is RecordKind.UNION or record.is_frozen:
            # A frozen record cannot be filled field by field, and of a union only one field is there.
            return [
                self._any_order(
                    layout, self._module.function("read", record.ref), [], ["values: dict[str, {any}] = {{}}"]
                )
            ]
        cls = self._module.cls(record.ref)
        rest = self._module.fresh(f"_rest_of_{self._module.stems.of(record.ref)}")
        start = ["values: dict[str, {any}] = {{}}"]
        if record.fields:
            order = self._order(layout)
            start = [f"values: dict[str, {{any}}] = {{{{name: getattr(record, name) for name in {order}[:done]}}}}"]
        return [
            self._expected_order(layout, rest),
            self._any_order(layout, rest, [f"record: {cls}", "done: int"], start),
        ]

    def elements(self, type: ListType | SetType, python: str, name: str) -> list[str]:
        """The lines of a function that reads the body of a list or set: type, count, elements."""
        module = self._module
        any_ = module.imports.use("typing", "Any")
        made = "items" if python == "list" else f"{python}(items)"
        return [
            *_definition(name, [], f"tuple[{any_}, int]"),
            f"    code, count = {module.door('LIST')}(data, at)",
            f"    if code != {code(type.element)} and count:",
            "        raise TypeError(code)",
            "    at += 5",
            f"    items: list[{any_}] = []",
            "    append = items.append",
            "    for _ in range(count):",
            *_indented(self._element(type.element), 8),
            f"    return {made}, at",
        ]

    def entries(self, type: MapType, python: str, name: str) -> list[str]:
        """The lines of a function that reads the body of a map: types, count, entries."""
        module = self._module
        any_ = module.imports.use("typing", "Any")
        codes = code(type.key) << 8 | code(type.value)
        made = "entries" if python == "dict" else f"{python}(entries)"
        return [
            *_definition(name, [], f"tuple[{any_}, int]"),
            f"    codes, count = {module.door('MAP')}(data, at)",
            f"    if codes != 0x{codes:04X} and count:",
            "        raise TypeError(codes)",
            "    at += 6",
            f"    entries: dict[{any_}, {any_}] = {{}}",
            "    for _ in range(count):",
            *_indented(self._value(type.key, "key", 0), 8),
            *_indented(self._value(type.value, "entries[key]", 0), 8),
            f"    return {made}, at",
        ]

    def _element(self, type: WireType) -> list[str]:
        lines = [*self._value(type, "item", 0), "append(item)"]
        if isinstance(type, RecordType):
            layout = self._module.layout(type.ref)
            if is_inlined(layout):
                return [*self._inlined(layout), *lines]
        return lines

    def _inlined(self, layout: Layout) -> list[str]:
        """Read the element here when its fields come as expected, else fall through."""
        made = f"item = {self._module.door('new')}({self._module.cls(layout.record.ref)})"
        lines: list[str] = []
        margin = ""
        here = "at"
        for index, segment in enumerate(layout.segments):
            assert isinstance(segment, Run)
            run = self._run(layout, index, segment, "item", here)
            if index == 0:
                # With few headers the values are unpacked before they are compared.
                run.unpacking.insert(0, made) if run.unpacking else run.storing.insert(0, made)
            lines += _indented(run.unpacking, len(margin))
            lines.append(f"{margin}if {run.matches}:")
            margin += "    "
            lines += _indented(run.storing, len(margin))
            here = run.reached
        lines += [f"{margin}if not data[{here}]:", f"{margin}    at = {here} + 1", f"{margin}    append(item)"]
        return [*lines, f"{margin}    continue"]

    def _expected_order(self, layout: Layout, rest: str) -> list[str]:
        module, record = self._module, layout.record
        cls = module.cls(record.ref)
        # Python gives exceptions no blank instance but by their own `__new__`.
        made = f"{cls}.__new__({cls})" if record.kind is RecordKind.EXCEPTION else f"{module.door('new')}({cls})"
        lines = [*_definition(module.function("read", record.ref), [], f"tuple[{cls}, int]"), f"    record = {made}"]
        if record.keeps_unknown:
            lines.append('    record.__unknown__ = b""')
        here = "at"
        done = 0
        for index, segment in enumerate(layout.segments):
            give_up = f"        return {rest}(record, {done}, data, {{here}})"
            body, here = self._segment(layout, index, here, give_up)
            lines += body
            done += len(segment.fields)
        return [
            *lines,
            f"    if data[{here}]:",
            f"        return {rest}(record, {done}, data, {here})",
            f"    return record, {here} + 1",
        ]

    def _segment(self, layout: Layout, index: int, here: str, give_up: str) -> tuple[list[str], str]:
        segment = layout.segments[index]
        match segment:
            case Run():
                run = self._run(layout, index, segment, "record", here)
                lines = _indented(run.unpacking, 4)
                lines.append(f"    if {run.differs}:")
                return [*lines, give_up.format(here=here), *_indented(run.storing, 4)], run.reached
            case Always(field):
                lines = [
                    f"    if data[{here} : {here} + 3] != {header(field.type, field.id)}:",
                    give_up.format(here=here),
                    *_indented(self._value(field.type, f"record.{field.attribute}", HEADER_SIZE, here), 4),
                ]
                return lines, "at"
            case Sometimes(field):
                moved = [] if here == "at" else [f"    at = {here}"]
                return [*moved, *self._sometimes(layout.record, segment, give_up.format(here="at"))], "at"

    def _sometimes(self, record: RecordPlan, segment: Sometimes, give_up: str) -> list[str]:
        field = segment.field
        target = f"record.{field.attribute}"
        if segment.by_value:
            absent = f"        {target} = {self._module.default(record, field)}"
        elif field.may_be_none:
            absent = f"        {target} = None"
        else:
            absent = give_up  # `__init__` makes the default, a fresh one each time
        return [
            f"    if data[at : at + 3] == {header(field.type, field.id)}:",
            *_indented(self._value(field.type, target, HEADER_SIZE), 8),
            "    else:",
            absent,
        ]

    def _run(self, layout: Layout, index: int, run: Run, owner: str, here: str) -> _RunLines:
        module = self._module
        targets: list[str] = []
        after: list[str] = []
        for field in run.fixed:
            target, store = self._fixed_target(field, owner)
            targets.append(target)
            after += store
        moving, reached = self._moving(run, owner, here)
        if run.text:
            targets.append("size")
        if not run.fixed:
            assert run.text is not None
            unpacking = [f"code, number, size = {module.door('TEXT')}(data, {here})"]
            type_, id_ = code(run.text.type), run.text.id & 0xFFFF
            matches, differs = f"code == {type_} and number == {id_}", f"code != {type_} or number != {id_}"
            return _RunLines(unpacking, matches, differs, moving, reached)
        names = module.run(layout, index)
        indent = 4 if owner == "record" else 8 + 4 * index
        if names.heads:
            values = _assigned(targets, f"{names.values}(data, {here})", indent + 4 * (owner == "item"))
            found = f"{names.heads}(data, {here})"
            matches, differs = f"{found} == {names.expected}", f"{found} != {names.expected}"
            return _RunLines([], matches, differs, [*values, *after, *moving], reached)
        heads = [f"{word}_{number}" for number in range(1, len(run.fields) + 1) for word in ("code", "number")]
        paired = [
            name for number, target in enumerate(targets) for name in (*heads[2 * number : 2 * number + 2], target)
        ]
        unpacking = _assigned(paired, f"{names.values}(data, {here})", indent)
        found = f"({', '.join(heads)})"
        matches, differs = f"{found} == {names.expected}", f"{found} != {names.expected}"
        return _RunLines(unpacking, matches, differs, [*after, *moving], reached)

    def _moving(self, run: Run, owner: str, here: str) -> tuple[list[str], str]:
        """Step over the run, and take the string behind it."""
        if run.text is None:
            return [f"at += {run.size}" if here == "at" else f"at = {here} + {run.size}"], "at"
        decode = ".decode()" if run.text.type == ScalarType(ScalarKind.STRING) else ""
        return [
            f"start = {here} + {run.size}",
            "end = start + size",
            f"{owner}.{run.text.attribute} = data[start:end]{decode}",
        ], "end"

    def _fixed_target(self, field: FieldPlan, owner: str) -> tuple[str, list[str]]:
        """What to unpack a value of fixed size into, and the statement that makes a bool or enum of it."""
        target = f"{owner}.{field.attribute}"
        local = self._module.local(field.attribute)
        match field.type:
            case EnumType(ref):
                return local, [f"{target} = {self._module.members(ref)}[{local}]"]
            case ScalarType(ScalarKind.BOOL):
                return local, [f"{target} = {local} == 1"]
            case _:
                return target, []

    def _any_order(self, layout: Layout, name: str, parameters: list[str], start: list[str]) -> list[str]:
        module, record = self._module, layout.record
        cls = module.cls(record.ref)
        any_ = module.imports.use("typing", "Any")
        lines = _definition(name, parameters, f"tuple[{cls}, int]")
        lines += [f"    {line.format(any=any_)}" for line in start]
        if record.keeps_unknown:
            lines.append("    unknown: list[bytes] = []")
        lines.append("    while code := data[at]:")
        margin = 8
        if record.fields:
            # In the order of the IDL, which is that of most other writers: they need one comparison a field.
            lines += ["        start = at", "        head = data[at : at + 3]"]
            for field in record.fields:
                lines.append(f"        if head == {header(field.type, field.id)}:")
                lines += _indented(self._value(field.type, f'values["{field.attribute}"]', HEADER_SIZE), 12)
                if field is not record.fields[-1]:
                    lines.append("            head = data[at : at + 3]")
            lines.append("        if at == start:")
            margin = 12
        lines += _indented(self._skipping(record), margin)
        if not record.keeps_unknown:
            return [*lines, f"    return {cls}(**values), at + 1"]
        kept = 'b"".join(unknown)'
        keep = (
            f'object.__setattr__(record, "__unknown__", {kept})' if record.is_frozen else f"record.__unknown__ = {kept}"
        )
        return [*lines, f"    record = {cls}(**values)", f"    {keep}", "    return record, at + 1"]

    def _skipping(self, record: RecordPlan) -> list[str]:
        skip = self._module.door("skip")
        if not record.keeps_unknown:
            return [f"at = {skip}(data, at + 3, code)"]
        kept = ["unknown.append(data[at:end])", "at = end"]
        if record.fields:
            # A known id with another type is skipped, and not kept.
            ids = [byte_literal((field.id & 0xFFFF).to_bytes(2, "big")) for field in record.fields]
            known = laid_out(tuple_of(ids), before="if data[at + 1 : at + 3] not in ", after=":")
            kept = [*known, "    unknown.append(data[at:end])", "at = end"]
        return [f"end = {skip}(data, at + 3, code)", *kept]

    def _order(self, layout: Layout) -> str:
        """The attributes in wire order; `__slots__` when that is the same."""
        record = layout.record
        attributes = [field.attribute for field in layout.fields]
        if attributes == [field.attribute for field in record.fields]:
            return f"{self._module.cls(record.ref)}.__match_args__"
        name = self._module.fresh(f"_{self._module.stems.of(record.ref)}_order".upper())
        final = self._module.imports.use("typing", "Final")
        display = tuple_of(f'"{attribute}"' for attribute in attributes)
        self._module.constants += settled(laid_out(display, before=f"{name}: {final} = "))
        return name

    def _value(self, type: WireType, target: str, offset: int, here: str = "at") -> list[str]:
        """Statements that read one value at `here` + `offset` into `target`, and leave `at` behind it."""
        place = f"{here} + {offset}" if offset else here
        door = self._module.door
        step = fixed(type)
        if step is not None:
            letter, size = step
            move = f"at += {offset + size}" if here == "at" else f"at = {here} + {offset + size}"
            match type:
                case EnumType(ref):
                    return [f"{target} = {self._module.members(ref)}[{door('I32')}(data, {place})[0]]", move]
                case ScalarType(ScalarKind.BOOL):
                    return [f"{target} = data[{place}] == 1", move]
                case _:
                    return [f"({target},) = {door(_UNPACKERS[letter])}(data, {place})", move]
        return [f"{target}, at = {self._reader(type)}(data, {place})"]

    def _reader(self, type: WireType) -> str:
        match type:
            case RecordType(ref):
                return self._module.function("read", ref)
            case ListType() | SetType() | MapType() | PackedType():
                return self._containers.reader(type)
            case ScalarType(ScalarKind.STRING):
                return self._module.door("read_text")
            case ScalarType(ScalarKind.BINARY):
                return self._module.door("read_binary")
            case _:
                return self._module.door("read_uuid")


def _definition(name: str, parameters: Sequence[str], result: str) -> list[str]:
    every = (*parameters, "data: bytes", "at: int")
    inside = ", ".join(every)
    head, tail = f"def {name}(", f") -> {result}:"
    for lines in ([head + inside + tail], [head, f"    {inside}", tail]):
        if fits(lines):
            return lines
    return [head, *(f"    {parameter}," for parameter in every), tail]


def _assigned(targets: Sequence[str], value: str, indent: int) -> list[str]:
    """`a, b = value`, to stand at `indent` columns; targets that take several lines stand in parentheses."""
    line = f"({targets[0]},) = {value}" if len(targets) == 1 else f"{', '.join(targets)} = {value}"
    if len(line) + indent <= WIDTH:
        return [line]
    return ["(", *(f"    {target}," for target in targets), f") = {value}"]


def _indented(lines: Sequence[str], columns: int) -> list[str]:
    return [" " * columns + line for line in lines]

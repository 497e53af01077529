"""CodecModule: one `_user_codec.py` while it is being printed: its imports, constants and functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kitexgen.codegen.fastcodec.layout import Layout, Run, layout_of
from kitexgen.codegen.fastcodec.thrift_binary import HEADER_SIZE, LENGTH_SIZE, code, fixed, header
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.names import snake_case, unused
from kitexgen.codegen.plan.packages import codec_module
from kitexgen.codegen.plan.records import FieldPlan, RecordPlan
from kitexgen.codegen.plan.settling import settled
from kitexgen.codegen.plan.wire_types import (
    ClassRef,
    EnumType,
    ListType,
    MapType,
    PackedType,
    RecordType,
    ScalarType,
    SetType,
    WireType,
    records_in,
)

DOOR: Final = "kitexgen.runtime.contract.thrift"

# Names of the door, and of variables and builtins in generated functions: no class or constant may take their place.
_DOOR_NAMES: Final = frozenset(
    (
        "BIT",
        "BOOL",
        "DOUBLE",
        "I8",
        "I16",
        "I32",
        "I64",
        "LENGTH",
        "LIST",
        "MAP",
        "PACK_DOUBLE",
        "PACK_I8",
        "PACK_I16",
        "PACK_I32",
        "PACK_I64",
        "SIZE",
        "TEXT",
        "TextRuns",
        "Heads",
        "Members",
        "Pieces",
        "default_of",
        "enum_sequence",
        "heads",
        "new",
        "number_map",
        "pack_run",
        "packed",
        "read_binary",
        "read_text",
        "read_uuid",
        "sequence",
        "skip",
        "text_map",
        "unknown_fields",
        "unpack_run",
    )
)
_VARIABLES: Final = frozenset(
    (
        "append",
        "at",
        "code",
        "codes",
        "count",
        "data",
        "done",
        "end",
        "entries",
        "found",
        "head",
        "item",
        "items",
        "key",
        "name",
        "number",
        "pieces",
        "record",
        "size",
        "start",
        "unknown",
        "value",
        "values",
    )
)
_BUILTINS: Final = frozenset(
    (
        "CODECS",
        "TypeError",
        "bytes",
        "dict",
        "frozenset",
        "getattr",
        "len",
        "list",
        "object",
        "range",
        "set",
        "tuple",
        "type",
    )
)
_TYPING: Final = frozenset(("Any", "Final", "FrozenMap"))

# Variables that ruff takes for a one or a zero (E741).
_AMBIGUOUS: Final = frozenset(("I", "O", "l"))


class Stems:
    """What the functions of each record are called: `write_` and `read_` go before the stem."""

    def __init__(self, plans: Mapping[ClassRef, RecordPlan]) -> None:
        self._plans = plans
        self._stems: dict[ClassRef, str] = {}
        taken: dict[str, set[str]] = {}
        for ref in plans:
            here = taken.setdefault(ref.module, set())
            stem = unused(snake_case(ref.name), here)
            here.add(stem)
            self._stems[ref] = stem

    def of(self, ref: ClassRef) -> str:
        return self._stems[ref]

    def functions(self, refs: Iterable[ClassRef]) -> frozenset[str]:
        """The functions that read and write the records `refs`."""
        return frozenset(f"{verb}_{self._stems[ref]}" for ref in refs for verb in ("write", "read"))

    def reached(self, records: Iterable[RecordPlan]) -> frozenset[ClassRef]:
        """`records`, and those in their fields, and so on: all that a codec of them can speak of.

        Names are chosen to differ from these alone, so that a codec is the same whatever else is generated with it.
        """
        found = {record.ref for record in records}
        pending = list(found)
        while pending:
            for field in self._plans[pending.pop()].fields:
                for ref in records_in(field.type):
                    if ref not in found and ref in self._plans:
                        found.add(ref)
                        pending.append(ref)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class RunNames:
    """The constants of a run: what packs it, what unpacks its headers and what these must be, what unpacks its values.

    Of few fields, `values` gives headers and values in turns; then `heads` is "" and `expected` a tuple literal.
    """

    pack: str
    heads: str
    expected: str
    values: str


class CodecModule:
    """`path` is the dotted path of the codec, `own` are its records, `plans` holds every record these may refer to."""

    def __init__(
        self, path: str, own: Iterable[RecordPlan], plans: Mapping[ClassRef, RecordPlan], stems: Stems
    ) -> None:
        self.path = path
        self.stems = stems
        self._plans = plans
        own = tuple(own)
        reached = stems.reached(own)
        classes = {ref.name for ref in reached}
        self._taken = {*classes, *stems.functions(reached), *_DOOR_NAMES, *_VARIABLES, *_BUILTINS, *_TYPING}
        self.reserved = frozenset(self._taken)
        # How many underscores lead out of the reserved names that differ in nothing else.
        self._underscores: dict[str, int] = {}
        for name in self.reserved | _AMBIGUOUS:
            stem = name.rstrip("_")
            self._underscores[stem] = max(self._underscores.get(stem, 0), len(name) - len(stem) + 1)
        functions = stems.functions(record.ref for record in own)
        self.imports = ImportSet(path, _VARIABLES | _BUILTINS | functions, _DOOR_NAMES | _TYPING)
        self.imports.use("__future__", "annotations")
        self.constants: list[str] = []
        self.functions: list[list[str]] = []
        self._layouts: dict[ClassRef, Layout] = {}
        self._runs: dict[tuple[ClassRef, int], RunNames] = {}
        self._heads: dict[tuple[ClassRef, str], str] = {}
        self._members: dict[ClassRef, str] = {}
        self._defaults: dict[tuple[ClassRef, str], str] = {}

    def door(self, name: str) -> str:
        """Import a name of the door."""
        return self.imports.use(DOOR, name)

    def plan(self, ref: ClassRef) -> RecordPlan:
        return self._plans[ref]

    def layout(self, ref: ClassRef) -> Layout:
        if ref not in self._layouts:
            self._layouts[ref] = layout_of(self._plans[ref])
        return self._layouts[ref]

    def cls(self, ref: ClassRef) -> str:
        """The name here of a generated class."""
        return self.imports.use_generated(ref.module, ref.name)

    def function(self, verb: str, ref: ClassRef) -> str:
        """The name here of a record's writer or reader."""
        name = f"{verb}_{self.stems.of(ref)}"
        codec = codec_module(ref.module)
        return name if codec == self.path else self.imports.use_generated(codec, name)

    def fresh(self, name: str) -> str:
        """A name for a constant or function that nothing else has here."""
        name = unused(name, self._taken)
        self._taken.add(name)
        return name

    def local(self, name: str) -> str:
        """A name for a variable that hides nothing here. Two names never become one: fields may be `A` and `A_`."""
        return name + "_" * self._underscores.get(name.rstrip("_"), 0)

    def add_function(self, lines: list[str]) -> None:
        self.functions.append(settled(lines))

    def constant(self, name: str, value: str) -> None:
        """Add `name: Final = value`; `value` is a call of one argument."""
        final = self.imports.use("typing", "Final")
        self.add_constant(f"{name}: {final} = {value}")

    def add_constant(self, line: str) -> None:
        """Add an assignment of a call."""
        self.constants += settled([line])

    def comment(self, text: str) -> None:
        """Say above constants how they came about, in lines of at most 88 columns."""
        line = "#"
        for word in text.split(" "):
            if len(line) + 1 + len(word) > 88:
                self.constants.append(line)
                line = "#"
            line += f" {word}"
        self.constants.append(line)

    def run(self, layout: Layout, index: int) -> RunNames:
        """The constants of the run that is segment `index` of `layout`."""
        key = (layout.record.ref, index)
        if key not in self._runs:
            self._runs[key] = self._declare_run(layout, index)
        return self._runs[key]

    def heads(self, record: RecordPlan, field: FieldPlan) -> str:
        """The table of a string's header and length."""
        key = (record.ref, field.attribute)
        if key not in self._heads:
            name = self.fresh(f"_{snake_case(record.ref.name)}_{field.attribute}".upper())
            self.constant(name, f"{self.door('Heads')}({header(field.type, field.id)})")
            self._heads[key] = name
        return self._heads[key]

    def members(self, ref: ClassRef) -> str:
        """The table of an enum's values by number."""
        if ref not in self._members:
            name = self.fresh(f"_{snake_case(ref.name)}".upper())
            self.constant(name, f"{self.door('Members')}({self.cls(ref)})")
            self._members[ref] = name
        return self._members[ref]

    def default(self, record: RecordPlan, field: FieldPlan) -> str:
        """An expression for the default of a field, here."""
        if (
            isinstance(field.type, ScalarType)
            and field.default is not None
            and len(field.default) <= 20
            and not field.names
        ):
            return field.default
        key = (record.ref, field.attribute)
        if key not in self._defaults:
            name = self.fresh(f"_{snake_case(record.ref.name)}_{field.attribute}_default".upper())
            self.constant(name, f'{self.door("default_of")}({self.cls(record.ref)}, "{field.attribute}")')
            self._defaults[key] = name
        return self._defaults[key]

    def _declare_run(self, layout: Layout, index: int) -> RunNames:
        run = layout.segments[index]
        assert isinstance(run, Run)
        record = layout.record
        base = f"_{snake_case(record.ref.name)}_{index + 1}".upper()
        letters = [_letter(field) for field in run.fixed]
        self.comment(f"{record.source} {record.idl_name}: {_sizes(run)}.")
        pack = self.fresh(base)
        fields = "".join(f"3s{each}" for each in letters)
        if layout.is_one_call:
            self.constant(pack, f'{self.door("TextRuns")}(">{fields}3sI")')
        else:
            self.constant(pack, f'{self.door("pack_run")}(">{fields}{"3sI" if run.text else ""}")')
        unpack = self.door("unpack_run")
        if len(run.fields) <= MOST_HEADS_INLINE:
            values = self.fresh(f"{base}_VALUES")
            both = "".join([f"BH{each}" for each in letters] + (["BHI"] if run.text else []))
            self.constant(values, f'{unpack}(">{both}")')
            return RunNames(pack, "", f"({', '.join(_head_numbers(run))})", values)
        heads, values, expected = (self.fresh(f"{base}_{word}") for word in ("HEADS", "VALUES", "EXPECTED"))
        gaps = "".join(f"BH{_size(field)}x" for field in run.fixed) + ("BH" if run.text else "")
        plain = "".join([f"3x{each}" for each in letters] + (["3xI"] if run.text else []))
        self.constant(heads, f'{unpack}(">{gaps.replace("1x", "x")}")')
        self.constant(values, f'{unpack}(">{plain}")')
        numbers = _head_numbers(run)
        listed = " ".join(f"{type_}:{id_}" for type_, id_ in zip(numbers[::2], numbers[1::2], strict=True))
        self.constant(expected, f'{self.door("heads")}("{listed}")')
        return RunNames(pack, heads, expected, values)


ContainerType = ListType | SetType | MapType | PackedType

# A longer default is looked up instead of printed again.
_LONGEST_DEFAULT: Final = 20

# Up to so many headers are unpacked together with the values; more are compared first, as one tuple.
MOST_HEADS_INLINE: Final = 3


def element_name(type: WireType) -> str:
    """A word for a type in the names of functions: `list_string`, `map_i64_leaf`."""
    match type:
        case ScalarType(kind):
            return kind.value
        case EnumType(ref) | RecordType(ref):
            return snake_case(ref.name)
        case ListType(element):
            return f"list_{element_name(element)}"
        case PackedType(kind):
            return f"packed_{kind.value}"
        case SetType(element):
            return f"set_{element_name(element)}"
        case MapType(key, value):
            return f"map_{element_name(key)}_{element_name(value)}"


def _sizes(run: Run) -> str:
    parts = [f"{field.idl_name} {HEADER_SIZE}+{_size(field)}" for field in run.fixed]
    if run.text:
        parts.append(f"header and length of {run.text.idl_name} {HEADER_SIZE}+{LENGTH_SIZE}")
    return f"{', '.join(parts)}: {run.size} bytes"


def _letter(field: FieldPlan) -> str:
    letter = fixed(field.type)
    assert letter is not None
    return letter[0]


def _size(field: FieldPlan) -> int:
    letter = fixed(field.type)
    assert letter is not None
    return letter[1]


def _head_numbers(run: Run) -> list[str]:
    """Type and id of each field's header, in turns."""
    return [str(number) for field in run.fields for number in (code(field.type), field.id & 0xFFFF)]

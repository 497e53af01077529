"""ProtobufModule: one `_user_codec.py` of messages while it is being printed: its imports, constants and functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kitexgen.codegen.fastcodec.module import Stems
from kitexgen.codegen.plan.fitting import Expression, flat, laid_out
from kitexgen.codegen.plan.imports import ImportSet
from kitexgen.codegen.plan.names import snake_case, unused
from kitexgen.codegen.plan.packages import codec_module
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.settling import settled
from kitexgen.codegen.plan.shipped import is_shipped
from kitexgen.codegen.plan.wire_types import ClassRef, ClosedEnumType, EnumType

DOOR: Final = "kitexgen.runtime.contract.protobuf"

# Names of the door: no class or constant may take their place.
DOOR_NAMES: Final = frozenset(
    (
        "BOOL",
        "DOUBLE",
        "FIXED32",
        "FIXED64",
        "FLOAT",
        "PACK_DOUBLE",
        "PACK_FIXED32",
        "PACK_FIXED64",
        "PACK_FLOAT",
        "PACK_SFIXED32",
        "PACK_SFIXED64",
        "SFIXED32",
        "SFIXED64",
        "ZIGZAG",
        "Members",
        "Pieces",
        "array_reader",
        "bools",
        "closed_members",
        "lengths",
        "message_codec",
        "new",
        "numbers",
        "packed_reader",
        "present_bools",
        "present_lengths",
        "present_numbers",
        "put_blobs",
        "put_each",
        "put_each_of_array",
        "put_int32",
        "put_int64",
        "put_messages",
        "put_numbers_by_text",
        "put_packed",
        "put_packed_array",
        "put_sint32",
        "put_sint64",
        "put_texts",
        "put_texts_by_text",
        "put_uint32",
        "put_uint64",
        "put_unchecked",
        "put_unknown",
        "read_blobs",
        "read_int32",
        "read_int64",
        "read_numbers_by_text",
        "read_sint32",
        "read_sint64",
        "read_size",
        "read_texts",
        "read_texts_by_text",
        "read_uint32",
        "read_uint64",
        "read_unchecked",
        "skip_unknown",
        "unless_zero",
    )
)
_VARIABLES: Final = frozenset(
    (
        "at",
        "data",
        "depth",
        "end",
        "entry",
        "found",
        "item",
        "items",
        "key",
        "number",
        "pieces",
        "raw",
        "raw_key",
        "raw_value",
        "record",
        "size",
        "start",
        "tag",
        "unknown",
        "value",
    )
)
_BUILTINS: Final = frozenset(("CODECS", "TypeError", "bytes", "dict", "frozenset", "len", "list", "tuple", "type"))
_STANDARD: Final = frozenset(("Any", "Final", "array"))

# Variables that ruff takes for a one or a zero (E741).
_AMBIGUOUS: Final = frozenset(("I", "O", "l"))


class ProtobufModule:
    """`path` is the dotted path of the codec, `own` are its messages, `plans` holds every message these may refer to
    and that is printed.
    """

    def __init__(
        self, path: str, own: Iterable[RecordPlan], plans: Mapping[ClassRef, RecordPlan], stems: Stems
    ) -> None:
        self.path = path
        self._plans = plans
        self._stems = stems
        own = tuple(own)
        reached = stems.reached(own)
        classes = {ref.name for ref in reached}
        self._taken = {*classes, *stems.functions(reached), *DOOR_NAMES, *_VARIABLES, *_BUILTINS, *_STANDARD}
        # How many underscores lead out of the reserved names that differ in nothing else.
        self._underscores: dict[str, int] = {}
        for name in self._taken | _AMBIGUOUS:
            stem = name.rstrip("_")
            self._underscores[stem] = max(self._underscores.get(stem, 0), len(name) - len(stem) + 1)
        functions = stems.functions(record.ref for record in own)
        self.imports = ImportSet(path, _VARIABLES | _BUILTINS | functions, DOOR_NAMES | _STANDARD)
        self.imports.use("__future__", "annotations")
        self.constants: list[str] = []
        self.functions: list[list[str]] = []
        self._shared: dict[str, str] = {}
        self._codecs: dict[ClassRef, tuple[str, str]] = {}

    def door(self, name: str) -> str:
        """Import a name of the door."""
        return self.imports.use(DOOR, name)

    def any(self) -> str:
        return self.imports.use("typing", "Any")

    def cls(self, ref: ClassRef) -> str:
        """The name here of a generated class."""
        return self.imports.use_generated(ref.module, ref.name)

    def function(self, verb: str, ref: ClassRef) -> str:
        """The name here of a message's writer or reader."""
        if ref not in self._plans:
            return self._foreign(ref)[verb == "read"]
        name = f"{verb}_{self._stems.of(ref)}"
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

    def shared(self, name: str, value: Expression) -> str:
        """The constant that holds `value`, a call, called like `name` when this is the first use of it."""
        key = flat(value)
        if key not in self._shared:
            constant = self.fresh(name.upper())
            final = self.imports.use("typing", "Final")
            self.constants += settled(laid_out(value, before=f"{constant}: {final} = "))
            self._shared[key] = constant
        return self._shared[key]

    def members(self, type: EnumType) -> str:
        """The table of an enum's values by number."""
        makes = "closed_members" if isinstance(type, ClosedEnumType) else "Members"
        return self.shared(f"_{snake_case(type.ref.name)}", f"{self.door(makes)}({self.cls(type.ref)})")

    def add_function(self, lines: list[str]) -> None:
        self.functions.append(settled(lines))

    def _foreign(self, ref: ClassRef) -> tuple[str, str]:
        """Writer and reader of a message that ships with the runtime."""
        assert is_shipped(ref.module)
        if ref not in self._codecs:
            stem = snake_case(ref.name)
            write, read = self.fresh(f"_write_{stem}"), self.fresh(f"_read_{stem}")
            self.constants += settled([f"{write}, {read} = {self.door('message_codec')}({self.cls(ref)})"])
            self._codecs[ref] = write, read
        return self._codecs[ref]

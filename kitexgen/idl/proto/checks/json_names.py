"""Names in JSON: each once in its message, with and without `json_name`, and none that means something else.

Source: `CheckFieldJsonNameUniqueness` of descriptor.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import error, warning
from kitexgen.idl.proto.descriptors import FieldDescriptor, MessageDescriptor
from kitexgen.idl.proto.features import JsonFormat
from kitexgen.idl.proto.json_names import automatic_json_name
from kitexgen.idl.proto.linked import Linked
from kitexgen.source.span import Span


@dataclass(frozen=True, slots=True)
class _JsonName:
    field: FieldDescriptor
    text: str
    is_custom: bool


def check_json_names(linked: Linked) -> Iterator[Diagnostic]:
    for message in linked.messages:
        if message.is_map_entry:
            continue
        names = [_JsonName(field, automatic_json_name(field.name), is_custom=False) for field in message.fields]
        custom = [_custom(name) for name in names]
        if len({name.text for name in names}) < len(names) or custom != names:
            yield from _check(message, names, custom, linked)
    for field in linked.fields:
        if field.json_name is not None:
            yield from _by_itself(field)


def _custom(name: _JsonName) -> _JsonName:
    """The name in force: the one written, unless it is just the automatic one."""
    written = name.field.json_name
    return name if written is None or written == name.text else _JsonName(name.field, written, is_custom=True)


def _check(
    message: MessageDescriptor, names: list[_JsonName], custom: list[_JsonName], linked: Linked
) -> Iterator[Diagnostic]:
    if linked.options.of(message).is_true("deprecated_legacy_json_field_conflicts"):
        return
    is_lenient = linked.features.of(message).json_format is JsonFormat.LEGACY_BEST_EFFORT
    # Automatic names have to differ too: field masks know no others.
    for name, first in _clashes(names):
        yield _clash(name, first, is_lenient=is_lenient)
    for name in custom:
        if name.is_custom and name.text.startswith("[") and name.text.endswith("]"):
            yield error(
                "KX0739",
                f"`{name.text}` is how JSON names an extension",
                _place(name.field),
                hint="choose a name without brackets",
            )
    for name, first in _clashes([name for name in custom if not _is_bracketed(name)]):
        if name.is_custom or first.is_custom:
            yield _clash(name, first, is_lenient=is_lenient and not (name.is_custom and first.is_custom))


def _is_bracketed(name: _JsonName) -> bool:
    return name.is_custom and name.text.startswith("[") and name.text.endswith("]")


def _clashes(names: list[_JsonName]) -> Iterator[tuple[_JsonName, _JsonName]]:
    seen: dict[str, _JsonName] = {}
    for name in names:
        first = seen.setdefault(name.text, name)
        # That two fields have one name is reported by itself.
        if first is not name and first.field.name != name.field.name:
            yield name, first


def _clash(name: _JsonName, first: _JsonName, *, is_lenient: bool) -> Diagnostic:
    tell = warning if is_lenient else error
    return tell(
        "KX0738",
        f"`{name.field.name}` and `{first.field.name}` are both `{name.text}` in JSON",
        _place(name.field),
        also=(Label(_place(first.field), "the other one"),),
        hint="rename one, or give it a `json_name`" if not name.is_custom else "give it another `json_name`",
    )


def _place(field: FieldDescriptor) -> Span:
    option = field.node.json_name if field.node is not None else None
    return option.value.span if option is not None else field.name_span


def _by_itself(field: FieldDescriptor) -> Iterator[Diagnostic]:
    assert field.json_name is not None
    if field.is_extension and field.json_name != automatic_json_name(field.name):
        yield error("KX0739", "an extension has no `json_name`", _place(field), hint="JSON calls it by its full name")
    if "\0" in field.json_name:
        yield error("KX0739", "a `json_name` has no NUL in it", _place(field))

"""FieldMask: some fields of a message, each as a path of IDL names: `address.city`.

A path names a field and all that is in it. Below a list or a map there are no paths. Source: `FieldMaskUtil` of
Google's implementations.
"""

from __future__ import annotations

import copy
from array import array
from collections.abc import Iterable
from typing import Any, TypeVar

from kitexgen.runtime.contract.model import Message
from kitexgen.runtime.contract.wellknown.field_mask import FieldMask
from kitexgen.runtime.model.describe_message import (
    MessageFieldDescription,
    MessageType,
    ProtoMapType,
    RepeatedType,
    describe_message,
)
from kitexgen.runtime.protobuf import encode
from kitexgen.runtime.protobuf import merge as merge_bytes
from kitexgen.runtime.wire.protobuf_types import ARRAYS

M = TypeVar("M", bound=Message)
_Tree = dict[str, "_Tree"]  # fields by name; one without fields below it is meant whole


def of(cls: type[Message], *paths: str) -> FieldMask:
    """A mask of `paths`, each once, in order. Raises ValueError for one that `cls` has not."""
    for path in paths:
        _check(cls, path)
    return FieldMask(paths=list(dict.fromkeys(paths)))


def of_all(cls: type[Message]) -> FieldMask:
    """A mask of every field of `cls`, none below them."""
    return FieldMask(paths=[field.name for field in describe_message(cls).fields])


def is_valid(mask: FieldMask, cls: type[Message]) -> bool:
    """Whether every path is one of `cls`."""
    try:
        of(cls, *mask.paths)
    except ValueError:
        return False
    return True


def normalized(mask: FieldMask) -> FieldMask:
    """The same fields in as few paths as possible, sorted."""
    return FieldMask(paths=sorted(_paths(_tree(mask.paths))))


def union(*masks: FieldMask) -> FieldMask:
    """The fields of any of `masks`, normalized."""
    return FieldMask(paths=sorted(_paths(_tree(path for mask in masks for path in mask.paths))))


def intersection(left: FieldMask, right: FieldMask) -> FieldMask:
    """The fields of both masks, normalized."""
    return FieldMask(paths=sorted(_paths(_common(_tree(left.paths), _tree(right.paths)))))


def merge(
    mask: FieldMask, source: M, into: M, *, replace_messages: bool = False, replace_repeated: bool = False
) -> None:
    """Bring the fields of `mask` from `source` into `into`; what `into` gets is its own.

    A single value is replaced, by nothing where `source` has none. Lists and maps are added to, and messages merged,
    unless they are to be replaced. Raises ValueError for a path that the messages have not.
    """
    for path in mask.paths:
        _check(type(into), path)
    _merge(_tree(mask.paths), source, into, replace_messages, replace_repeated)


def _merge(tree: _Tree, source: Message, into: Message, messages: bool, repeated: bool) -> None:
    fields = _fields(type(into))
    for name, below in tree.items():
        field = fields[name]
        there, here = getattr(source, field.attribute), getattr(into, field.attribute)
        if isinstance(field.type, MessageType):
            if below and there is not None:
                here = field.type.message() if here is None else here
                _merge(below, there, here, messages, repeated)
            elif not below and (messages or there is None or here is None):
                here = copy.deepcopy(there)
            elif not below:
                merge_bytes(here, encode(there))
        elif isinstance(field.type, RepeatedType) and not repeated:
            here = _joined(field.type, here, copy.deepcopy(there))
        elif isinstance(field.type, ProtoMapType) and not repeated:
            here = here | copy.deepcopy(there)
        else:
            here = copy.deepcopy(there)
        if here is not None and field.oneof is not None:
            _clear_oneof(into, field)
        setattr(into, field.attribute, here)


def _joined(type_: RepeatedType, here: Iterable[Any], there: Iterable[Any]) -> list[Any] | array[Any]:
    items = [*here, *there]
    return array(ARRAYS[str(type_.element)], items) if type_.is_array else items


def _clear_oneof(message: Message, kept: MessageFieldDescription) -> None:
    for other in describe_message(type(message)).fields:
        if other.oneof == kept.oneof and other is not kept:
            setattr(message, other.attribute, None)


def _fields(cls: type[Message]) -> dict[str, MessageFieldDescription]:
    return {field.name: field for field in describe_message(cls).fields}


def _check(cls: type[Message], path: str) -> None:
    """Raise ValueError unless `path` is one of `cls`."""
    here: type[Message] | None = cls
    for name in path.split("."):
        field = None if here is None else _fields(here).get(name)
        if field is None:
            raise ValueError(f"{cls.__schema__[1]} has no path {path!r}")
        here = field.type.message if isinstance(field.type, MessageType) else None


def _tree(paths: Iterable[str]) -> _Tree:
    """`a.b`, `a.c` and `d` as {a: {b: {}, c: {}}, d: {}}; a path inside another one is dropped."""
    root: _Tree = {}
    for path in sorted(paths, key=lambda path: path.count(".")):  # so that what is meant whole comes first
        _add(root, path.split("."))
    return root


def _add(tree: _Tree, names: list[str]) -> None:
    for at, name in enumerate(names):
        if name in tree and not tree[name]:
            return
        tree = tree.setdefault(name, {})
        if at == len(names) - 1:
            tree.clear()


def _paths(tree: _Tree, before: str = "") -> list[str]:
    found: list[str] = []
    for name, below in tree.items():
        found += _paths(below, f"{before}{name}.") if below else [before + name]
    return found


def _common(left: _Tree, right: _Tree) -> _Tree:
    found: _Tree = {}
    for name in left.keys() & right.keys():
        if not left[name] or not right[name]:
            found[name] = left[name] or right[name]
        elif common := _common(left[name], right[name]):
            found[name] = common
    return found

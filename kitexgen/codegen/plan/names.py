"""IDL name to Python identifier: what has to be escaped, where, and how methods are spelled.

An escaped name carries one underscore more, at its end; the wire, JSON and reprs keep the IDL's name.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Collection, Iterable, Sequence

# Builtins that annotations of generated code are made of. A field, method or class of such a name would be taken
# for the type in every annotation of its scope (betterproto#53).
ANNOTATION_BUILTINS = frozenset(
    ("bool", "bytes", "dict", "float", "frozenset", "int", "list", "object", "set", "str", "super", "tuple")
)

# Classes of the builtins, for type checkers too: mypy takes `list[Warning]`, where it stands before the module's own
# `class Warning`, for a list of the builtin one. Those that newer Pythons add are here, so that all print the same.
BUILTIN_CLASSES = frozenset(
    (
        "PythonFinalizationError",
        "ellipsis",
        "function",
        *(name for name, value in vars(builtins).items() if isinstance(value, type)),
    )
)

# What every enum member answers to: a member of that name would hide it, or be refused by `enum`.
ENUM_ATTRIBUTES = frozenset((*dir(int), "is_integer", "mro", "name", "value"))

# What raising and catching need; a field of that name would replace it.
EXCEPTION_ATTRIBUTES = frozenset(name for name in dir(BaseException) if not name.startswith("__"))

# What `typing.Protocol` keeps on a class: a method of that name would be taken for it.
PROTOCOL_ATTRIBUTES = frozenset(("_abc_impl", "_is_protocol", "_is_runtime_protocol"))

# What clients have besides the methods of the IDL, and calls besides their parameters (runtime/client/client.py).
CLIENT_ATTRIBUTES = frozenset(("blocking", "close"))
CALL_SETTINGS = frozenset(("timeout",))
STREAM_SETTINGS = CALL_SETTINGS | {"receive_timeout"}

# What the runtime adds to clients begins so, and ends in no underscore.
_OURS = "_kx_"

_RECEIVERS = frozenset(("self", "cls"))
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_IDENTIFIER = re.compile(r"[^0-9A-Za-z_]")


def declared_name(name: str) -> str:
    """The module-level name of a declaration: a class, an alias or a constant."""
    return _escape(name, ANNOTATION_BUILTINS)


def attribute_name(name: str, taken: Collection[str] = ()) -> str:
    """The attribute and parameter for a field; `taken` are names that mean something else in its class."""
    return _escape(name, ANNOTATION_BUILTINS, _RECEIVERS, taken)


def attribute_names(names: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """`attribute_name` for each of the different `names`, where none may fall on another."""
    return settled_names(names, lambda name: attribute_name(name, taken), taken)


def settled_names(names: Sequence[str], spell: Callable[[str], str], taken: Collection[str] = ()) -> list[str]:
    """What `spell` makes of each of the different `names`, where none may fall on another, nor on one of `taken`: a
    name that had to be changed gives way to those that are as the IDL spells them, and then to earlier ones.
    """
    found: list[str] = []
    used = {name for name in names if spell(name) == name}.union(taken)
    for name in names:
        spelled = spell(name)
        if spelled != name:
            spelled = unused(spelled, used)
            used.add(spelled)
        found.append(spelled)
    return found


def enum_member_name(name: str) -> str:
    escaped = _escape(name, ENUM_ATTRIBUTES)
    # `_x_` is refused by `enum`; `_x__` is a name like any other.
    return escaped + "_" if len(escaped) > 2 and escaped[0] == "_" and escaped[-1] == "_" != escaped[-2] else escaped


def method_name(name: str, *, naming: str, taken: Collection[str] = ()) -> str:
    """What handlers and clients call a method: snake_case, or the IDL's spelling with `naming` "idl"."""
    spelled = name if naming == "idl" else snake_case(name)
    if spelled.startswith(_OURS):
        spelled += "_"
    return _escape(spelled, ANNOTATION_BUILTINS, _RECEIVERS, taken)


def module_name(text: str) -> str:
    """A Python module for an IDL file's stem or a service: `user-api.v1` gives `user_api_v1`. Lower case, so that a
    file system that does not tell `User.py` from `user.py` keeps both apart or shows the clash everywhere.
    """
    return package_part(text.lower())


def package_part(text: str) -> str:
    """One part of a namespace as a Python package; its case is the author's."""
    name = _NOT_IDENTIFIER.sub("_", text)
    return _escape(f"_{name}" if not name or name[0].isdigit() else name)


def snake_case(name: str) -> str:
    """`GetUser` gives `get_user`, `getHTTPUrl` gives `get_http_url`."""
    return _WORD_STARTS.sub("_", name).lower()


def pascal_case(name: str) -> str:
    """`getUser` and `get_user` give `GetUser`; inner capitals stay."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) or "_"


def unused(name: str, taken: Collection[str]) -> str:
    """`name`, with as many underscores after it as make it new."""
    while name in taken:
        name += "_"
    return name


def _escape(name: str, *reserved: Iterable[str]) -> str:
    if name.startswith("__"):
        # Python mangles `__x` inside classes, and keeps `__x__` for itself.
        name = "_" + name.lstrip("_")
    while keyword.iskeyword(name) or any(name in group for group in reserved):
        name += "_"
    return name

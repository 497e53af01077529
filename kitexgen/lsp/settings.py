"""What an editor may set: the initialisation options, and what `workspace/didChangeConfiguration` sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final, get_args

from kitexgen.driver.config import FieldIds

_FIELD_IDS: Final = get_args(FieldIds)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorSettings:
    """`include_dirs`, `strict` and `field_ids` are for files that no kitexgen.toml speaks for; folders are relative to
    that of the workspace. `debounce` is how many milliseconds of silence an analysis waits for. With
    `regenerate_on_save` None the project decides.
    """

    include_dirs: tuple[str, ...] = ()
    strict: bool = False
    field_ids: FieldIds = "auto"
    lint: bool = True
    debounce: int = 150
    hint_defaults: bool = True
    hint_ids: bool = True
    hint_enum_numbers: bool = True
    regenerate_on_save: bool | None = None


def settings_of(options: object) -> tuple[EditorSettings, tuple[str, ...]]:
    """The settings that JSON `options` give, and what is wrong with them: that is left as it is by default."""
    if options is None:
        return EditorSettings(), ()
    if not isinstance(options, Mapping):
        return EditorSettings(), ("the options of kitexgen must be an object",)
    settings = EditorSettings()
    faults: list[str] = []
    for key, value in options.items():
        name = _NAMES.get(key)
        if name is None:
            faults.append(f"there is no option `{key}`; there are {', '.join(_NAMES)}")
        elif not _is_right(name, value):
            faults.append(f"the option `{key}` cannot be {value!r}")
        else:
            change: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value}
            settings = replace(settings, **change)
    return settings, tuple(faults)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


_NAMES: Final = {_camel(each.name): each.name for each in fields(EditorSettings)}


def _is_right(name: str, value: object) -> bool:
    match name:
        case "include_dirs":
            return isinstance(value, list) and all(isinstance(each, str) and each for each in value)
        case "field_ids":
            return value in _FIELD_IDS
        case "debounce":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000
        case "regenerate_on_save":
            return value is None or isinstance(value, bool)
        case _:
            return isinstance(value, bool)

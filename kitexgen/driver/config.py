"""Settings of a project: `kitexgen.toml`, or `[tool.kitexgen]` in `pyproject.toml`, to one frozen Config.

Paths in a configuration file are relative to its folder. Flags override: `Config.with_flags`. This module stands on
the way of a run that has nothing to do, so what only a wrong file needs (`config_faults`) is imported when it is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from kitexgen.diagnostics.diagnostic import Diagnostic
    from kitexgen.source.file import SourceFile

FieldIds = Literal["auto", "apache", "thriftgo"]
Naming = Literal["python", "idl"]

# Tables of the tools beside the compiler, each read by its own (`tool_settings`).
TABLES = ("fmt", "lint", "breaking", "lsp")


class PluginSetting(NamedTuple):
    """A plugin that the project asks for. `command` is the program it is, empty for one that is found by its name;
    `out` the folder for its files, None for that of the generated code; `options` are for the plugin alone.
    """

    name: str
    command: tuple[str, ...] = ()
    out: str | None = None
    options: Mapping[str, Any] = {}


FILE_NAME = "kitexgen.toml"
_PYPROJECT = "pyproject.toml"


class Config(NamedTuple):
    """What a run is to do. Paths are relative to the current folder or absolute, with `/` between parts.

    `idl` may hold glob patterns when it comes from a file; `patterns` keeps them once they are expanded. `handler` is
    the handwritten file that gains the methods of the services, None when there is none to keep. `py_package` pairs an
    import path or a package of Protobuf with a dotted Python package; `py_packed` names fields, messages and packages
    of Protobuf. `is_whole` says that `idl` is all the project has: it comes from the configuration, not from the
    command line.
    """

    idl: tuple[str, ...] = ()
    out: str = "kitex_gen"
    include: tuple[str, ...] = ()
    strict: bool = False
    field_ids: FieldIds = "auto"
    naming: Naming = "python"
    keep_unknown_fields: bool = False
    handler: str | None = None
    plugins: tuple[PluginSetting, ...] = ()
    py_package: tuple[tuple[str, str], ...] = ()
    py_packed: tuple[str, ...] = ()
    is_whole: bool = False
    patterns: tuple[str, ...] = ()

    def with_flags(self, flags: Mapping[str, Any]) -> Config:
        """Every flag that was given (is not None, not empty) in place of the setting.

        `-I` goes before `include`; a plugin, and a name of `--py-package`, takes the place of the one of its name and
        leaves the others; `--py-packed` adds to what is there.
        """
        given = {key: value for key, value in flags.items() if value is not None and value != ()}
        if "include" in given:
            given["include"] = (*given["include"], *self.include)
        if "plugins" in given:
            asked = {plugin.name for plugin in given["plugins"]}
            kept = (plugin for plugin in self.plugins if plugin.name not in asked)
            given["plugins"] = (*kept, *given["plugins"])
        if "py_package" in given:
            given["py_package"] = tuple(sorted({**dict(self.py_package), **dict(given["py_package"])}.items()))
        if "py_packed" in given:
            given["py_packed"] = tuple(sorted({*self.py_packed, *given["py_packed"]}))
        return self._replace(**given)

    def moved(self, folder: str) -> Config:
        """These settings, written for a run in `folder`, for a run in the current folder."""

        def move(path: str) -> str:
            return path if os.path.isabs(path) else os.path.relpath(os.path.join(folder, path)).replace(os.sep, "/")

        return self._replace(
            idl=tuple(map(move, self.idl)),
            out=move(self.out),
            include=tuple(map(move, self.include)),
            handler=None if self.handler is None else move(self.handler),
            plugins=tuple(
                plugin._replace(out=None if plugin.out is None else move(plugin.out)) for plugin in self.plugins
            ),
        )


class ConfigFile(NamedTuple):
    """A configuration as found: `config` is what it says as far as it is right, `diagnostics` what is wrong.

    `source` is its text, as far as it could be read.
    """

    path: str
    config: Config
    source: SourceFile | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def find_config(start: str) -> str | None:
    """The nearest configuration from the folder `start` upwards.

    In one folder `kitexgen.toml` goes before `pyproject.toml`, which counts only with a table `[tool.kitexgen]`.
    """
    folder = start
    while True:
        own = os.path.join(folder, FILE_NAME)
        if os.path.isfile(own):
            return own
        pyproject = os.path.join(folder, _PYPROJECT)
        if os.path.isfile(pyproject) and _has_section(pyproject):
            return pyproject
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return None


def _has_section(pyproject: str) -> bool:
    try:
        import tomllib

        content = _read(pyproject)
        # The word is looked for first: parsing every pyproject.toml on the way up would cost milliseconds.
        return b"kitexgen" in content and "kitexgen" in tomllib.loads(content.decode()).get("tool", {})
    except (OSError, ValueError):
        # Not ours to complain about: whoever owns that file will hear of it from their own tools.
        return False


def read_config(path: str) -> ConfigFile:
    """Read and check the configuration at `path`. Whatever is wrong is a diagnostic, with its place where possible."""
    import tomllib

    try:
        content = _read(path)
        document = tomllib.loads(content.decode())
    except (OSError, ValueError) as error:
        from kitexgen.driver.config_faults import unreadable

        source, diagnostic = unreadable(path, error)
        return ConfigFile(path=path, config=Config(), source=source, diagnostics=(diagnostic,))
    settings: object = document
    is_shared = os.path.basename(path) == _PYPROJECT
    if is_shared:
        settings = document["tool"]["kitexgen"]
    config, faults = _checked(settings)
    if not faults:
        return ConfigFile(path=path, config=config)
    from kitexgen.driver.config_faults import explain_faults, table

    section = ("tool", "kitexgen") if is_shared else ()
    toml = table(path, content.decode(), section)
    diagnostics = explain_faults(toml, faults, (*known_keys(), *TABLES))
    return ConfigFile(path=path, config=config, source=toml.source, diagnostics=diagnostics)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


Fault = tuple[str, object, str | None]
"""A setting that cannot be used: key, value, and what that should have been (None: there is no such setting)."""


def known_keys() -> tuple[str, ...]:
    return tuple(_READERS)


def _checked(settings: object) -> tuple[Config, tuple[Fault, ...]]:
    if not isinstance(settings, dict):
        return Config(), (("kitexgen", settings, "a table"),)
    accepted: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, value in settings.items():
        if key in TABLES and isinstance(value, dict):
            continue
        if key in TABLES:
            faults.append((key, value, "a table"))
            continue
        if key not in _READERS:
            faults.append((key, value, None))
            continue
        read, wanted = _READERS[key]
        try:
            accepted[key] = read(value)
        except ValueError:
            faults.append((key, value, wanted))
    return Config(**accepted), tuple(faults)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_text(value),)
    return tuple(map(_text, value))


def _packages(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return tuple(sorted((key, python_package(package)) for key, package in value.items()))


def _names(value: object) -> tuple[str, ...]:
    return tuple(sorted(set(_texts(value))))


def python_package(value: object) -> str:
    """A dotted name that Python can import. Raises ValueError for anything else."""
    from keyword import iskeyword

    parts = _text(value).split(".")
    if not all(part.isidentifier() and not iskeyword(part) for part in parts):
        raise ValueError(value)
    return ".".join(parts)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _one_of(choices: tuple[str, ...]) -> tuple[Callable[[object], str], str]:
    def read(value: object) -> str:
        if value not in choices:
            raise ValueError(value)
        return str(value)

    return read, "one of " + ", ".join(f'"{choice}"' for choice in choices)


def _plugins(value: object) -> tuple[PluginSetting, ...]:
    if not isinstance(value, dict):
        raise ValueError(value)
    return tuple(_plugin(name, table) for name, table in value.items())


def _plugin(name: str, table: object) -> PluginSetting:
    if not isinstance(table, dict):
        raise ValueError(table)
    options = dict(table)
    command, out = options.pop("command", ()), options.pop("out", None)
    return PluginSetting(
        name=name,
        command=_texts(command) if command else (),
        out=None if out is None else _text(out),
        options=options,
    )


# How each setting is read, and what a wrong value is told it should have been.
_READERS: dict[str, tuple[Callable[[object], object], str]] = {
    "idl": (_texts, "a path or a list of paths"),
    "out": (_text, "a path"),
    "include": (_texts, "a path or a list of paths"),
    "strict": (_flag, "true or false"),
    "field_ids": _one_of(get_args(FieldIds)),
    "naming": _one_of(get_args(Naming)),
    "keep_unknown_fields": (_flag, "true or false"),
    "handler": (_text, "a path"),
    "plugins": (_plugins, "a table for each plugin, `[plugins.NAME]`, where `out` is a path and `command` a command"),
    "py_package": (_packages, "a table of Python packages by import path or by Protobuf package"),
    "py_packed": (_names, "a list of full names of Protobuf: fields, messages or packages"),
}

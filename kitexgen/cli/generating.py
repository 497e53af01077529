"""The flags that say how code is generated, for every command that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from kitexgen.cli.paths import FilePath
from kitexgen.driver.config import Naming, PluginSetting, python_package

_Command = TypeVar("_Command", bound=Callable[..., object])


def generating_options(command: _Command) -> _Command:
    """What to generate and where to; `generating_flags` makes settings of them."""
    for option in (
        click.option("--handler", metavar="FILE", type=FilePath(), help="Your handler: gains the methods it lacks."),
        click.option(
            "--py-package",
            multiple=True,
            metavar="NAME=PACKAGE",
            callback=_packages,
            help="Python package for a Protobuf package or import path; repeatable.",
        ),
        click.option(
            "--py-packed",
            multiple=True,
            metavar="NAME",
            help="Repeated numbers of this Protobuf field, message or package are arrays; repeatable.",
        ),
        click.option(
            "--template-dir",
            metavar="DIR",
            type=click.Path(file_okay=False, exists=True),
            help="Render your own Jinja templates too; short for -p templates:dir=DIR.",
        ),
        click.option(
            "-p",
            "--plugin",
            "plugins",
            metavar="NAME[:KEY=VALUE,...]",
            multiple=True,
            callback=_plugin_settings,
            shell_complete=_complete_plugin,
            help="Run a plugin too; repeatable. `kitexgen plugins` lists what is installed.",
        ),
        click.option(
            "--keep-unknown-fields/--drop-unknown-fields", default=None, help="Records keep fields they do not know."
        ),
        click.option(
            "--naming",
            type=click.Choice(get_args(Naming)),
            help="Methods in snake_case, or as the IDL spells them.",
        ),
        click.option("-o", "--out", metavar="DIR", type=FilePath(), help="Where the code goes; kitex_gen if not said."),
    ):
        command = option(command)
    return command


def generating_flags(flags: dict[str, Any]) -> dict[str, Any]:
    """`flags` as settings have them: `--template-dir` is a plugin."""
    template_dir = flags.pop("template_dir")
    if template_dir is not None:
        flags["plugins"] += (PluginSetting("templates", options={"dir": template_dir}),)
    return flags


def _complete_plugin(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from kitexgen.plugins.discover import available

    return [one.name for one in available() if one.name.startswith(incomplete)]


def _plugin_settings(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[PluginSetting, ...]:
    """`NAME:out=docs/api,title=Shop`: `out` and `command` as in kitexgen.toml, the rest is for the plugin."""
    settings = []
    for text in given:
        name, _, rest = text.partition(":")
        pairs = [pair.partition("=") for pair in rest.split(",") if pair]
        if not name or any(not separator or not key for key, separator, _ in pairs):
            raise click.BadParameter(f"{text!r} is not NAME or NAME:KEY=VALUE,...")
        options = {key: value for key, _, value in pairs}
        command, out = options.pop("command", None), options.pop("out", None)
        settings.append(PluginSetting(name, (command,) if command else (), out, options))
    return tuple(settings)


def _packages(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Each of `given`, `a/b.proto=c.d`, taken apart."""
    pairs = []
    for text in given:
        name, _, package = text.partition("=")
        try:
            pairs.append((name, python_package(package)))
        except ValueError as error:
            raise click.BadParameter(f"'{text}' is not NAME=PACKAGE, with a dotted Python package") from error
    return tuple(pairs)

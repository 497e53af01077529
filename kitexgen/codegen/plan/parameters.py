"""Parameters of a method, and what it returns, as signatures show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kitexgen.codegen.plan.names import CALL_SETTINGS, STREAM_SETTINGS, attribute_names
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.type_hints import type_hint
from kitexgen.schema.services import Method, Streaming


@dataclass(frozen=True, slots=True)
class Parameter:
    """`with_default` is how the parameter reads with its IDL default, None when it has none."""

    name: str
    hint: str
    with_default: str | None

    @property
    def plain(self) -> str:
        return f"{self.name}: {self.hint}"


def parameter_names(scope: Scope, method: Method, *, hidden: Iterable[str]) -> list[str]:
    """Python names of the parameters. `hidden` are names of the service's module that bodies of client methods use."""
    settings = STREAM_SETTINGS if method.streaming is Streaming.SERVER else CALL_SETTINGS
    taken = scope.symbols.class_names(method.arguments) | settings | frozenset(hidden)
    return attribute_names([each.name for each in method.arguments], taken)


def record_parameters(arguments: RecordPlan) -> tuple[Parameter, ...]:
    """The parameters that fill an arguments record."""
    return tuple(
        Parameter(field.attribute, field.annotation, None if field.default is None else field.parameter)
        for field in arguments.fields
    )


def plain_parameters(scope: Scope, method: Method, *, hidden: Iterable[str]) -> tuple[Parameter, ...]:
    """The parameters without defaults, for who is called with all of them."""
    names = parameter_names(scope, method, hidden=hidden)
    return tuple(
        Parameter(name, type_hint(scope, each.type, scope.field_type(each)), None)
        for name, each in zip(names, method.arguments, strict=True)
    )


def value_hint(scope: Scope, method: Method) -> str:
    """The hint of what the method returns, "None" for void."""
    result = method.result
    return "None" if result is None else type_hint(scope, result, scope.wire_type(result))

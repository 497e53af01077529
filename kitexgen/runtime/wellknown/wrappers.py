"""Wrappers (`Int64Value` and so on): messages of one value, from the time before fields could be optional."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from kitexgen.runtime.contract.wellknown.wrappers import (
    BoolValue,
    BytesValue,
    DoubleValue,
    FloatValue,
    Int32Value,
    Int64Value,
    StringValue,
    UInt32Value,
    UInt64Value,
)

IntValue = Int32Value | Int64Value | UInt32Value | UInt64Value
NumberValue = FloatValue | DoubleValue
Wrapper = IntValue | NumberValue | BoolValue | StringValue | BytesValue

I = TypeVar("I", Int32Value, Int64Value, UInt32Value, UInt64Value)  # noqa: E741 - as the others, by its letter
N = TypeVar("N", FloatValue, DoubleValue)


@overload
def wrap(cls: type[I], value: int | None) -> I | None: ...
@overload
def wrap(cls: type[N], value: float | None) -> N | None: ...
@overload
def wrap(cls: type[BoolValue], value: bool | None) -> BoolValue | None: ...
@overload
def wrap(cls: type[StringValue], value: str | None) -> StringValue | None: ...
@overload
def wrap(cls: type[BytesValue], value: bytes | None) -> BytesValue | None: ...
def wrap(cls: type[Any], value: object) -> object:
    """`value` in a wrapper of the class `cls`; None stays None, as a field with a wrapper in it has it."""
    return None if value is None else cls(value=value)


@overload
def unwrap(wrapper: None) -> None: ...
@overload
def unwrap(wrapper: IntValue) -> int: ...
@overload
def unwrap(wrapper: NumberValue) -> float: ...
@overload
def unwrap(wrapper: BoolValue) -> bool: ...
@overload
def unwrap(wrapper: StringValue) -> str: ...
@overload
def unwrap(wrapper: BytesValue) -> bytes: ...
def unwrap(wrapper: Wrapper | None) -> bool | float | str | bytes | None:
    """The value in `wrapper`; None stays None."""
    return None if wrapper is None else wrapper.value

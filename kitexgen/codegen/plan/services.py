"""ServicePlan: all that is printed of one service."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.records import RecordPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodPlan:
    """One method, as whole lines, indented: its MethodInfo, its member of the handler protocol, and how both clients
    call it.
    """

    info: str
    handler: str
    client: str
    blocking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlan:
    """One of the classes of a service: its first line and its docstring."""

    head: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """One service. `records` are arguments and results, method by method; `service_name` is the ServiceInfo constant,
    `info` its lines. `blocking_maker` is the client's method that makes a blocking one, `serve` the function that
    serves a handler.
    """

    protocol: ClassPlan
    client: ClassPlan
    blocking: ClassPlan
    service_name: str
    info: str
    records: tuple[RecordPlan, ...]
    methods: tuple[MethodPlan, ...]
    blocking_maker: str
    serve: str

"""Where something was declared, as generated code says it."""

from __future__ import annotations

from kitexgen.codegen.plan.literals import printable
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import Schema
from kitexgen.source.span import Span


def file_name(module: ModuleId) -> str:
    """The name of an IDL file without its folders, on one line: output is the same wherever a run starts."""
    return printable(module.path.rpartition("/")[2])


def source(schema: Schema, module: ModuleId, span: Span) -> str:
    """`user.thrift:14` for a span in that file."""
    return f"{file_name(module)}:{schema.module(module).line(span)}"

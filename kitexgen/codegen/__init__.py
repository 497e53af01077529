"""From schema to Python text; knows neither IDL, files nor flags."""

from kitexgen.codegen.generate import Generated, generate
from kitexgen.codegen.handlers import HandlerMethod, handler_methods, handler_skeleton
from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.output import OutputFile

__all__ = [
    "GenerateOptions",
    "Generated",
    "HandlerMethod",
    "OutputFile",
    "generate",
    "handler_methods",
    "handler_skeleton",
]

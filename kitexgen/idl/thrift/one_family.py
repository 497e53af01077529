"""Warnings for what only one of thriftgo and Apache Thrift can read, and errors for names neither should."""

from __future__ import annotations

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import APACHE, THRIFTGO, error, warning
from kitexgen.source.span import Span


def dotted_name(name: str, what: str, at: Span) -> Diagnostic:
    return error(
        "KX0131",
        f"{what} cannot have a dot in its name",
        at,
        hint=f"write `{name.replace('.', '_')}`; a dotted name refers to something of an included file",
    )


def boolean_name(name: str, what: str, at: Span) -> Diagnostic:
    return error("KX0132", f"`{name}` cannot be the name of {what}", at, hint=f"`{name}` is a constant of type bool")


def keyword_as_name(name: str, what: str, at: Span) -> Diagnostic:
    return warning(
        "KX0133",
        f"Apache Thrift refuses the keyword `{name}` as the name of {what}",
        at,
        hint="choose another name, or leave it if only thriftgo and kitexgen read this file",
        refused_by=APACHE,
    )


def separator_after_typedef(separator: str, at: Span) -> Diagnostic:
    return warning(
        "KX0140", f"thriftgo refuses the `{separator}` after a typedef", at, hint="delete it", refused_by=THRIFTGO
    )


def annotated_named_type(name: str, at: Span) -> Diagnostic:
    return warning(
        "KX0141",
        f"Apache Thrift refuses annotations on the use of a named type, here `{name}`",
        at,
        hint="annotate the field behind its name, or the declaration of the type",
        refused_by=APACHE,
    )


def bare_annotation(key: str, at: Span) -> Diagnostic:
    return warning(
        "KX0142",
        f"thriftgo refuses the annotation `{key}` without a value",
        at,
        hint=f'write `{key} = "1"`, which is what Apache Thrift makes of it',
        refused_by=THRIFTGO,
    )


def annotated_const(at: Span) -> Diagnostic:
    return warning(
        "KX0144", "Apache Thrift refuses annotations on a constant", at, hint="delete them", refused_by=APACHE
    )


def reference_field(at: Span) -> Diagnostic:
    return warning(
        "KX0145",
        "thriftgo refuses the `&` of a reference field",
        at,
        hint="it matters to C++ alone; a record may contain itself without it",
        refused_by=THRIFTGO,
    )


def xsd_word(word: str, at: Span) -> Diagnostic:
    return warning(
        "KX0146", f"thriftgo refuses `{word}`", at, hint="kitexgen ignores it too; delete it", refused_by=THRIFTGO
    )


def leading_cpp_type(at: Span) -> Diagnostic:
    return warning(
        "KX0147",
        "thriftgo refuses `cpp_type` between `list` and `<`",
        at,
        hint="put it behind the `>`",
        refused_by=THRIFTGO,
    )


def async_method(at: Span) -> Diagnostic:
    return warning("KX0148", "thriftgo refuses `async`", at, hint="write `oneway`", refused_by=THRIFTGO)


def uuid_type(at: Span) -> Diagnostic:
    return warning(
        "KX0149",
        "thriftgo does not know the type `uuid`",
        at,
        hint="Kitex peers cannot be generated from this file; use `string`, or `binary` for the 16 bytes",
        refused_by=THRIFTGO,
    )


def annotated_star_namespace(at: Span) -> Diagnostic:
    return warning(
        "KX0150",
        "Apache Thrift refuses annotations on the namespace `*`",
        at,
        hint="name a language in place of `*`",
        refused_by=APACHE,
    )

"""What is said of options: of their names, then of their values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import FieldDescriptor
from kitexgen.idl.proto.interpreted import option_name
from kitexgen.idl.proto.options.scalars import Misfit
from kitexgen.idl.proto.options.types import OptionType
from kitexgen.idl.proto.scopes import Miss
from kitexgen.idl.proto.symbols import Symbol
from kitexgen.idl.proto.tree import (
    AggregateNode,
    EntryNode,
    FloatNode,
    IdentifierNode,
    IntNode,
    KeyKind,
    KeyNode,
    ListNode,
    OptionPartNode,
    StringNode,
    ValueNode,
)
from kitexgen.source.span import Span

# What the options of each message stand on.
BEARERS: Final = {
    "google.protobuf.FileOptions": "files",
    "google.protobuf.MessageOptions": "messages",
    "google.protobuf.FieldOptions": "fields",
    "google.protobuf.OneofOptions": "oneofs",
    "google.protobuf.ExtensionRangeOptions": "extension ranges",
    "google.protobuf.EnumOptions": "enums",
    "google.protobuf.EnumValueOptions": "enum values",
    "google.protobuf.ServiceOptions": "services",
    "google.protobuf.MethodOptions": "methods",
}


def _owner(type: OptionType) -> str:
    return BEARERS.get(type.full_name, f"`{type.full_name}`")


def _meant(name: str, candidates: Iterable[str]) -> str | None:
    best = nearest(name, candidates)
    return f"did you mean `{best}`?" if best else None


# ---- names --------------------------------------------------------------------------------------------------------


def unknown_option(part: OptionPartNode, type: OptionType, elsewhere: Iterable[str]) -> Diagnostic:
    """`elsewhere` are the kinds of elements that do have an option of this name."""
    is_bearer = type.full_name in BEARERS
    hint = _meant(part.text, [name for name in type.fields if name != "uninterpreted_option"])
    others = " and ".join(elsewhere)
    if hint is None and others:
        hint = f"it is an option of {others}"
    elif hint is None and is_bearer:
        hint = f"an option of your own is written in parentheses: `({part.text})`"
    what = "have no option" if is_bearer else "has no field"
    return error("KX0750", f"{_owner(type)} {what} `{part.text}`", part.span, hint=hint)


def unknown_extension(
    name: str, at: Span, miss: Miss | Symbol, type: OptionType, candidates: Iterable[FieldDescriptor]
) -> Diagnostic:
    """`name` in parentheses or brackets means nothing, or, as a Symbol, something that is no field."""
    if isinstance(miss, Symbol):
        return error(
            "KX0752",
            f"`{name}` is {_with_article(miss.kind.value)}, no option",
            at,
            also=_declared(miss.span),
            hint="an option is declared as an extension, in `extend google.protobuf.…Options { … }`",
        )
    message = f"no option `({name})` is known here"
    if miss.hidden is not None:
        return error(
            "KX0751",
            message,
            at,
            also=_declared(miss.hidden.span),
            hint=f'it is declared in a file that is not imported: add `import "{miss.hidden.file}";`',
        )
    if miss.full_name is not None:
        return error(
            "KX0751",
            message,
            at,
            f"taken as `{miss.full_name}`",
            hint=f"the innermost scope with the first part of the name counts; write `(.{name})` to begin outermost",
        )
    found = nearest(name, [each.full_name for each in candidates] + [each.name for each in candidates])
    hint = (
        f"did you mean `({found})`?" if found else f"import the file that declares it as an extension of {_owner(type)}"
    )
    return error("KX0751", message, at, hint=hint)


def not_of_this_message(name: str, at: Span, field: FieldDescriptor, type: OptionType) -> Diagnostic:
    extendee = field.extendee if field.extendee is not None else field.full_name.rpartition(".")[0]
    return error(
        "KX0752",
        f"`({name})` belongs to {BEARERS.get(extendee, f'`{extendee}`')}, not to {_owner(type)}",
        at,
        also=_declared(field.name_span if field.node is not None else None),
    )


def reserved_option(part: OptionPartNode) -> Diagnostic:
    return error("KX0765", "`uninterpreted_option` is for the compiler's own use", part.span)


def set_twice(name: str, at: Span, first: Span) -> Diagnostic:
    return error("KX0753", f"`{name}` is set twice", at, also=(Label(first, "set here"),))


def not_a_message(name: str, at: Span, field: FieldDescriptor) -> Diagnostic:
    return error("KX0754", f"`{name}` has no parts: it is {_kind(field)}", at, hint=f"set it as a whole: `{name} = …`")


def parts_of_repeated(name: str, at: Span) -> Diagnostic:
    return error(
        "KX0755",
        f"`{name}` is repeated: its parts cannot be set one by one",
        at,
        hint=f"add one with all its parts: `{name} = {{ … }}`",
    )


def feature_of_this_file(name: str, at: Span, field: FieldDescriptor) -> Diagnostic:
    return error(
        "KX0774",
        f"the feature `{name}` cannot be used in the file that declares it",
        at,
        also=_declared(field.name_span if field.node is not None else None),
    )


# ---- values -------------------------------------------------------------------------------------------------------


def misfit(field: FieldDescriptor, node: ValueNode, why: Misfit) -> Diagnostic:
    name = option_name(field)
    if why.enum is not None:
        shown = node.text if isinstance(node, IdentifierNode | IntNode) else "…"
        return error(
            "KX0758",
            f"`{why.enum.full_name}` has no value `{shown}`",
            node.span,
            hint=_meant(shown, why.enum.values) or f"it has {_listed(list(why.enum.values))}",
        )
    if why.is_out_of_range:
        return error("KX0757", f"`{name}` takes {why.wanted}", node.span, "out of range")
    return error("KX0756", f"`{name}` takes {why.wanted}", node.span, f"{_described(node)}")


def needs_braces(field: FieldDescriptor, node: ValueNode) -> Diagnostic:
    name = option_name(field)
    hint = f"write `{name} = {{ field: value }}`, or set one part: `{name}.field = value`"
    return error("KX0756", f"`{name}` takes a message, `{field.type_name}`", node.span, _described(node), hint=hint)


def entry_needs_braces(key: KeyNode, type: str, node: ValueNode) -> Diagnostic:
    hint = f"write `{spelled(key)} {{ field: value }}`"
    return error("KX0756", f"`{spelled(key)}` takes a message, `{type}`", node.span, _described(node), hint=hint)


def unknown_entry(key: KeyNode, type: OptionType) -> Diagnostic:
    return error(
        "KX0760",
        f"`{type.full_name}` has no field `{key.name}`",
        key.span,
        hint=_meant(key.name, type.fields) or f"it has {_listed(list(type.fields))}",
    )


def leading_dot(key: KeyNode) -> Diagnostic:
    name = key.name.removeprefix(".")
    return error("KX0760", "a name in brackets begins with no dot", key.span, hint=f"write `[{name}]`")


def entry_twice(entry: EntryNode, first: Span) -> Diagnostic:
    return error("KX0761", f"`{entry.key.name}` is set twice", entry.key.span, also=(Label(first, "set here"),))


def two_of_oneof(entry: EntryNode, oneof: str, other: str, first: Span) -> Diagnostic:
    return error(
        "KX0761",
        f"`{entry.key.name}` and `{other}` are both of the oneof `{oneof}`",
        entry.key.span,
        also=(Label(first, f"`{other}` is set here"),),
        hint="a oneof holds one of its fields; delete the other",
    )


def list_of_singular(field: FieldDescriptor, node: ListNode) -> Diagnostic:
    return error("KX0763", f"`{option_name(field)}` is not repeated and takes no list", node.span)


def list_in_list(field: FieldDescriptor, node: ListNode) -> Diagnostic:
    return error("KX0763", f"the elements of `{option_name(field)}` are no lists", node.span)


def not_an_any(key: KeyNode, type: OptionType) -> Diagnostic:
    return error(
        "KX0762",
        f"`{type.full_name}` is no `google.protobuf.Any`, which alone holds a message of any type",
        key.span,
        hint="an extension is written without a `/`: `[package.extension]`",
    )


def unknown_url(key: KeyNode) -> Diagnostic:
    return error(
        "KX0762",
        f"`{key.prefix}/` is no prefix of types known here",
        key.span,
        hint=f"write `[type.googleapis.com/{key.name}]`",
    )


def unknown_any_type(key: KeyNode, miss: Miss | Symbol) -> Diagnostic:
    hint = None
    if isinstance(miss, Miss) and miss.hidden is not None:
        hint = f'it is declared in a file that is not imported: add `import "{miss.hidden.file}";`'
    return error("KX0762", f"no message `{key.name}` is known here", key.span, hint=hint)


def missing_required(type: str, names: Iterable[str], at: Span) -> Diagnostic:
    missing = _listed(list(names))
    return error("KX0764", f"this `{type}` lacks what is required: {missing}", at)


def too_deep(at: Span, most: int) -> Diagnostic:
    return error("KX0778", f"this option is nested more than {most} messages deep", at)


# ---- words --------------------------------------------------------------------------------------------------------


def _described(node: ValueNode) -> str:
    match node:
        case IdentifierNode():
            return "a word"
        case IntNode():
            return "a whole number"
        case FloatNode():
            return "a number"
        case StringNode():
            return "a literal"
        case AggregateNode():
            return "a message"
        case ListNode():
            return "a list"


def _kind(field: FieldDescriptor) -> str:
    return f"a `{field.type_name or field.type.name.lower()}`"


def _with_article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _declared(span: Span | None) -> tuple[Label, ...]:
    return () if span is None else (Label(span, "declared here"),)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:6])
    return shown + (", …" if len(names) > 6 else "") if names else "none"


def spelled(key: KeyNode) -> str:
    """A key as written."""
    if key.kind is KeyKind.FIELD:
        return key.name
    return f"[{key.prefix}/{key.name}]" if key.kind is KeyKind.ANY else f"[{key.name}]"

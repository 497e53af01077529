"""Diagnostics for what the grammar takes and protoc's parser refuses: by syntax, by place, by what else is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import error, warning
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.editions import EDITIONS, FUTURE_EDITIONS, NEWEST, SYNTAXES, Edition
from kitexgen.source.span import Span

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# ---- the head of a file -------------------------------------------------------------------------------------------


def unknown_syntax(keyword: str, value: t.StringNode) -> Diagnostic:
    known = [name for name in (EDITIONS if keyword == "edition" else SYNTAXES) if name != "UNSTABLE"]
    written = value.text
    hint = f"write one of {_quoted(known)}"
    if keyword == "syntax" and written in EDITIONS:
        hint = f'write `edition = "{written}";`'
    elif keyword == "edition" and written in SYNTAXES:
        hint = f'write `syntax = "{written}";`'
    elif keyword == "edition" and written in FUTURE_EDITIONS:
        hint = f"the newest edition is {NEWEST}"
    return error("KX0620", f"there is no {keyword} `{written}`", value.span, hint=hint)


def unstable_edition(at: Span) -> Diagnostic:
    return error(
        "KX0643",
        "edition UNSTABLE changes without notice, and is for Protobuf's own tests",
        at,
        hint=f'write `edition = "{NEWEST}";`',
    )


def obsolete_type(name: str, instead: str, at: Span) -> Diagnostic:
    return error("KX0643", f"edition UNSTABLE has no type `{name}`", at, hint=f"write `{instead}`")


def _quoted(words: Sequence[str]) -> str:
    return " or ".join(f'`"{word}"`' for word in words)


def late_syntax(node: t.SyntaxNode, first: object) -> Diagnostic:
    if isinstance(first, t.SyntaxNode) and first is not node:
        also = (Label(first.span, "said here"),)
        return error("KX0621", f"`{node.keyword}` may be said only once", node.span, also=also, hint="delete this line")
    return error(
        "KX0621",
        f"`{node.keyword}` must be the first statement of the file",
        node.span,
        hint="move it to the top; only comments may stand before it",
    )


def no_syntax(at: Span) -> Diagnostic:
    return warning(
        "KX0622",
        "the file does not say its syntax, so it is read as proto2",
        at,
        hint='begin it with `syntax = "proto3";`, or with `syntax = "proto2";` if that is what it is',
    )


def of_file(items: Iterable[t.FileItem], edition: Edition) -> Iterator[Diagnostic]:
    package: t.PackageNode | None = None
    option_import: t.ImportNode | None = None
    for item in items:
        if isinstance(item, t.PackageNode):
            if package is not None:
                also = (Label(package.span, "the first one"),)
                yield error("KX0623", "a file has one package", item.span, also=also, hint="delete one of them")
            package = package or item
        elif isinstance(item, t.ImportNode):
            if item.kind is t.ImportKind.OPTION:
                option_import = option_import or item
            yield from _of_import(item, edition, option_import)


def _of_import(node: t.ImportNode, edition: Edition, option_import: t.ImportNode | None) -> Iterator[Diagnostic]:
    at = node.modifier or node.span
    if node.kind is t.ImportKind.OPTION:
        if edition < Edition.E2024:
            yield error("KX0624", "`import option` needs edition 2024", at, hint="write a plain `import`")
        return
    if node.kind is t.ImportKind.WEAK and edition >= Edition.E2024:
        yield error("KX0624", "`import weak` is gone since edition 2024", at, hint="write a plain `import`")
    if option_import is not None and edition >= Edition.E2024:
        yield error(
            "KX0624",
            "this import must stand before every `import option`",
            node.span,
            also=(Label(option_import.span, "the first of those"),),
            hint="move it up",
        )


def unknown_import_kind(word: str, at: Span) -> Diagnostic:
    meant = nearest(word, ("public", "weak", "option"))
    hint = f"did you mean `{meant}`?" if meant else "delete it"
    return error("KX0624", f"no import is `{word}`", at, hint=hint)


def leading_dot(what: str, name: str, at: Span) -> Diagnostic:
    return error("KX0642", f"the name of {what} begins with no dot", at, hint=f"write `{name.lstrip('.')}`")


# ---- fields -------------------------------------------------------------------------------------------------------


def no_label(field: t.FieldNode | t.GroupNode) -> Diagnostic:
    return error(
        "KX0625",
        f"in proto2 the field `{field.name.text}` needs a label",
        field.type.span if isinstance(field, t.FieldNode) else field.keyword,
        hint='write `optional` or `repeated` before its type; in `syntax = "proto3"` none is needed',
    )


def label_in_editions(label: str, at: Span) -> Diagnostic:
    hint = "delete it: fields have presence unless `features.field_presence` says otherwise"
    if label == "required":
        hint = "write `[features.field_presence = LEGACY_REQUIRED]` behind the number"
    return error("KX0626", f"editions have no label `{label}`", at, hint=hint)


def label_in_oneof(label: t.Name) -> Diagnostic:
    hint = "delete it: a member of a oneof is optional by itself"
    if label.text == "repeated":
        hint = "put the repeated field into a message of its own, and that message here"
    return error("KX0627", f"a field of a oneof cannot be `{label.text}`", label.span, hint=hint)


def label_on_map(label: t.Name) -> Diagnostic:
    return error("KX0628", f"a map field cannot be `{label.text}`", label.span, hint="delete it")


def map_in_oneof(at: Span) -> Diagnostic:
    return error(
        "KX0628",
        "a map cannot stand in a oneof",
        at,
        hint="put the map into a message of its own, and that message here",
    )


def map_in_extend(at: Span) -> Diagnostic:
    return error(
        "KX0628",
        "an extension cannot be a map",
        at,
        hint="put the map into a message of its own, and extend with that",
    )


def group_in_editions(at: Span) -> Diagnostic:
    return error(
        "KX0629",
        "editions have no groups",
        at,
        hint="write a message and a field of it with `[features.message_encoding = DELIMITED]`",
    )


def group_name(name: t.Name) -> Diagnostic:
    meant = name.text[:1].upper() + name.text[1:]
    hint = f"write `{meant}`; the field is then called `{meant.lower()}`" if meant[0].isalpha() else None
    return error(
        "KX0629", f"the name of a group begins with a capital letter, unlike `{name.text}`", name.span, hint=hint
    )


def no_group_body(at: Span) -> Diagnostic:
    return error("KX0629", "a group has a body", at, hint="write its fields in `{ … }` behind the number")


def message_default(at: Span) -> Diagnostic:
    return error("KX0631", "a message has no default", at, hint="delete it")


def set_twice(name: str, at: Span, first: Span) -> Diagnostic:
    also = (Label(first, "the first one"),)
    return error("KX0632", f"`{name}` is set twice", at, also=also, hint="delete one of them")


def json_name_no_string(at: Span) -> Diagnostic:
    return error("KX0632", "`json_name` is a quoted string", at, hint='write `json_name = "…"`')


def no_parts_of(name: str, at: Span) -> Diagnostic:
    return error("KX0632", f"`{name}` has no parts", at, hint=f"write `{name} = …`")


def part_of_scalar(name: str, at: Span) -> Diagnostic:
    scalar = name.partition(".")[0]
    hint = f"write `.{name}` if a package or message is called `{scalar}`"
    return error("KX0642", f"`{scalar}` is a type of Protobuf and has no parts", at, hint=hint)


# ---- messages -----------------------------------------------------------------------------------------------------


def of_message(items: Iterable[object]) -> Iterator[Diagnostic]:
    for item in items:
        if not isinstance(item, t.OptionNode) or item.parts[0].is_extension or item.parts[0].text != "map_entry":
            continue
        yield error(
            "KX0636", "`map_entry` cannot be set", item.name_span, hint="write a field `map<KEY, VALUE> name = 1;`"
        )


def of_reserved_names(names: Sequence[t.Name], edition: Edition, *, is_string: bool) -> Iterator[Diagnostic]:
    if is_string and edition.is_editions:
        yield error(
            "KX0633",
            "in editions reserved names are written without quotes",
            names[0].span,
            hint=f"write `reserved {', '.join(name.text for name in names)};`",
        )
    elif not is_string and not edition.is_editions:
        shown = ", ".join(f'"{name.text}"' for name in names)
        yield error(
            "KX0633", "reserved names are quoted, except in editions", names[0].span, hint=f"write `reserved {shown};`"
        )
    for name in names if is_string else ():
        if not _IDENTIFIER.fullmatch(name.text):
            yield warning("KX0640", f"no field can be called `{name.text}`, so there is nothing to reserve", name.span)


def empty_oneof(name: t.Name) -> Diagnostic:
    return error("KX0634", f"the oneof `{name.text}` has no field", name.span, hint="add one, or delete the oneof")


def empty_extend(extendee: t.NamedTypeNode) -> Diagnostic:
    return error(
        "KX0634", f"this extends `{extendee.name}` with nothing", extendee.span, hint="add a field, or delete it"
    )


def stray_semicolon(at: Span) -> Diagnostic:
    return error("KX0616", "no empty statement may stand here", at, hint="delete this `;`")


def early_visibility(word: str, at: Span) -> Diagnostic:
    return error(
        "KX0637", f"`{word}` needs edition 2024", at, hint='delete it, or begin the file with `edition = "2024";`'
    )


def visibility_of_field(word: str, at: Span) -> Diagnostic:
    return error(
        "KX0637",
        f"only a message or an enum can be `{word}`",
        at,
        hint=f"delete it; for a type that is called `{word}` write `.{word}` with its package",
    )


# ---- enums and services -------------------------------------------------------------------------------------------


def of_enum(name: t.Name, items: Iterable[object], *, is_broken: bool) -> Iterator[Diagnostic]:
    """What protoc's parser asks of `allow_alias`: it must be true, and needed."""
    option: t.OptionNode | None = None
    numbers: set[int] = set()
    values = 0
    for item in items:
        if isinstance(item, t.OptionNode) and option is None and _is_allow_alias(item):
            option = item
        elif isinstance(item, t.EnumValueNode):
            values += 1
            numbers.add(item.number.value)
    if option is None or is_broken:
        return
    if not (isinstance(option.value, t.IdentifierNode) and option.value.text == "true"):
        yield error(
            "KX0635", "`allow_alias` can only be true", option.span, hint="delete this line: it changes nothing"
        )
    elif len(numbers) == values:
        yield error(
            "KX0635",
            f"no two values of `{name.text}` share a number, so `allow_alias` allows nothing",
            option.span,
            hint="delete this line",
        )


def _is_allow_alias(option: t.OptionNode) -> bool:
    return len(option.parts) == 1 and option.parts[0].text == "allow_alias" and not option.parts[0].is_extension


def no_message_type(name: str, at: Span) -> Diagnostic:
    wrapper = _WRAPPERS.get(name)
    hint = "declare a message with a field of that type"
    if wrapper:
        hint = (
            f"write `google.protobuf.{wrapper}` and import `google/protobuf/wrappers.proto`, or a message of your own"
        )
    return error("KX0638", f"a message is needed here, and `{name}` is none", at, hint=hint)


_WRAPPERS: Final = {
    "double": "DoubleValue",
    "float": "FloatValue",
    "int64": "Int64Value",
    "uint64": "UInt64Value",
    "int32": "Int32Value",
    "uint32": "UInt32Value",
    "bool": "BoolValue",
    "string": "StringValue",
    "bytes": "BytesValue",
}

# ---- text format --------------------------------------------------------------------------------------------------


def stray_separator(separator: str, at: Span) -> Diagnostic:
    return error("KX0641", f"no `{separator}` may stand here", at, hint="one `,` or `;` may follow an entry")


def no_colon(name: str, at: Span) -> Diagnostic:
    return error("KX0641", f"a `:` is missing before the value of `{name}`", at, hint="only messages need none")


def minus_before_word(word: str, at: Span) -> Diagnostic:
    return error("KX0641", f"`-` cannot stand before `{word}`", at, hint="only numbers, `inf` and `nan` have a sign")

"""What a file declares besides services: a section each."""

from __future__ import annotations

from kitexgen.plugins.docs.html import Content, Html, code, html, link, paragraphs, tag
from kitexgen.plugins.docs.places import Places
from kitexgen.plugins.docs.words import chips, reference, table, type_words, value_words
from kitexgen.schema.declarations import (
    Alias,
    Const,
    Enum,
    EnumMember,
    Extension,
    Field,
    Record,
    RecordKind,
    Requirement,
    Reserved,
)
from kitexgen.schema.ids import DeclId
from kitexgen.schema.module import Declaration

_PLAIN = Record | Enum | Alias | Const | Extension


def kind_word(declaration: Declaration) -> str:
    """What the IDL calls such a declaration."""
    match declaration:
        case Record():
            return declaration.kind.value
        case Enum():
            return "enum"
        case Alias():
            return "typedef"
        case Const():
            return "const"
        case Extension():
            return "extension"
    return "service"


def section(declaration: _PLAIN, places: Places) -> Html:
    """Heading, comment and details of one declaration."""
    id = declaration.id
    python = places.python_name(id)
    line = places.schema.module(id.module).line(declaration.name_span)
    return tag(
        "section",
        heading("h3", kind_word(declaration), id.name, id.name),
        tag("p", html("Python ", code(python), " · ") if python else None, f"line {line}", class_="origin"),
        paragraphs(declaration.doc),
        chips(
            declaration.annotations, () if isinstance(declaration, Alias | Const | Extension) else declaration.options
        ),
        _details(declaration, places),
        class_="declaration",
        id=id.name,
    )


def heading(level: str, kind: str, name: str, anchor: str) -> Html:
    mark = link("#", f"#{anchor}", class_="anchor", aria_label=f"Link to {name}")
    return tag(level, tag("span", kind, class_="kind"), " ", name, " ", mark)


def _details(declaration: _PLAIN, places: Places) -> Html:
    here = declaration.id.module
    match declaration:
        case Record():
            attributes = places.attributes(declaration.id)
            is_union = declaration.kind is RecordKind.UNION
            rows = fields(
                declaration.fields, attributes, places, declaration.id, prefix=declaration.id.name, is_union=is_union
            )
            return html(rows, _reserved(declaration.reserved))
        case Enum():
            attributes = places.attributes(declaration.id)
            members = [_member(member, attributes, declaration.id.name) for member in declaration.members]
            return html(table(("Number", "Name", "Python", "Description"), members), _reserved(declaration.reserved))
        case Alias():
            return tag("p", code(type_words(declaration.type, places, here)))
        case Const():
            return tag("p", code(type_words(declaration.type, places, here), " = ", value_words(declaration.value)))
        case Extension():
            of = tag("p", "Extends ", code(reference(declaration.extendee, places, here)))
            return html(of, fields((declaration.field,), {}, places, declaration.id, prefix=declaration.id.name))


def fields(
    given: tuple[Field, ...],
    attributes: dict[str, str],
    places: Places,
    owner: DeclId,
    *,
    prefix: str,
    is_union: bool = False,
) -> Html:
    """A table of fields or parameters of the declaration `owner`; `prefix` begins their anchors."""
    rows: list[tuple[Content, ...]] = []
    for field in given:
        anchor = f"{prefix}.{field.name}"
        number = f"{field.id} (not given)" if field.is_implicit else str(field.id)
        name = tag("span", code(field.name), id=anchor)
        default = None if field.default is None else code(value_words(field.default))
        python = attributes.get(field.name)
        said = html(paragraphs(field.doc), _oneof(field), chips(field.annotations, field.options))
        type = code(type_words(field.type, places, owner.module))
        rows.append(
            (number, name, type, None if is_union else _presence(field), default, python and code(python), said)
        )
    return table(("Id", "Name", "Type", "Presence", "Default", "Python", "Description"), rows)


def _presence(field: Field) -> str | None:
    words = {Requirement.REQUIRED: "required", Requirement.OPTIONAL: "optional"}
    return words.get(field.requirement)


def _oneof(field: Field) -> Html | None:
    return tag("p", "one of ", code(field.oneof), class_="note") if field.oneof else None


def _member(member: EnumMember, attributes: dict[str, str], owner: str) -> tuple[Content, ...]:
    said = html(paragraphs(member.doc), chips(member.annotations, member.options))
    name = tag("span", code(member.name), id=f"{owner}.{member.name}")
    return str(member.number), name, code(attributes.get(member.name, member.name)), said


def _reserved(reserved: Reserved) -> Html | None:
    parts = [str(low) if low == high else f"{low} to {high}" for low, high in reserved.ranges]
    parts += reserved.names
    return tag("p", "Reserved: ", ", ".join(parts), class_="note") if parts else None

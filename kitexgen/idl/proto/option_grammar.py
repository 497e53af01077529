"""The productions of options: their names, their values, and the text format of those that are messages."""

from __future__ import annotations

from kitexgen.idl.lalr import Action, Production, rule
from kitexgen.idl.proto.node_maker import Items

# ---- options ------------------------------------------------------------------------------------------------------


@rule("option : OPTION option_name '=' option_value ';'")
def option(p: Production) -> None:
    p[0] = p.parser.actor.option(p[1], p[2], p[4], p[5])


@rule("assignment : option_name '=' option_value")
def assignment(p: Production) -> None:
    p[0] = p.parser.actor.assignment(p[1], p[3])


@rule("brackets : '[' assignments ']'")
def brackets(p: Production) -> None:
    p[0] = p.parser.actor.brackets(p[1], p[2], p[3])


@rule("option_name : path")
def option_name(p: Production) -> None:
    p[0] = p.parser.actor.first_parts(p[1])


@rule("option_name : '(' path ')'")
def extension_name(p: Production) -> None:
    p[0] = [p.parser.actor.extension_part(p[1], p[2], p[3])]


@rule("option_name : option_name PATH")
def option_name_on(p: Production) -> None:
    p[1].extend(p.parser.actor.plain_parts(p[2]))
    p[0] = p[1]


@rule("option_name : option_name '.' '(' path ')'")
def extension_name_on(p: Production) -> None:
    p[1].append(p.parser.actor.extension_part(p[3], p[4], p[5]))
    p[0] = p[1]


@rule(
    """
    option_value : scalar
                 | aggregate
    text_value : text_scalar
               | message_value
               | list
    message_value : aggregate
                  | angled
    """
)
def any_value(p: Production) -> None:
    p[0] = p[1]


@rule(
    """
    scalar : NAME
           | INT
           | FLOAT
    """
)
def scalar(p: Production) -> None:
    p[0] = p.parser.actor.scalar(None, p[1])


@rule(
    """
    scalar : '-' NAME
           | '-' INT
           | '-' FLOAT
    """
)
def negative(p: Production) -> None:
    p[0] = p.parser.actor.scalar(p[1], p[2])


@rule(
    """
    text_scalar : NAME
                | INT
                | FLOAT
    """
)
def text_scalar(p: Production) -> None:
    p[0] = p.parser.actor.scalar(None, p[1], in_text=True)


@rule(
    """
    text_scalar : '-' NAME
                | '-' INT
                | '-' FLOAT
    """
)
def negative_text_scalar(p: Production) -> None:
    p[0] = p.parser.actor.scalar(p[1], p[2], in_text=True)


@rule(
    """
    scalar : strings
    text_scalar : strings
    """
)
def string(p: Production) -> None:
    p[0] = p.parser.actor.string(p[1])


@rule("strings : STRING")
def first_string(p: Production) -> None:
    p[0] = [p[1]]


@rule("strings : strings STRING")
def next_string(p: Production) -> None:
    p[1].append(p[2])
    p[0] = p[1]


# ---- text format --------------------------------------------------------------------------------------------------


@rule(
    """
    aggregate : '{' entries '}'
    angled : '<' entries '>'
    """
)
def aggregate(p: Production) -> None:
    p[0] = p.parser.actor.aggregate(p[1], p[2], p[3])


@rule(
    """
    aggregate : '{' '}'
    angled : '<' '>'
    """
)
def empty_aggregate(p: Production) -> None:
    p[0] = p.parser.actor.aggregate(p[1], Items(), p[2])


@rule("entries : entry")
def first_entry(p: Production) -> None:
    p[0] = Items([p[1]])
    p[0].is_separable = True


@rule("entries : entries entry")
def add_entry(p: Production) -> None:
    p[1].append(p[2])
    p[1].is_separable = True
    p[0] = p[1]


@rule(
    """
    entries : entries ','
            | entries ';'
    """
)
def separate_entries(p: Production) -> None:
    p.parser.actor.separate(p[1], p[2])
    p[0] = p[1]


@rule("entry : key ':' text_value")
def entry(p: Production) -> None:
    p[0] = p.parser.actor.entry(p[1], p[3])


@rule(
    """
    entry : key message_value
          | key list
    """
)
def entry_without_colon(p: Production) -> None:
    p[0] = p.parser.actor.entry_without_colon(p[1], p[2])


@rule("key : key_word")
def key(p: Production) -> None:
    p[0] = p.parser.actor.key(p[1])


@rule("key : '[' path ']'")
def extension_key(p: Production) -> None:
    p[0] = p.parser.actor.extension_key(p[1], p[2], p[3])


@rule("key : URL")
def any_key(p: Production) -> None:
    p[0] = p.parser.actor.any_key(p[1])


@rule("list : '[' ']'")
def empty_list(p: Production) -> None:
    p[0] = p.parser.actor.list([], p[1], p[2])


@rule("list : '[' list_items ']'")
def list_(p: Production) -> None:
    p[0] = p.parser.actor.list(p[2], p[1], p[3])


OPTION_RULES: tuple[Action, ...] = (
    option,
    assignment,
    brackets,
    option_name,
    extension_name,
    option_name_on,
    extension_name_on,
    any_value,
    scalar,
    negative,
    text_scalar,
    negative_text_scalar,
    string,
    first_string,
    next_string,
    aggregate,
    empty_aggregate,
    first_entry,
    add_entry,
    separate_entries,
    entry,
    entry_without_colon,
    key,
    extension_key,
    any_key,
    empty_list,
    list_,
)

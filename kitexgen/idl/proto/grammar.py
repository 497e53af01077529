"""The productions of Protobuf: proto2, proto3 and editions. Each builds the tree as written.

After protoc's `compiler/parser.cc`; the text format of option values, which protoc reads later, is part of it. What
one syntax has and another has not is told apart by the builder, so that the message can say so.
"""

from __future__ import annotations

from functools import cache

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl import lalr
from kitexgen.idl.lalr import Production, recovered, rule
from kitexgen.idl.proto.builder import TreeBuilder
from kitexgen.idl.proto.keywords import STATEMENT_WORDS
from kitexgen.idl.proto.lexer import lex
from kitexgen.idl.proto.node_maker import Items
from kitexgen.idl.proto.option_grammar import OPTION_RULES
from kitexgen.idl.proto.recovery import ProtoRecovery
from kitexgen.idl.proto.terminals import ProtoTerminals
from kitexgen.idl.proto.tree import FileNode

TERMINALS = (
    *("NAME", "PATH", "INT", "FLOAT", "STRING"),
    *dict.fromkeys(STATEMENT_WORDS.values()),
    *("URL", "VISIBILITY", "MAP", "STREAM", "RETURNS", "TO", "MAX"),
)


def parse(text: str, path: str) -> tuple[FileNode, tuple[Diagnostic, ...]]:
    """The tree of `text` and all that is wrong with it, in the order of the text. Never raises."""
    lexed = lex(text, path)
    builder = TreeBuilder(text, path, lexed)
    terminals = ProtoTerminals(text, lexed)
    items = _parser().parse(terminals.next, builder, ProtoRecovery(path, terminals, builder))
    return builder.file(items), builder.findings()


@cache
def _parser() -> lalr.Parser:
    return lalr.build("file", TERMINALS, RULES, eager=True)


# ---- lists that recover -------------------------------------------------------------------------------------------


@rule(
    """
    file :
    message_items :
    oneof_items :
    extend_items :
    enum_items :
    service_items :
    method_items :
    """
)
def start_list(p: Production) -> None:
    p[0] = Items()


@rule(
    """
    file : file file_item
    message_items : message_items message_item
    enum_items : enum_items enum_item
    service_items : service_items service_item
    method_items : method_items option
    oneof_items : oneof_items option
    """
)
def add_to_list(p: Production) -> None:
    if p[2] is not None:
        p[1].append(p[2])
    p[0] = p[1]


@rule(
    """
    message_items : message_items field
                  | message_items group
    extend_items : extend_items field
                 | extend_items group
                 | extend_items word_field
                 | extend_items option_field
    """
)
def add_field(p: Production) -> None:
    if p[2] is not None and p.parser.actor.keeps(p[2]):
        p[1].append(p[2])
    p[0] = p[1]


@rule(
    """
    oneof_items : oneof_items field
                | oneof_items group
                | oneof_items word_field
    """
)
def add_member(p: Production) -> None:
    if p[2] is not None:
        p.parser.actor.check_member(p[2])
        p[1].append(p[2])
    p[0] = p[1]


@rule(
    """
    file : file ';'
    message_items : message_items ';'
    enum_items : enum_items ';'
    service_items : service_items ';'
    method_items : method_items ';'
    """
)
def empty_statement(p: Production) -> None:
    p.parser.actor.empty_statement(p[2])
    p[0] = p[1]


@rule(
    """
    oneof_items : oneof_items ';'
    extend_items : extend_items ';'
    """
)
def stray_semicolon(p: Production) -> None:
    p.parser.actor.stray_semicolon(p[2])
    p[0] = p[1]


@rule(
    """
    file : file error
    message_items : message_items error
    oneof_items : oneof_items error
    extend_items : extend_items error
    enum_items : enum_items error
    service_items : service_items error
    method_items : method_items error
    """
)
def recover_list(p: Production) -> None:
    recovered(p)
    p.parser.actor.drop()
    p[1].is_broken = True
    p[0] = p[1]


@rule(
    """
    file_item : syntax
              | import
              | package
              | option
              | definition
              | extend
              | service
    message_item : definition
                 | oneof
                 | extensions
                 | reserved
                 | extend
                 | option
    enum_item : value
              | reserved
              | option
    service_item : method
                 | option
    definition : message
               | enum
    """
)
def item(p: Production) -> None:
    p[0] = p[1]


# ---- the head of a file -------------------------------------------------------------------------------------------


@rule("syntax : SYNTAX '=' strings ';'")
def syntax(p: Production) -> None:
    p[0] = p.parser.actor.syntax(p[1], p[3], p[4])


@rule("import : IMPORT strings ';'")
def import_(p: Production) -> None:
    p[0] = p.parser.actor.import_(p[1], None, p[2], p[3])


@rule("import : IMPORT NAME strings ';'")
def import_modified(p: Production) -> None:
    p[0] = p.parser.actor.import_(p[1], p[2], p[3], p[4])


@rule("package : PACKAGE path ';'")
def package(p: Production) -> None:
    p[0] = p.parser.actor.package(p[1], p[2], p[3])


# ---- messages -----------------------------------------------------------------------------------------------------


@rule("message : MESSAGE NAME '{' message_items '}'")
def message(p: Production) -> None:
    p[0] = p.parser.actor.message(None, p[1], p[2], p[3], p[4], p[5])


@rule("message : VISIBILITY MESSAGE NAME '{' message_items '}'")
def visible_message(p: Production) -> None:
    p[0] = p.parser.actor.message(p[1], p[2], p[3], p[4], p[5], p[6])


@rule(
    """
    field : LABEL type NAME '=' INT ';'
          | LABEL type NAME '=' INT brackets ';'
    """
)
def labelled_field(p: Production) -> None:
    brackets, end = (None, p[6]) if len(p) == 7 else (p[6], p[7])
    p[0] = p.parser.actor.field(p[1], p[2], p[3], p[5], brackets, end)


@rule(
    """
    field : type NAME '=' INT ';'
          | type NAME '=' INT brackets ';'
    word_field : word_type NAME '=' INT ';'
               | word_type NAME '=' INT brackets ';'
    option_field : option_type NAME '=' INT ';'
                 | option_type NAME '=' INT brackets ';'
    """
)
def field(p: Production) -> None:
    brackets, end = (None, p[5]) if len(p) == 6 else (p[5], p[6])
    p[0] = p.parser.actor.field(None, p[1], p[2], p[4], brackets, end)


@rule(
    """
    group : LABEL GROUP NAME '=' INT body
          | LABEL GROUP NAME '=' INT brackets body
    """
)
def labelled_group(p: Production) -> None:
    brackets, body = (None, p[6]) if len(p) == 7 else (p[6], p[7])
    p[0] = p.parser.actor.group(p[1], p[2], p[3], p[5], brackets, body)


@rule(
    """
    group : GROUP NAME '=' INT body
          | GROUP NAME '=' INT brackets body
    """
)
def group(p: Production) -> None:
    brackets, body = (None, p[5]) if len(p) == 6 else (p[5], p[6])
    p[0] = p.parser.actor.group(None, p[1], p[2], p[4], brackets, body)


@rule("body : '{' message_items '}'")
def body(p: Production) -> None:
    p[0] = (p[1], p[2], p[3])


@rule("body : ';'")
def no_body(p: Production) -> None:
    p[0] = p.parser.actor.no_body(p[1])


@rule("oneof : ONEOF NAME '{' oneof_items '}'")
def oneof(p: Production) -> None:
    p[0] = p.parser.actor.oneof(p[1], p[2], p[3], p[4], p[5])


@rule("extend : EXTEND path '{' extend_items '}'")
def extend(p: Production) -> None:
    p[0] = p.parser.actor.extend(p[1], p[2], p[3], p[4], p[5])


@rule(
    """
    extensions : EXTENSIONS ranges ';'
               | EXTENSIONS ranges brackets ';'
    """
)
def extensions(p: Production) -> None:
    brackets, end = (None, p[3]) if len(p) == 4 else (p[3], p[4])
    p[0] = p.parser.actor.extensions(p[1], p[2], brackets, end)


@rule(
    """
    reserved : RESERVED ranges ';'
             | RESERVED string_list ';'
             | RESERVED name_list ';'
    """
)
def reserved(p: Production) -> None:
    p[0] = p.parser.actor.reserved(p[1], p[2], p[3])


@rule(
    """
    ranges : range
    string_list : strings
    name_list : NAME
    assignments : assignment
    list_items : text_value
    """
)
def first(p: Production) -> None:
    p[0] = [p[1]]


@rule(
    """
    ranges : ranges ',' range
    string_list : string_list ',' strings
    name_list : name_list ',' NAME
    assignments : assignments ',' assignment
    list_items : list_items ',' text_value
    """
)
def next_(p: Production) -> None:
    p[1].append(p[3])
    p[0] = p[1]


@rule("range : integer")
def single(p: Production) -> None:
    p[0] = p.parser.actor.range(p[1], None)


@rule(
    """
    range : integer TO integer
          | integer TO max
    """
)
def range_(p: Production) -> None:
    p[0] = p.parser.actor.range(p[1], p[3])


@rule("max : MAX")
def max_(p: Production) -> None:
    p[0] = p.parser.actor.max(p[1])


@rule("integer : INT")
def integer(p: Production) -> None:
    p[0] = p.parser.actor.integer(None, p[1])


@rule("integer : '-' INT")
def negative_integer(p: Production) -> None:
    p[0] = p.parser.actor.integer(p[1], p[2])


# ---- enums --------------------------------------------------------------------------------------------------------


@rule("enum : ENUM NAME '{' enum_items '}'")
def enum(p: Production) -> None:
    p[0] = p.parser.actor.enum(None, p[1], p[2], p[3], p[4], p[5])


@rule("enum : VISIBILITY ENUM NAME '{' enum_items '}'")
def visible_enum(p: Production) -> None:
    p[0] = p.parser.actor.enum(p[1], p[2], p[3], p[4], p[5], p[6])


@rule(
    """
    value : NAME '=' integer ';'
          | NAME '=' integer brackets ';'
          | value_word '=' integer ';'
          | value_word '=' integer brackets ';'
    """
)
def value(p: Production) -> None:
    brackets, end = (None, p[4]) if len(p) == 5 else (p[4], p[5])
    p[0] = p.parser.actor.value(p[1], p[3], brackets, end)


# ---- services -----------------------------------------------------------------------------------------------------


@rule("service : SERVICE NAME '{' service_items '}'")
def service(p: Production) -> None:
    p[0] = p.parser.actor.service(p[1], p[2], p[3], p[4], p[5])


@rule("method : RPC NAME '(' method_type ')' RETURNS '(' method_type ')' ';'")
def method(p: Production) -> None:
    p[0] = p.parser.actor.method(p[1], p[2], p[4], p[8], p[10], None, None)


@rule("method : RPC NAME '(' method_type ')' RETURNS '(' method_type ')' '{' method_items '}'")
def method_with_options(p: Production) -> None:
    p[0] = p.parser.actor.method(p[1], p[2], p[4], p[8], p[10], p[11], p[12])


@rule(
    """
    method_type : path
                | STREAM path
    """
)
def method_type(p: Production) -> None:
    p[0] = p.parser.actor.method_type(p[1], p[2]) if len(p) > 2 else p.parser.actor.method_type(None, p[1])


# ---- types and words ----------------------------------------------------------------------------------------------


@rule(
    """
    type : NAME
         | PATH
         | head_word
         | head_word PATH
    word_type : item_word
              | item_word PATH
    option_type : OPTION
                | OPTION PATH
    """
)
def type_(p: Production) -> None:
    p[0] = p.parser.actor.type(p[1], p[2] if len(p) > 2 else None)


@rule("type : MAP '<' path ',' path '>'")
def map_type(p: Production) -> None:
    p[0] = p.parser.actor.map_type(p[1], p[3], p[5], p[6])


@rule(
    """
    path : NAME
         | PATH
    head_word : SYNTAX
              | IMPORT
              | PACKAGE
              | SERVICE
              | RPC
    item_word : MESSAGE
              | ENUM
              | EXTEND
              | ONEOF
              | EXTENSIONS
              | RESERVED
    value_word : head_word
               | item_label
    item_label : MESSAGE
               | ENUM
               | EXTEND
               | ONEOF
               | EXTENSIONS
               | LABEL
               | GROUP
    key_word : NAME
             | value_word
             | OPTION
             | RESERVED
             | VISIBILITY
             | MAP
             | STREAM
             | RETURNS
             | TO
             | MAX
    """
)
def word(p: Production) -> None:
    p[0] = p[1]


RULES: tuple[lalr.Action, ...] = (
    start_list,
    add_to_list,
    add_field,
    add_member,
    empty_statement,
    stray_semicolon,
    recover_list,
    item,
    syntax,
    import_,
    import_modified,
    package,
    message,
    visible_message,
    labelled_field,
    field,
    labelled_group,
    group,
    body,
    no_body,
    oneof,
    extend,
    extensions,
    reserved,
    first,
    next_,
    single,
    range_,
    max_,
    integer,
    negative_integer,
    enum,
    visible_enum,
    value,
    service,
    method,
    method_with_options,
    method_type,
    type_,
    map_type,
    word,
    *OPTION_RULES,
)

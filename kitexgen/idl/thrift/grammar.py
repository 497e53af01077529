"""The productions of Thrift. Each builds the tree as written; no name is looked up and no file read.

What only one of thriftgo and Apache Thrift takes is taken too, with a warning that names the other. Who takes what:
thriftgo's `parser/thrift.peg` and Apache 0.25's `thrifty.yy`.
"""

from __future__ import annotations

from functools import cache

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl import lalr
from kitexgen.idl.lalr import Production, recovered, rule
from kitexgen.idl.thrift.builder import Items, TreeBuilder
from kitexgen.idl.thrift.keywords import KEYWORDS
from kitexgen.idl.thrift.lexer import lex
from kitexgen.idl.thrift.recovery import ThriftRecovery
from kitexgen.idl.thrift.terminals import ThriftTerminals
from kitexgen.idl.thrift.tree import DocumentNode

TERMINALS = ("NAME", "INT", "DOUBLE", "LITERAL", *dict.fromkeys(KEYWORDS.values()))


def parse(text: str, path: str) -> tuple[DocumentNode, tuple[Diagnostic, ...]]:
    """The tree of `text` and all that is wrong with it, in the order of the text. Never raises."""
    lexed = lex(text, path)
    builder = TreeBuilder(text, path, lexed)
    terminals = ThriftTerminals(text, lexed)
    items = _parser().parse(terminals.next, builder, ThriftRecovery(path, terminals, builder))
    return builder.document(items), builder.findings()


@cache
def _parser() -> lalr.Parser:
    return lalr.build("document", TERMINALS, RULES)


# ---- lists that recover -------------------------------------------------------------------------------------------


@rule(
    """
    document :
    record_fields :
    arguments :
    members :
    methods :
    annotation_items :
    value_items :
    map_items :
    """
)
def start_list(p: Production) -> None:
    p[0] = Items()


@rule(
    """
    document : document header
             | document definition
    record_fields : record_fields field
    arguments : arguments field
    members : members member
    methods : methods method
    annotation_items : annotation_items annotation
    value_items : value_items value
    map_items : map_items map_entry
    """
)
def add_to_list(p: Production) -> None:
    p[1].add(p[2])
    p[0] = p[1]


@rule(
    """
    document : document separator
    record_fields : record_fields separator
    arguments : arguments separator
    members : members separator
    methods : methods separator
    annotation_items : annotation_items separator
    value_items : value_items separator
    map_items : map_items separator
    """
)
def separate_list(p: Production) -> None:
    p.parser.actor.separate(p[1], p[2])
    p[0] = p[1]


@rule(
    """
    document : document error
    record_fields : record_fields error
    arguments : arguments error
    members : members error
    methods : methods error
    annotation_items : annotation_items error
    """
)
def recover_list(p: Production) -> None:
    recovered(p)
    p.parser.actor.is_patching = False
    p[1].is_separable = True
    p[0] = p[1]


@rule("document : document separator '(' annotation_items ')'")
def annotate_const(p: Production) -> None:
    """thriftgo reads `const i32 X = 1; (a = "b")`."""
    p.parser.actor.separate(p[1], p[2])
    p.parser.actor.annotate_last(p[1], p[3], p[4].items, p[5])
    p[0] = p[1]


@rule(
    """
    separator : ','
              | ';'
    """
)
def separator(p: Production) -> None:
    p[0] = p[1]


# ---- headers ------------------------------------------------------------------------------------------------------


@rule(
    """
    header : INCLUDE LITERAL
           | CPP_INCLUDE LITERAL
    """
)
def include(p: Production) -> None:
    p[0] = p.parser.actor.include(p[1], p[2])


@rule("header : NAMESPACE scope NAME annotations")
def namespace(p: Production) -> None:
    p[0] = p.parser.actor.namespace(p[1], p[2], p[3], p[4])


@rule(
    """
    scope : NAME
          | '*'
    """
)
def scope(p: Production) -> None:
    p[0] = p[1]


# ---- definitions --------------------------------------------------------------------------------------------------


@rule("definition : CONST type NAME '=' value annotations")
def const(p: Production) -> None:
    p[0] = p.parser.actor.const(p[1], p[2], p[3], p[5], p[6])


@rule("definition : TYPEDEF type NAME annotations")
def typedef(p: Production) -> None:
    p[0] = p.parser.actor.typedef(p[1], p[2], p[3], p[4])


@rule("definition : ENUM NAME '{' members '}' annotations")
def enum(p: Production) -> None:
    p[0] = p.parser.actor.enum(p[1], p[2], p[4], p[5], p[6])


@rule("member : NAME number annotations")
def member(p: Production) -> None:
    p[0] = p.parser.actor.member(p[1], p[2], p[3])


@rule(
    """
    number :
           | '=' INT
    """
)
def number(p: Production) -> None:
    p[0] = p.parser.actor.integer(p[2], in_enum=True) if len(p) > 1 else None


@rule("definition : RECORD NAME xsd_all '{' record_fields '}' annotations")
def record(p: Production) -> None:
    p[0] = p.parser.actor.record(p[1], p[2], p[3], p[5], p[6], p[7])


@rule("field : field_id requirement type reference NAME default xsd annotations")
def field(p: Production) -> None:
    p[0] = p.parser.actor.field(p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8])


@rule(
    """
    field_id :
             | INT ':'
    """
)
def field_id(p: Production) -> None:
    p[0] = p.parser.actor.integer(p[1], is_id=True) if len(p) > 1 else None


@rule(
    """
    requirement :
                | REQUIREMENT
    reference :
              | '&'
    xsd_all :
            | XSD_ALL
    xsd_optional :
                 | XSD_OPTIONAL
    xsd_nillable :
                 | XSD_NILLABLE
    oneway :
           | ONEWAY
    """
)
def optional_word(p: Production) -> None:
    p[0] = p[1] if len(p) > 1 else None


@rule(
    """
    default :
            | '=' value
    extends :
            | EXTENDS NAME
    cpp_type :
             | CPP_TYPE LITERAL
    """
)
def optional_pair(p: Production) -> None:
    p[0] = p[2] if len(p) > 1 else None


@rule("xsd : xsd_optional xsd_nillable xsd_attributes")
def xsd(p: Production) -> None:
    p[0] = p.parser.actor.xsd_words(p[1], p[2], p[3])


@rule(
    """
    xsd_attributes :
                   | XSD_ATTRS '{' record_fields '}'
    """
)
def xsd_attributes(p: Production) -> None:
    p[0] = (p[1], p[4]) if len(p) > 1 else None


@rule("definition : SERVICE NAME extends '{' methods '}' annotations")
def service(p: Production) -> None:
    p[0] = p.parser.actor.service(p[1], p[2], p[3], p[5], p[6], p[7])


@rule("method : oneway result NAME '(' arguments ')' throws annotations")
def method(p: Production) -> None:
    p[0] = p.parser.actor.method(p[1], p[2], p[3], p[5], p[6], p[7], p[8])


@rule("result : VOID")
def void(p: Production) -> None:
    p[0] = p.parser.actor.void(p[1])


@rule("result : type")
def result(p: Production) -> None:
    p[0] = p[1]


@rule(
    """
    throws :
           | THROWS '(' arguments ')'
    """
)
def throws(p: Production) -> None:
    p[0] = (p[3], p[4]) if len(p) > 1 else None


# ---- types --------------------------------------------------------------------------------------------------------


@rule("type : BASE annotations")
def base_type(p: Production) -> None:
    p[0] = p.parser.actor.base_type(p[1], p[2])


@rule("type : NAME annotations")
def named_type(p: Production) -> None:
    p[0] = p.parser.actor.named_type(p[1], p[2])


@rule("type : LIST cpp_type '<' type '>' cpp_type annotations")
def list_type(p: Production) -> None:
    p[0] = p.parser.actor.list_type(p[1], p[2], p[4], p[5], p[6], p[7])


@rule("type : SET cpp_type '<' type '>' annotations")
def set_type(p: Production) -> None:
    p[0] = p.parser.actor.set_type(p[1], p[2], p[4], p[5], p[6])


@rule("type : MAP cpp_type '<' type ',' type '>' annotations")
def map_type(p: Production) -> None:
    p[0] = p.parser.actor.map_type(p[1], p[2], p[4], p[6], p[7], p[8])


# ---- values -------------------------------------------------------------------------------------------------------


@rule("value : INT")
def integer(p: Production) -> None:
    p[0] = p.parser.actor.integer(p[1])


@rule("value : DOUBLE")
def double(p: Production) -> None:
    p[0] = p.parser.actor.double(p[1])


@rule("value : LITERAL")
def literal(p: Production) -> None:
    p[0] = p.parser.actor.literal(p[1])


@rule("value : NAME")
def identifier(p: Production) -> None:
    p[0] = p.parser.actor.identifier(p[1])


@rule("value : '[' value_items ']'")
def list_value(p: Production) -> None:
    p[0] = p.parser.actor.list_value(p[1], p[2], p[3])


@rule("value : '{' map_items '}'")
def map_value(p: Production) -> None:
    p[0] = p.parser.actor.map_value(p[1], p[2], p[3])


@rule("map_entry : value ':' value")
def map_entry(p: Production) -> None:
    p[0] = (p[1], p[3])


# ---- annotations --------------------------------------------------------------------------------------------------


@rule(
    """
    annotations :
                | '(' annotation_items ')'
    """
)
def annotation_list(p: Production) -> None:
    p[0] = p.parser.actor.annotations(p[1], p[2], p[3]) if len(p) > 1 else None


@rule(
    """
    annotation : NAME
               | NAME '=' LITERAL
    """
)
def annotation(p: Production) -> None:
    p[0] = p.parser.actor.annotation(p[1], p[3] if len(p) > 2 else None)


RULES: tuple[lalr.Action, ...] = (
    start_list,
    add_to_list,
    separate_list,
    recover_list,
    annotate_const,
    separator,
    include,
    namespace,
    scope,
    const,
    typedef,
    enum,
    member,
    number,
    record,
    field,
    field_id,
    optional_word,
    optional_pair,
    xsd,
    xsd_attributes,
    service,
    method,
    void,
    result,
    throws,
    base_type,
    named_type,
    list_type,
    set_type,
    map_type,
    integer,
    double,
    literal,
    identifier,
    list_value,
    map_value,
    map_entry,
    annotation_list,
    annotation,
)

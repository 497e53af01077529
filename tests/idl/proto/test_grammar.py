"""What each construct becomes in the tree, and what no syntax of Protobuf refuses."""

from __future__ import annotations

import pytest

from kitexgen.idl import lalr
from kitexgen.idl.proto import tree as t
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.grammar import RULES, TERMINALS, parse


def read(text: str) -> t.FileNode:
    tree, found = parse(text, "a.proto")
    assert [(d.code, d.message) for d in found if d.code != "KX0622"] == []
    return tree


def only(text: str) -> t.FileItem:
    (item,) = read(text).items
    return item


def field(text: str) -> t.FieldNode:
    message = only(f'syntax = "proto3"; message A {{ {text} }}')
    assert isinstance(message, t.MessageNode)
    (found,) = message.items
    assert isinstance(found, t.FieldNode)
    return found


def value(text: str) -> t.ValueNode:
    option = only(f"option a = {text};")
    assert isinstance(option, t.OptionNode)
    return option.value


def test_grammar_is_not_ambiguous() -> None:
    lalr.build("file", TERMINALS, RULES, check=True, eager=True)


@pytest.mark.parametrize(
    ("text", "edition"),
    [
        ("", Edition.PROTO2),
        ('syntax = "proto2";', Edition.PROTO2),
        ("syntax = 'pro' 'to3';", Edition.PROTO3),
        ('edition = "2023";', Edition.E2023),
        ('edition = "2024";', Edition.E2024),
    ],
)
def test_edition(text: str, edition: Edition) -> None:
    assert read(text).edition is edition


def test_head_of_a_file() -> None:
    tree = read('edition = "2024"; package a . b; import "c"; import public "d"; import option "e";')
    assert tree.package == "a.b"
    assert [(node.kind, node.path.value) for node in tree.imports()] == [
        (t.ImportKind.PLAIN, b"c"),
        (t.ImportKind.PUBLIC, b"d"),
        (t.ImportKind.OPTION, b"e"),
    ]


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("int32 a = 1;", "int32"),
        ("a.B a = 1;", "a.B"),
        (".a . B a = 1;", ".a.B"),
        ("syntax a = 1;", "syntax"),
        ("import.B a = 1;", "import.B"),
        ("rpc message = 1;", "rpc"),
        ("optional group = 1;", None),
        ("map map = 1;", "map"),
        ("stream stream = 1;", "stream"),
        ("export message = 1;", "export"),
        ("repeated .message a = 1;", ".message"),
        ("optional.B a = 1;", ".B"),
    ],
)
def test_types(text: str, type: str | None) -> None:
    if type is None:
        assert parse(f"message A {{ {text} }}", "a.proto")[1]
        return
    node = field(text).type
    assert isinstance(node, t.ScalarTypeNode | t.NamedTypeNode)
    assert node.name == type


def test_map() -> None:
    node = field("map<string, a.B> a = 1;").type
    assert isinstance(node, t.MapTypeNode)
    assert (node.key.name, node.value.name) == ("string", "a.B")


def test_words_of_statements_as_names() -> None:
    read(
        'syntax = "proto3"; message message { int32 message = 1; int32 option = 2; int32 max = 3; int32 to = 4; '
        "oneof oneof { int32 oneof = 5; message reserved = 6; enum x = 7; } } enum enum { message = 0; optional = 1; "
        "group = 2; syntax = 3; rpc = 4; } service service { rpc rpc(message) returns (message); }"
    )
    read("message A { extensions 1 to 2; } extend A { optional int32 option = 1; optional option extend = 2; }")


def test_parts_of_a_field() -> None:
    text = "repeated int32 a = 0x10 [default = 1, (x.y).z = 2, json_name = 'b'];"
    node = field(text)
    assert node.label is not None
    assert node.label.text == "repeated"
    assert (node.name.text, node.number.value) == ("a", 16)
    assert node.default is not None
    assert node.json_name is not None
    assert node.options is not None
    assert len(node.options.options) == 3
    parts = node.options.options[1].parts
    assert [(part.text, part.is_extension) for part in parts] == [("x.y", True), ("z", False)]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a", [("a", False)]),
        ("a.b", [("a", False), ("b", False)]),
        ("a . b", [("a", False), ("b", False)]),
        ("(.a.b)", [(".a.b", True)]),
        ("(a).b.(c.d).e", [("a", True), ("b", False), ("c.d", True), ("e", False)]),
        ("features.(pb.cpp).x", [("features", False), ("pb.cpp", True), ("x", False)]),
    ],
)
def test_names_of_options(name: str, parts: list[tuple[str, bool]]) -> None:
    option = only(f"option {name} = 1;")
    assert isinstance(option, t.OptionNode)
    assert [(part.text, part.is_extension) for part in option.parts] == parts


def test_scalar_values() -> None:
    whole = value("-0x10")
    assert isinstance(whole, t.IntNode)
    assert (whole.text, whole.value) == ("-0x10", -16)
    big = value("18446744073709551616")
    assert isinstance(big, t.FloatNode)
    assert big.value == 2.0**64
    infinite = value("-inf")
    assert isinstance(infinite, t.FloatNode)
    assert infinite.value == float("-inf")
    word = value("message")
    assert isinstance(word, t.IdentifierNode)
    joined = value("'a' \"b\"\n'\\xff'")
    assert isinstance(joined, t.StringNode)
    assert joined.value == b"ab\xff"
    assert joined.text == "ab\udcff"


def test_aggregate() -> None:
    node = value("{ a: 1, b { to: x; max: [1, -2.5] } [c.d] < e: 'x' 'y' > [t.com/f.G]: {} h [{}, {}] i: [] }")
    assert isinstance(node, t.AggregateNode)
    assert [(entry.key.kind, entry.key.prefix, entry.key.name, type(entry.value)) for entry in node.entries] == [
        (t.KeyKind.FIELD, "", "a", t.IntNode),
        (t.KeyKind.FIELD, "", "b", t.AggregateNode),
        (t.KeyKind.EXTENSION, "", "c.d", t.AggregateNode),
        (t.KeyKind.ANY, "t.com", "f.G", t.AggregateNode),
        (t.KeyKind.FIELD, "", "h", t.ListNode),
        (t.KeyKind.FIELD, "", "i", t.ListNode),
    ]


def test_ranges_and_names() -> None:
    message = only('message A { extensions 1, 2 to 3, 4 to max [verification = X]; reserved "a", "b" "c"; }')
    assert isinstance(message, t.MessageNode)
    extensions, reserved = message.items
    assert isinstance(extensions, t.ExtensionsNode)
    ends = [node.end.value if isinstance(node.end, t.IntNode) else node.end for node in extensions.ranges]
    assert ends[:2] == [None, 3]
    assert isinstance(ends[2], t.MaxNode)
    assert isinstance(reserved, t.ReservedNode)
    assert [name.text for name in reserved.names] == ["a", "bc"]


def test_methods() -> None:
    service = only("service S { rpc A(stream.B) returns (stream C) { option d = 1;; }; rpc E(.F) returns (G); }")
    assert isinstance(service, t.ServiceNode)
    first, second = service.items
    assert isinstance(first, t.MethodNode)
    assert isinstance(second, t.MethodNode)
    # As for protoc, `stream.B` is the word and `.B`.
    assert (first.input.type.name, first.input.stream is not None) == (".B", True)
    assert (first.output.type.name, first.output.stream is not None, len(first.options)) == ("C", True, 1)
    assert (second.input.type.name, second.input.stream) == (".F", None)


def test_order_of_declarations_is_kept() -> None:
    message = only(
        "message A { optional int32 a = 1; message B {} optional group C = 2 { } enum D { E = 1; }"
        " oneof f { int32 g = 3; } extensions 4; extend A { optional int32 h = 4; } reserved 5; option i = 6; }"
    )
    assert isinstance(message, t.MessageNode)
    assert [type(item).__name__.removesuffix("Node") for item in message.items] == [
        *("Field", "Message", "Group", "Enum", "Oneof", "Extensions", "Extend", "Reserved", "Option")
    ]
    starts = [item.span.start for item in message.items]
    assert starts == sorted(starts)


def test_spans_cut_the_text() -> None:
    text = 'edition = "2024"; local message A { repeated int32 bc = 12 [(d).e = -5]; }'
    message = only(text)
    assert isinstance(message, t.MessageNode)
    assert message.visibility is not None
    assert text[message.span.start : message.span.end].startswith("message A")
    (node,) = message.items
    assert isinstance(node, t.FieldNode)
    assert node.options is not None
    option = node.options.options[0]
    spans = [
        node.name.span,
        node.number.span,
        option.name_span,
        option.value.span,
        option.parts[0].span,
        node.options.span,
    ]
    assert [text[span.start : span.end] for span in spans] == ["bc", "12", "(d).e", "-5", "(d)", "[(d).e = -5]"]

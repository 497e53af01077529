"""Generated code of Protobuf, imported and looked at: from IDL text to what Python sees."""

from __future__ import annotations

import copy
import inspect
import pickle
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from kitexgen.codegen import GenerateOptions, generate, handler_methods
from kitexgen.idl import load
from kitexgen.runtime import describe, protobuf
from kitexgen.runtime.contract.service import Payload, Streaming
from kitexgen.runtime.contract.wellknown.timestamp import Timestamp
from kitexgen.runtime.errors import OneofError
from kitexgen.schema.ids import DeclId, ModuleId
from tests.builders.generated import GeneratedCode, generate_code

SAMPLES = Path(__file__).parents[2] / "idl_samples" / "proto"
PROTO2 = """
syntax = "proto2";
package old;
message Old {
  required string name = 1 [default = "x\\ty"];
  optional int32 answer = 2 [default = 42];
  optional Color color = 3 [default = GREEN];
  optional group Part = 4 { optional bytes raw = 1; }
  repeated int32 packed = 5 [packed = true];
  repeated int32 expanded = 6;
  extensions 100 to 199, 500;
}
enum Color { RED = 1; GREEN = 2; }
extend Old { optional Color color = 100 [deprecated = true]; repeated string words = 101; }
message Set { option message_set_wire_format = true; extensions 4 to max; }
"""


def generated(tmp_path: Path, files: Mapping[str, str]) -> GeneratedCode:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return generate_code([tmp_path / name for name in files], tmp_path, include_dirs=[tmp_path])


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    return generate_code(
        [SAMPLES / "kitchen_sink.proto", SAMPLES / "greeter.proto", SAMPLES / "shop" / "orders" / "orders.proto"],
        tmp_path_factory.mktemp("samples"),
        include_dirs=[SAMPLES],
    )


@pytest.fixture(scope="module")
def sink(samples: GeneratedCode) -> ModuleType:
    return samples.module("kitchen.sink.kitchen_sink")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generated(tmp_path_factory.mktemp("old"), {"old.proto": PROTO2}).module("old.old")


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    """A shell elsewhere may give them in another one, and `--check` must be content there too."""
    for name in "abcd":
        text = f'syntax = "proto3"; package one; import "e.proto"; message {name.upper()} {{ E e = 1; }}'
        (tmp_path / f"{name}.proto").write_text(text, encoding="utf-8")
    (tmp_path / "e.proto").write_text('syntax = "proto3"; package one; message E {}', encoding="utf-8")

    def texts(names: str) -> dict[str, str]:
        schema = load([tmp_path / f"{name}.proto" for name in names], include_dirs=[tmp_path]).schema
        assert schema is not None
        return {file.path: file.text for file in generate(schema, GenerateOptions()).files}

    assert texts("abcd") == texts("dbca")
    assert '"""Types of a.proto, b.proto and 3 more files."""' in texts("abcd")["one/__init__.py"]


def test_classes_called_as_builtin_ones_come_first(tmp_path: Path) -> None:
    """mypy takes a `list[Warning]` in front of `class Warning` for a list of the builtin class."""
    text = 'syntax = "proto3"; package p; message Answer { repeated Warning all = 1; } message Warning {}'
    module = generated(tmp_path, {"a.proto": text}).module("p.a")
    assert [name for name in vars(module) if name in {"Answer", "Warning"}] == ["Warning", "Answer"]


def test_every_module_imports(samples: GeneratedCode) -> None:
    assert len(list(samples.modules())) == len(samples.paths)
    assert not any(path.startswith("google") for path in samples.paths)


def test_zero_values_and_presence(sink: ModuleType) -> None:
    thing = sink.Everything(id="1")
    assert (thing.count, thing.packed, thing.by_name) == (0, [], {})
    assert thing.packed is not sink.Everything(id="1").packed
    assert (thing.name, thing.answer, thing.level, thing.text, thing.parent) == (None,) * 5
    assert sink.Everything().id is None
    assert protobuf.value_or_default(thing, "answer") == 42
    assert protobuf.value_or_default(thing, "level") == sink.Level.LEVEL_HIGH
    hints = inspect.get_annotations(sink.Everything, eval_str=True)
    assert hints["count"] is int
    assert hints["name"] == str | None
    assert get_args(hints["levels"]) == (int, sink.Level)


def test_one_of_a_oneof(sink: ModuleType) -> None:
    thing = sink.Everything(id="1", number=sink.Numbers(int32=3))
    assert protobuf.which(thing, "choice") == "number"
    assert protobuf.which(sink.Everything(), "choice") is None
    with pytest.raises(OneofError, match="text, number"):
        sink.Everything(text="x", number=sink.Numbers())


def test_a_oneof_of_many(tmp_path: Path) -> None:
    """Its code grows as its fields do: it took hours to lay out once, as each read of one unset all others."""
    count = 500
    fields = " ".join(f"int32 field_{n} = {n};" for n in range(1, count))
    text = f'syntax = "proto3"; package p; message Many {{ oneof kind {{ {fields} Many many = {count}; }} }}'
    started = time.process_time()
    many = generated(tmp_path, {"a.proto": text}).module("p.a").Many
    assert time.process_time() - started < 20
    both = protobuf.encode(many(field_7=1)) + protobuf.encode(many(field_9=2))
    assert protobuf.decode(many, both) == many(field_9=2)
    assert protobuf.decode(many, both + protobuf.encode(many(many=many(field_1=3)))) == many(many=many(field_1=3))
    assert protobuf.decode(many, protobuf.encode(many(field_499=5))) == many(field_499=5)


def test_nested_names(sink: ModuleType) -> None:
    assert sink.Everything_Inner_Deeper.__schema__[1] == "kitchen.sink.Everything.Inner.Deeper"
    thing = sink.Everything(id="1", inner=sink.Everything_Inner(deeper=sink.Everything_Inner_Deeper(word="x")))
    assert protobuf.decode(sink.Everything, protobuf.encode(thing)) == thing


def test_names_that_python_needs(sink: ModuleType) -> None:
    numbers = inspect.signature(sink.Numbers).parameters
    assert {"int32", "string", "bool_", "float_", "bytes_"} <= numbers.keys()
    assert {"from_", "self_", "list_"} <= inspect.signature(sink.Everything).parameters.keys()
    assert repr(sink.Holder(what="x")) == "Holder(what='x')"


def test_copies_and_pickles(sink: ModuleType) -> None:
    thing = sink.Everything(id="1", numbers=[sink.Numbers(float_=1.5)])
    thing.__unknown__ = b"\xf8\x07\x01"
    for twin in (copy.copy(thing), copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert twin == thing
        assert twin.__unknown__ == thing.__unknown__
    match thing:
        case sink.Everything(id=id):
            assert id == "1"


def test_enums(sink: ModuleType) -> None:
    assert sink.Level.LEVEL_TOP is sink.Level.LEVEL_HIGH
    assert repr(sink.Level(77)) == "Level(77)"
    label = next(member for member in describe(sink.Level).members if member.name == "LEVEL_LOW")
    assert label.annotations["(kitchen.sink.label)"] == ("low",)


def test_extensions_are_constants(sink: ModuleType, old: ModuleType) -> None:
    thing = sink.Everything(id="1")
    assert not protobuf.has_extension(thing, sink.nickname)
    protobuf.set_extension(thing, sink.nickname, "nick")
    protobuf.set_extension(thing, sink.Holder_held, sink.Holder(what="x"))
    read = protobuf.decode(sink.Everything, protobuf.encode(thing))
    assert protobuf.get_extension(read, sink.nickname) == "nick"
    assert protobuf.get_extension(read, sink.Holder_held) == sink.Holder(what="x")
    assert (sink.Holder_held.name, sink.Holder_held.number) == ("kitchen.sink.Holder.held", 103)
    assert old.color.annotations == (("deprecated", ("true",)),)
    assert old.words.type == ("list", "unchecked_string")


def test_schemas_of_proto2(old: ModuleType) -> None:
    kind, name, source, rows, options, ranges = old.Old.__schema__
    assert (kind, name, source, options) == ("message", "old.Old", "old.proto:4", ())
    assert rows == (
        (1, "name", "name", "required", "unchecked_string", None, None, "x\ty"),
        (2, "answer", "answer", "optional", "int32", None, None, 42),
        (3, "color", "color", "optional", ("closed_enum", "Color"), None, None, 2),
        (4, "part", "part", "optional", ("group", "Old_Part")),
        (5, "packed", "packed", "default", ("packed_list", "int32")),
        (6, "expanded", "expanded", "default", ("list", "int32")),
    )
    assert ranges == ((100, 200), (500, 501))
    assert old.Set.__schema__[5:] == (((4, 2**31 - 1),), True)


def test_what_describe_tells(sink: ModuleType, old: ModuleType) -> None:
    told = describe(sink.Everything)
    fields = {field.name: field for field in told.fields}
    assert str(fields["by_name"].type) == "map<string, kitchen.sink.Numbers>"
    assert str(fields["doors"].type) == "repeated kitchen.sink.Door"
    assert (fields["from"].json_name, fields["from"].attribute) == ("sender", "from_")
    assert [field.name for field in told.oneofs["choice"]] == ["text", "number", "nothing"]
    assert fields["count"].annotations["(kitchen.sink.limits)"] == ('{ least: 1 most: 9 words: "a" words: "b" }',)
    assert told.extension_ranges == ((100, 200),)
    assert describe(old.Set).is_message_set


def test_services(samples: GeneratedCode) -> None:
    greeter = samples.module("greeter.v1.greeter_service")
    messages = samples.module("greeter.v1")
    info = greeter.SERVICE
    assert (info.name, info.package, info.payload) == ("Greeter", "greeter.v1", Payload.PROTOBUF)
    assert [method.streaming for method in info.methods] == [
        Streaming.NONE,
        Streaming.SERVER,
        Streaming.CLIENT,
        Streaming.BIDIRECTIONAL,
    ]
    assert (greeter.SAY_HELLO.arguments, greeter.SAY_HELLO.result) == (messages.HelloRequest, messages.HelloReply)
    assert str(inspect.signature(greeter.GreeterClient.say_hello)) == (
        "(self, request: 'HelloRequest', *, timeout: 'float | None' = None) -> 'HelloReply'"
    )
    assert "_greeter_service_codec.py" not in "".join(samples.paths)
    told = describe(greeter.Greeter)
    assert told.payload is Payload.PROTOBUF
    assert str(told.methods[0].returns) == "greeter.v1.HelloReply"
    assert [str(field.type) for field in told.methods[0].arguments] == ["greeter.v1.HelloRequest"]


def test_public_imports_are_passed_on(samples: GeneratedCode, sink: ModuleType) -> None:
    assert sink.HelloRequest is samples.module("greeter.v1").HelloRequest
    assert {"HelloRequest", "Everything", "nickname"} <= set(sink.__all__)


def test_types_of_google_are_those_of_the_runtime(tmp_path: Path) -> None:
    text = (
        'syntax = "proto3"; import "google/protobuf/timestamp.proto"; message A { google.protobuf.Timestamp at = 1; }'
    )
    module = generated(tmp_path, {"a.proto": text}).module("a.a")
    thing = module.A(at=Timestamp(seconds=7))
    assert protobuf.decode(module.A, protobuf.encode(thing)) == thing


def test_packages_that_import_each_other(tmp_path: Path) -> None:
    files = {
        "a/low.proto": 'syntax = "proto3"; package a; message Low {}',
        "b/b.proto": 'syntax = "proto3"; package b; import "a/low.proto"; message B { a.Low low = 1; }',
        "a/high.proto": 'syntax = "proto3"; package a; import "b/b.proto"; message High { b.B b = 1; }',
    }
    code = generated(tmp_path, files)
    for name in ("a", "b"):
        package = code.module(name)
        assert all(hasattr(package, each) for each in package.__all__)


def test_names_do_not_depend_on_the_order_of_files(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        text = f'syntax = "proto3"; package p; message {folder.upper()} {{}}'
        (tmp_path / folder / "same.proto").write_text(text, encoding="utf-8")
    texts = []
    for order in (("x", "y"), ("y", "x")):
        schema = load([tmp_path / each / "same.proto" for each in order], include_dirs=[tmp_path]).schema
        assert schema is not None
        texts.append({file.path: file.text for file in generate(schema, GenerateOptions()).files})
    assert texts[0] == texts[1]
    assert {"p/same.py", "p/same_.py"} <= texts[0].keys()


def test_handlers_take_googles_types_from_the_public_room() -> None:
    path = SAMPLES / "shop" / "orders" / "orders.proto"
    schema = load([path], include_dirs=[SAMPLES]).schema
    assert schema is not None
    service = next(each.id for each in schema.services() if each.id.name == "Orders")
    assert service == DeclId(ModuleId(service.module.path), "Orders")
    cancel = handler_methods(schema, GenerateOptions(), service, "kitex_gen")[-1]
    assert cancel.signature == "    async def cancel_order(self, request: GetOrderRequest) -> Empty:"
    assert {each.module for each in cancel.imports} == {
        "kitex_gen.shop.orders.v1.orders",
        "kitexgen.runtime.wellknown",
    }

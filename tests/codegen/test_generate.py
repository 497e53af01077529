"""Generated code, imported and looked at: from IDL text to what Python sees."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path
from types import MappingProxyType, ModuleType
from uuid import UUID

import pytest

from kitexgen.codegen import GenerateOptions, generate
from kitexgen.idl import load
from kitexgen.runtime.contract.model import FrozenMap
from kitexgen.runtime.errors import FrozenRecordError, UnionError
from kitexgen.runtime.thrift import decode, encode
from tests.builders.generated import GeneratedCode, Refused, generate_text

KITCHEN_SINK = (
    """
/** Users of the shop. */
namespace py demo
include "base.thrift"

enum Color { RED = 1, GREEN = 2, ALSO_GREEN = 2, name = 3, None = 4 }

/** A "registered" user \\ with """
    + '"""'
    + """ quotes. */
struct User {
  1: required i64 id
  2: string name
  /** The tags. */
  3: list<string> tags
  4: optional User manager
  5: optional base.Id parent = 7
  6: map<Key, list<Key>> places (go.tag = 'json:"places"')
  7: Color color = Color.GREEN
  8: base.Level level
  9: set<i32> numbers = [1, 2]
  10: optional list<i64> packed (py.packed = "1")
  11: binary blob
  13: base.Base base = {"caller": "you"}
  14: string from
  16: required string User
  17: bool self
  18: double score = 1
  19: string __x
  20: i32 int
}
struct Key { 1: i32 a, 2: list<string> parts, 3: map<string, i32> counts, 4: Inner inner }
struct Inner { 1: set<string> words }
struct Empty {}
union Choice { 1: i32 a, 2: string b }
exception NotFound { 1: string what, 2: i32 args }
exception Nothing {}
typedef list<i64> Numbers
typedef list<User> Users
const i32 LIMIT = 10
const list<string> NAMES = ["a", "b"]
const map<string, list<i32>> TABLE = {"one": [1, 2], "two": []}
const Key KEY = {"a": 1, "parts": ["x"]}
const set<string> WORDS = ["x"]
const Color FAVOURITE = Color.RED

struct GetUserRequest { 1: i64 id }
service UserService {
  /** Find one. */
  User GetUser(1: GetUserRequest req) throws (1: NotFound gone, 2: base.Broken broken)
  void ping()
  oneway void poke(1: i32 n = 3, 2: list<string> why = ["x"])
  i32 add(1: i32 a, 2: i32 b = 1, 3: i32 timeout)
  void close()
}
service Admin extends UserService { void drop(1: i64 id) }
"""
)
BASE = """
namespace py demo.base
struct Base { 1: string caller = "me" }
enum Level { LOW = 1, HIGH = 2 (note = "top") }
typedef i64 Id
exception Broken { 1: i32 code }
"""


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> GeneratedCode:
    return generate_text(KITCHEN_SINK, tmp_path_factory.mktemp("sink"), others={"base.thrift": BASE})


@pytest.fixture(scope="module")
def demo(sink: GeneratedCode) -> ModuleType:
    return sink.module("demo.main")


@pytest.fixture(scope="module")
def users(sink: GeneratedCode) -> ModuleType:
    return sink.module("demo.userservice")


def test_every_module_imports(sink: GeneratedCode) -> None:
    assert len(list(sink.modules())) == len(sink.paths)
    assert "demo/_main_codec.py" in sink.paths


def test_defaults(demo: ModuleType, sink: GeneratedCode) -> None:
    user = demo.User(id=1, User_="u")
    level = sink.module("demo.base.base").Level
    assert (user.name, user.tags, user.manager, user.parent) == ("", [], None, 7)
    assert (user.color, user.level, user.numbers) == (demo.Color.GREEN, level(0), {1, 2})
    assert (user.blob, user.base.caller, user.score, user.packed) == (b"", "you", 1.0, None)
    assert demo.User(id=1, User_="u").tags is not user.tags


def test_names_that_python_needs(demo: ModuleType) -> None:
    parameters = inspect.signature(demo.User.__init__).parameters
    assert {"from_", "User_", "self_", "_x", "int_"} <= parameters.keys()
    assert [member.name for member in demo.Color] == ["RED", "GREEN", "name_", "None_"]
    assert demo.Color.ALSO_GREEN is demo.Color.GREEN
    assert "args_" in inspect.signature(demo.NotFound).parameters


def test_required_fields_have_no_default(demo: ModuleType) -> None:
    with pytest.raises(TypeError, match="User_"):
        demo.User(id=1)


def test_hints_evaluate(demo: ModuleType) -> None:
    hints = inspect.get_annotations(demo.Key, eval_str=True)
    assert hints == {
        "a": int,
        "parts": tuple[str, ...],
        "counts": FrozenMap[str, int],
        "inner": demo.Inner | None,
    }


def test_documentation(demo: ModuleType) -> None:
    assert demo.User.__doc__.startswith('A "registered" user \\ with """ quotes.\n')
    assert demo.User.__doc__.rstrip().endswith("Declared in main.thrift:9.")
    assert (demo.__doc__ or "").startswith("Users of the shop.")


def test_records_in_keys_are_frozen(demo: ModuleType) -> None:
    key = demo.Key(a=1, inner=demo.Inner(words=frozenset({"x"})))
    assert hash(key) == hash(demo.Key(a=1, inner=demo.Inner(words=frozenset({"x"}))))
    with pytest.raises(FrozenRecordError):
        key.a = 2
    with pytest.raises(FrozenRecordError):
        key.inner.words = frozenset()
    user = demo.User(id=1, User_="u", places={key: [key]})
    assert decode(demo.User, encode(user)) == user
    assert pickle.loads(pickle.dumps(user)) == user


def test_unions_take_one(demo: ModuleType) -> None:
    assert demo.Choice(b="x").b == "x"
    with pytest.raises(UnionError):
        demo.Choice()
    with pytest.raises(UnionError):
        demo.Choice(a=1, b="x")


def test_exceptions_take_fields_only(demo: ModuleType) -> None:
    with pytest.raises(demo.NotFound, match="user 7"):
        raise demo.NotFound(what="user 7")
    with pytest.raises(TypeError):
        demo.Nothing("text")


def test_constants(demo: ModuleType) -> None:
    assert (10, ("a", "b"), frozenset({"x"}), demo.Color.RED) == (demo.LIMIT, demo.NAMES, demo.WORDS, demo.FAVOURITE)
    assert demo.TABLE == {"one": (1, 2), "two": ()}
    assert isinstance(demo.TABLE, MappingProxyType)
    assert demo.KEY.parts == ("x",)


def test_packages_export_what_their_modules_declare(sink: GeneratedCode) -> None:
    package = sink.module("demo")
    assert {"User", "LIMIT", "Users", "Color"} <= set(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)
    # demo.main imports demo.base, which loads demo first: so both wait until a name is asked for.
    assert "__getattr__" in vars(package)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="Nobody"):
        _ = package.Nobody


def test_methods(users: ModuleType, sink: GeneratedCode) -> None:
    info = users.SERVICE
    assert (info.name, info.package) == ("UserService", "demo")
    assert [method.attribute for method in info.all_methods()] == ["get_user", "ping", "poke", "add", "close_"]
    assert users.POKE.is_oneway
    assert users.POKE.result is None
    admin = sink.module("demo.admin")
    assert [method.attribute for method in admin.SERVICE.all_methods()][-1] == "drop"
    assert issubclass(admin.AdminClient, users.UserServiceClient)
    assert issubclass(admin.AdminBlockingClient, users.UserServiceBlockingClient)


def test_client_signatures(users: ModuleType) -> None:
    for client in (users.UserServiceClient, users.UserServiceBlockingClient):
        assert str(inspect.signature(client.add)) == (
            "(self, a: 'int', b: 'int', timeout_: 'int', *, timeout: 'float | None' = None) -> 'int'"
        )
        assert str(inspect.signature(client.poke)) == (
            "(self, n: 'int' = 3, why: 'list[str] | None' = None, *, timeout: 'float | None' = None) -> 'None'"
        )


def test_an_unfilled_handler_fails_loudly(users: ModuleType) -> None:
    class Handler(users.UserService):  # type: ignore[misc,name-defined]
        pass

    with pytest.raises(NotImplementedError, match=r"UserService\.ping"):
        Handler().ping()


def test_records_of_methods(users: ModuleType) -> None:
    arguments, result = users.GetUserArgs.__schema__, users.GetUserResult.__schema__
    assert (arguments[1], result[1]) == ("GetUser_args", "GetUser_result")
    assert arguments[3] == ((1, "req", "req", "required", ("struct", "GetUserRequest")),)
    assert [row[:4] for row in result[3]] == [
        (0, "success", "success", "optional"),
        (1, "gone", "gone", "optional"),
        (2, "broken", "broken", "optional"),
    ]


def test_names_of_the_runtime_may_be_declared(tmp_path: Path) -> None:
    text = """
    struct Struct { 1: Enum enum, 2: set<Union> unions }
    enum Enum { A = 0 }
    union Union { 1: i32 a, 2: Final final }
    struct Final {}
    typedef i32 TypeAlias
    exception ServiceError { 1: Struct Struct }
    const TypeAlias require = 3
    service Client { Struct Protocol(1: Final Final) throws (1: ServiceError success) }
    """
    code = generate_text(text, tmp_path)
    assert len(list(code.modules())) == len(code.paths)
    assert "__getattr__" not in vars(code.module("main"))
    module = code.module("main.main")
    value = module.Struct(unions={module.Union(a=1)})
    assert decode(module.Struct, encode(value)) == value
    assert module.require == 3


def test_unknown_fields_may_be_kept(tmp_path: Path) -> None:
    options = GenerateOptions(keep_unknown_fields=True)
    old = generate_text("struct User { 1: i64 id }", tmp_path, options=options).module("main")
    new = generate_text("struct User { 1: i64 id, 2: string name }", tmp_path, options=options).module("main")
    sent = new.User(id=1, name="Ann")
    kept = decode(old.User, encode(sent))
    assert decode(new.User, encode(kept)) == sent


def test_idl_naming(tmp_path: Path) -> None:
    options = GenerateOptions(naming="idl")
    code = generate_text("service Users { void GetUser() }", tmp_path, options=options)
    assert code.module("main.users").SERVICE.method("GetUser").attribute == "GetUser"


def test_uuid(tmp_path: Path) -> None:
    module = generate_text("struct A { 1: uuid id }", tmp_path).module("main")
    assert module.A().id == UUID(int=0)


def test_values_may_leave_required_fields_to_their_defaults(tmp_path: Path) -> None:
    """The constructor asks for them, so the value names them."""
    text = """
    enum Color { RED = 1, BLUE = 2 }
    struct Inner { 1: required Color color = Color.BLUE, 2: required list<i32> many = [1, 2], 3: optional i32 o = 5 }
    exception Bad { 1: required i32 code = 7, 2: i32 more }
    struct Outer { 1: Inner one = {"o": 6}, 2: required Inner two = {}, 3: required i32 id }
    const list<Bad> BAD = [{"more": 2}]
    const Outer OUTER = {"id": 3}
    """
    made = generate_text(text, tmp_path).module("main")
    assert [(bad.code, bad.more) for bad in made.BAD] == [(7, 2)]
    inner = {"color": made.Color.BLUE, "many": [1, 2]}
    assert made.Outer(one=made.Inner(**inner, o=6), two=made.Inner(**inner), id=3) == made.OUTER


def test_clashes_stop_everything(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        generate_text("struct A { 1: i32 from, 2: i32 from_ }", tmp_path)
    assert refused.value.codes == ("KX0403",)


def test_packages_that_import_each_other(tmp_path: Path) -> None:
    others = {
        "b.thrift": 'namespace py b\ninclude "a2.thrift"\nstruct B { 1: a2.Low low }',
        "a2.thrift": "namespace py a\nstruct Low {}",
    }
    text = 'namespace py a\ninclude "b.thrift"\nstruct High { 1: b.B b }'
    code = generate_text(text, tmp_path, others=others)
    for name in ("a", "b"):
        package = code.module(name)
        assert "__getattr__" in vars(package)
        assert all(hasattr(package, each) for each in package.__all__)


def test_same_input_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "main.thrift").write_text(KITCHEN_SINK, encoding="utf-8")
    (tmp_path / "base.thrift").write_text(BASE, encoding="utf-8")
    texts = set()
    for path in (tmp_path / "main.thrift", str(tmp_path / "main.thrift")):
        schema = load([path]).schema
        assert schema is not None
        texts.add(tuple((file.path, file.text) for file in generate(schema, GenerateOptions()).files))
    (only,) = texts
    assert not any(str(tmp_path) in text for _, text in only)

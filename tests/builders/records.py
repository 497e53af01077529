# ruff: noqa: RUF023  # slots stand in the order of the IDL
"""Records written by hand, each exactly as the generator prints it: for tests of the runtime that need no compiler.

enum Color { RED = 1, GREEN = 2 }
struct Key { 1: i32 x = 0, 2: list<string> parts, 3: map<string, i64> sizes }   // a map key, hence frozen
union KeyChoice { 1: i32 number, 2: string text }                              // likewise
struct User { 1: required i64 id, 2: string name, 3: list<string> tags, 4: optional User manager }
...
"""

from __future__ import annotations

from array import array
from uuid import UUID

from kitexgen.runtime.contract import require
from kitexgen.runtime.contract.model import (
    Enum,
    FrozenMap,
    FrozenServiceError,
    FrozenStruct,
    FrozenUnion,
    ServiceError,
    Struct,
    Union,
    require_one,
)

require(1)


class Color(Enum):
    __schema__ = ("Color", "sink.thrift:1", (), (("GREEN", (("colour", ("2", "3")),)),))
    RED = 1
    GREEN = 2
    VERT = 2


class Key(FrozenStruct):
    __slots__ = ("x", "parts", "sizes")
    __match_args__ = ("x", "parts", "sizes")
    __schema__ = (
        "struct",
        "Key",
        "sink.thrift:5",
        (
            (1, "x", "x", "default", "i32"),
            (2, "parts", "parts", "default", ("tuple", "string")),
            (3, "sizes", "sizes", "default", ("frozenmap", "string", "i64")),
        ),
        (),
    )

    x: int
    parts: tuple[str, ...]
    sizes: FrozenMap[str, int]

    def __init__(self, *, x: int = 0, parts: tuple[str, ...] = (), sizes: FrozenMap[str, int] | None = None) -> None:
        self.x = x
        self.parts = parts
        self.sizes = FrozenMap() if sizes is None else sizes


class KeyChoice(FrozenUnion):
    __slots__ = ("number", "text")
    __match_args__ = ("number", "text")
    __schema__ = (
        "union",
        "KeyChoice",
        "sink.thrift:9",
        ((1, "number", "number", "optional", "i32"), (2, "text", "text", "optional", "string")),
        (),
    )

    number: int | None
    text: str | None

    def __init__(self, *, number: int | None = None, text: str | None = None) -> None:
        self.number = number
        self.text = text
        require_one(self)


class KeyError_(FrozenServiceError):
    __slots__ = ("code",)
    __match_args__ = ("code",)
    __schema__ = ("exception", "KeyError", "sink.thrift:13", ((1, "code", "code", "default", "i32"),), ())

    code: int

    def __init__(self, *, code: int = 0) -> None:
        self.code = code


class User(Struct):
    __slots__ = ("id", "name", "tags", "manager")
    __match_args__ = ("id", "name", "tags", "manager")
    __schema__ = (
        "struct",
        "User",
        "sink.thrift:17",
        (
            (1, "id", "id", "required", "i64"),
            (2, "name", "name", "default", "string", (("api.query", ("name",)), ("go.tag", ("a", "b")))),
            (3, "tags", "tags", "default", ("list", "string")),
            (4, "manager", "manager", "optional", ("struct", "User")),
        ),
        (("table", ("users",)),),
    )

    id: int
    name: str
    tags: list[str]
    manager: User | None

    def __init__(self, *, id: int, name: str = "", tags: list[str] | None = None, manager: User | None = None) -> None:
        self.id = id
        self.name = name
        self.tags = [] if tags is None else tags
        self.manager = manager


class Scalars(Struct):
    """Field 10 is called `class` in the IDL."""

    __slots__ = (
        "flag",
        "byte",
        "short",
        "word",
        "long",
        "ratio",
        "text",
        "blob",
        "uid",
        "class_",
        "limit",
        "leaf",
    )
    __match_args__ = (
        "flag",
        "byte",
        "short",
        "word",
        "long",
        "ratio",
        "text",
        "blob",
        "uid",
        "class_",
        "limit",
        "leaf",
    )
    __schema__ = (
        "struct",
        "Scalars",
        "sink.thrift:24",
        (
            (1, "flag", "flag", "default", "bool"),
            (2, "byte", "byte", "default", "i8"),
            (3, "short", "short", "default", "i16"),
            (4, "word", "word", "default", "i32"),
            (5, "long", "long", "default", "i64"),
            (6, "ratio", "ratio", "default", "double"),
            (7, "text", "text", "default", "string"),
            (8, "blob", "blob", "default", "binary"),
            (9, "uid", "uid", "default", "uuid"),
            (10, "class_", "class", "default", ("enum", "Color")),
            (11, "limit", "limit", "optional", "i32"),
            (12, "leaf", "leaf", "default", ("struct", "Key")),
        ),
        (),
    )

    flag: bool
    byte: int
    short: int
    word: int
    long: int
    ratio: float
    text: str
    blob: bytes
    uid: UUID
    class_: Color
    limit: int
    leaf: Key | None

    def __init__(
        self,
        *,
        flag: bool = False,
        byte: int = 0,
        short: int = 0,
        word: int = 0,
        long: int = 0,
        ratio: float = 0.0,
        text: str = "",
        blob: bytes = b"",
        uid: UUID = UUID(int=0),  # noqa: B008  # cannot change
        class_: Color = Color(0),  # noqa: B008
        limit: int = 100,
        leaf: Key | None = None,
    ) -> None:
        self.flag = flag
        self.byte = byte
        self.short = short
        self.word = word
        self.long = long
        self.ratio = ratio
        self.text = text
        self.blob = blob
        self.uid = uid
        self.class_ = class_
        self.limit = limit
        self.leaf = leaf


class Choice(Union):
    __slots__ = ("number", "user", "colors")
    __match_args__ = ("number", "user", "colors")
    __schema__ = (
        "union",
        "Choice",
        "sink.thrift:40",
        (
            (1, "number", "number", "optional", "i64"),
            (2, "user", "user", "optional", ("struct", "User")),
            (3, "colors", "colors", "optional", ("list", ("enum", "Color"))),
        ),
        (),
    )

    number: int | None
    user: User | None
    colors: list[Color] | None

    def __init__(
        self, *, number: int | None = None, user: User | None = None, colors: list[Color] | None = None
    ) -> None:
        self.number = number
        self.user = user
        self.colors = colors
        require_one(self)


class NotFound(ServiceError):
    __slots__ = ("code", "message")
    __match_args__ = ("code", "message")
    __schema__ = (
        "exception",
        "NotFound",
        "sink.thrift:46",
        ((1, "code", "code", "required", "i32"), (2, "message", "message", "optional", "string")),
        (),
    )

    code: int
    message: str | None

    def __init__(self, *, code: int, message: str | None = None) -> None:
        self.code = code
        self.message = message


class Containers(Struct):
    __slots__ = ("matrix", "by_key", "keys", "by_flag", "by_color", "by_ratio", "by_blob", "choices", "numbers", "deep")
    __match_args__ = (
        "matrix",
        "by_key",
        "keys",
        "by_flag",
        "by_color",
        "by_ratio",
        "by_blob",
        "choices",
        "numbers",
        "deep",
    )
    __schema__ = (
        "struct",
        "Containers",
        "sink.thrift:51",
        (
            (1, "matrix", "matrix", "default", ("list", ("list", "double"))),
            (2, "by_key", "by_key", "default", ("map", ("struct", "Key"), ("struct", "User"))),
            (3, "keys", "keys", "default", ("set", ("struct", "KeyChoice"))),
            (4, "by_flag", "by_flag", "default", ("map", "bool", "i8")),
            (5, "by_color", "by_color", "default", ("map", ("enum", "Color"), ("set", "i32"))),
            (6, "by_ratio", "by_ratio", "default", ("map", "double", "uuid")),
            (7, "by_blob", "by_blob", "default", ("map", "binary", "bool")),
            (8, "choices", "choices", "default", ("list", ("struct", "Choice"))),
            (9, "numbers", "numbers", "default", ("packed", "i32"), (("py.packed", ("1",)),)),
            (10, "deep", "deep", "optional", ("map", ("tuple", "i32"), ("map", ("frozenset", "i64"), "string"))),
        ),
        (),
    )

    matrix: list[list[float]]
    by_key: dict[Key, User]
    keys: set[KeyChoice]
    by_flag: dict[bool, int]
    by_color: dict[Color, set[int]]
    by_ratio: dict[float, UUID]
    by_blob: dict[bytes, bool]
    choices: list[Choice]
    numbers: array[int]
    deep: dict[tuple[int, ...], dict[frozenset[int], str]] | None

    def __init__(
        self,
        *,
        matrix: list[list[float]] | None = None,
        by_key: dict[Key, User] | None = None,
        keys: set[KeyChoice] | None = None,
        by_flag: dict[bool, int] | None = None,
        by_color: dict[Color, set[int]] | None = None,
        by_ratio: dict[float, UUID] | None = None,
        by_blob: dict[bytes, bool] | None = None,
        choices: list[Choice] | None = None,
        numbers: array[int] | None = None,
        deep: dict[tuple[int, ...], dict[frozenset[int], str]] | None = None,
    ) -> None:
        self.matrix = [] if matrix is None else matrix
        self.by_key = {} if by_key is None else by_key
        self.keys = set() if keys is None else keys
        self.by_flag = {} if by_flag is None else by_flag
        self.by_color = {} if by_color is None else by_color
        self.by_ratio = {} if by_ratio is None else by_ratio
        self.by_blob = {} if by_blob is None else by_blob
        self.choices = [] if choices is None else choices
        self.numbers = array("i") if numbers is None else numbers
        self.deep = deep


class Kept(Struct):
    """Generated with `keep_unknown_fields`."""

    __slots__ = ("name", "__unknown__")
    __match_args__ = ("name", "__unknown__")
    __schema__ = ("struct", "Kept", "sink.thrift:66", ((2, "name", "name", "default", "string"),), (), True)

    name: str
    __unknown__: bytes

    def __init__(self, *, name: str = "") -> None:
        self.name = name
        self.__unknown__ = b""


class KeptKey(FrozenStruct):
    """A map key generated with `keep_unknown_fields`."""

    __slots__ = ("name", "__unknown__")
    __match_args__ = ("name", "__unknown__")
    __schema__ = ("struct", "KeptKey", "sink.thrift:68", ((2, "name", "name", "default", "string"),), (), True)

    name: str
    __unknown__: bytes

    def __init__(self, *, name: str = "") -> None:
        self.name = name
        self.__unknown__ = b""


class Nothing(Struct):
    """A record without fields needs no `__init__`."""

    __slots__ = ()
    __match_args__ = ()
    __schema__ = ("struct", "Nothing", "sink.thrift:70", (), ())


ALL = (Key, KeyChoice, KeyError_, User, Scalars, Choice, NotFound, Containers, Kept, KeptKey, Nothing)

# Values of every kind; most are none that Python keeps one of for all.
FULL: tuple[Struct, ...] = (
    Scalars(flag=True, byte=-1, word=2**30, long=2**60, ratio=0.5, text="é", uid=UUID(int=2**100), class_=Color.GREEN),
    User(id=2**62, name="x" * 3000, tags=["a", "bc", "é"], manager=User(id=1)),  # more than a buffer on the stack
    NotFound(code=100_000, message="gone"),
    Containers(
        matrix=[[0.5, 1.5], []],
        by_key={Key(x=1, parts=("p",), sizes=FrozenMap({"s": 2**40})): User(id=1)},
        by_flag={True: 1},
        by_color={Color.RED: {1, 2000}},
        by_ratio={0.5: UUID(int=5)},
        choices=[Choice(number=2**50)],
        numbers=array("i", range(50)),
    ),
)

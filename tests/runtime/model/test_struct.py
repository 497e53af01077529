"""What every record can do: equality, printing, copies, pickling, matching; and what a frozen one refuses."""

from __future__ import annotations

import copy
import pickle
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.runtime.contract.model import FrozenMap, Struct
from kitexgen.runtime.errors import FrozenRecordError, KitexError
from tests.builders.records import (
    ALL,
    Choice,
    Color,
    Containers,
    Kept,
    KeptKey,
    Key,
    KeyChoice,
    KeyError_,
    NotFound,
    Scalars,
    User,
)
from tests.strategies.values import records

FROZEN = (Key, KeyChoice, KeyError_)

any_record = st.one_of([records(cls) for cls in ALL])


def deep(levels: int) -> User:
    user = User(id=0)
    for level in range(levels):
        user = User(id=level, manager=user)
    return user


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (User(id=1), User(id=1), True),
        (User(id=1), User(id=2), False),
        (User(id=1, manager=User(id=2)), User(id=1, manager=User(id=2)), True),
        (User(id=1, manager=User(id=2)), User(id=1, manager=User(id=3)), False),
        (User(id=1, manager=User(id=2)), User(id=1), False),
        (User(id=1, tags=["a"]), User(id=1, tags=["a", "b"]), False),
        (User(id=1, tags=["a"]), User(id=1, tags=("a",)), False),  # type: ignore[arg-type]
        (User(id=1), 1, False),
        (NotFound(code=1), NotFound(code=1), True),
        (NotFound(code=1), KeyError_(code=1), False),
        (Choice(user=User(id=1)), Choice(user=User(id=1)), True),
        (Containers(by_key={Key(x=1): User(id=1)}), Containers(by_key={Key(x=1): User(id=1)}), True),
        (Containers(by_key={Key(x=1): User(id=1)}), Containers(by_key={Key(x=1): User(id=2)}), False),
        (Containers(by_key={Key(x=1): User(id=1)}), Containers(by_key={Key(x=2): User(id=1)}), False),
        (Containers(numbers=array("i", [1])), Containers(numbers=array("i", [1])), True),
        (Scalars(class_=Color(42)), Scalars(class_=Color(42)), True),
        (Scalars(class_=Color(42)), Scalars(class_=42), True),  # type: ignore[arg-type]
    ],
)
def test_records_are_equal_when_class_and_fields_are(left: object, right: object, equal: bool) -> None:
    assert (left == right) is equal
    assert (left != right) is not equal


def test_a_value_equals_itself_even_nan() -> None:
    nan = float("nan")
    assert Scalars(ratio=nan) == Scalars(ratio=nan)
    assert Scalars(ratio=nan) != Scalars(ratio=float("nan"))


def test_unknown_fields_count_in_equality() -> None:
    left, right = Kept(name="a"), Kept(name="a")
    right.__unknown__ = b"\x02\x00\x01\x01"
    assert left != right


def test_equality_printing_and_hashing_do_not_end_in_recursion_error() -> None:
    assert deep(20_000) == deep(20_000)
    assert repr(deep(20_000)).count("manager=") == 33
    assert repr(deep(20_000)).endswith("manager=..." + ")" * 33)


def test_a_subclass_with_its_own_equality_is_asked() -> None:
    class Anonymous(User):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            return isinstance(other, User)

        __hash__ = None  # type: ignore[assignment]

    assert User(id=1, manager=Anonymous(id=2)) == User(id=1, manager=Anonymous(id=3))


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (User(id=7, name="a"), "User(id=7, name='a', tags=[])"),
        (
            Scalars(class_=Color.RED, limit=3, leaf=Key(parts=("p",), sizes=FrozenMap({"s": 1}))),
            "Scalars(flag=False, byte=0, short=0, word=0, long=0, ratio=0.0, text='', blob=b'', "
            "uid=UUID('00000000-0000-0000-0000-000000000000'), class=Color.RED, limit=3, "
            "leaf=Key(x=0, parts=('p',), sizes=FrozenMap({'s': 1})))",
        ),
        (Choice(colors=[Color(42), Color.GREEN]), "Choice(colors=[Color(42), Color.GREEN])"),
        (NotFound(code=1, message="m"), "NotFound(code=1, message='m')"),
        (
            Containers(keys={KeyChoice(number=1)}, by_key={Key(): User(id=1)}, deep={(1,): {frozenset({2}): "x"}}),
            "Containers(matrix=[], by_key={Key(x=0, parts=(), sizes=FrozenMap({})): User(id=1, name='', tags=[])}, "
            "keys={KeyChoice(number=1)}, by_flag={}, by_color={}, by_ratio={}, by_blob={}, choices=[], "
            "numbers=array('i'), deep={(1,): {frozenset({2}): 'x'}})",
        ),
        (Containers(), "Containers(matrix=[], by_key={}, keys=set(), by_flag={}, by_color={}, by_ratio={}, "
                       "by_blob={}, choices=[], numbers=array('i'))"),
    ],
)  # fmt: skip
def test_records_print_with_the_names_of_the_idl(record: Struct, text: str) -> None:
    assert repr(record) == text


def test_a_record_within_itself_prints() -> None:
    user = User(id=1)
    user.manager = user
    assert repr(user) == "User(id=1, name='', tags=[], manager=...)"


@given(any_record)
def test_copies_and_pickles_are_equal(record: Struct) -> None:
    assert copy.copy(record) == record
    assert copy.deepcopy(record) == record
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twin = pickle.loads(pickle.dumps(record, protocol))
        assert twin == record
        assert type(twin) is type(record)


def test_a_copy_shares_containers_and_a_deep_copy_does_not() -> None:
    user = User(id=1, tags=["a"])
    assert copy.copy(user).tags is user.tags
    assert copy.deepcopy(user).tags is not user.tags


def test_a_cycle_survives_deep_copy_and_pickle() -> None:
    user = User(id=1)
    user.manager = user
    for twin in (copy.deepcopy(user), pickle.loads(pickle.dumps(user))):
        assert twin.manager is twin
        assert twin is not user


def test_unknown_fields_are_copied_and_pickled() -> None:
    kept = Kept()
    kept.__unknown__ = b"\x02\x00\x01\x01"
    assert copy.copy(kept).__unknown__ == kept.__unknown__
    assert pickle.loads(pickle.dumps(kept)).__unknown__ == kept.__unknown__


def test_a_pickle_from_before_a_field_was_added_gets_its_default() -> None:
    user = User.__new__(User)
    user.__setstate__({"id": 7, "name": "a"})
    assert user == User(id=7, name="a")


def test_a_derived_class_with_attributes_of_its_own_is_copied_whole() -> None:
    class Employee(User):
        badge: str = ""

    employee = Employee(id=1)
    employee.badge = "b"
    assert copy.copy(employee).badge == "b"


def test_positional_patterns_follow_the_idl() -> None:
    match User(id=1, name="n", tags=["t"]):
        case User(number, name, [tag]):
            assert (number, name, tag) == (1, "n", "t")
        case _:
            pytest.fail("no match")


def test_a_misspelled_attribute_is_refused() -> None:
    with pytest.raises(AttributeError):
        User(id=1).nmae = "x"  # type: ignore[attr-defined]


def test_records_that_change_are_not_hashable() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(User(id=1))


@given(st.data())
@pytest.mark.parametrize("cls", FROZEN)
def test_equal_frozen_records_hash_alike(cls: type[Any], data: st.DataObject) -> None:
    record = data.draw(records(cls))
    assert hash(record) == hash(copy.deepcopy(record))
    assert {record: 1}[pickle.loads(pickle.dumps(record))] == 1


@pytest.mark.parametrize("record", [Key(x=1), KeyChoice(number=1), KeyError_(code=1)])
def test_frozen_records_refuse_change(record: Any) -> None:
    field = record.__match_args__[0]
    with pytest.raises(FrozenRecordError) as caught:
        setattr(record, field, 2)
    name = type(record).__name__
    assert str(caught.value) == f"{name}.{field} cannot change: {name} is a map key or set element, and thus frozen"
    with pytest.raises(AttributeError):
        delattr(record, field)
    assert getattr(record, field) == 1
    assert isinstance(caught.value, KitexError)


def test_a_decoder_adds_unknown_fields_to_a_frozen_record_once() -> None:
    key = KeptKey(name="a")
    key.__unknown__ = b"\x02\x00\x01\x01"
    assert key != KeptKey(name="a")
    with pytest.raises(FrozenRecordError, match=r"^KeptKey\.__unknown__ cannot change"):
        key.__unknown__ = b""
    assert hash(copy.deepcopy(key)) == hash(key)


def test_frozen_containers_make_a_hashable_record() -> None:
    key = Key(parts=("a",), sizes=FrozenMap({"a": 1, "b": 2}))
    assert hash(key) == hash(Key(parts=("a",), sizes=FrozenMap({"b": 2, "a": 1})))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Key(parts=["a"]))  # type: ignore[arg-type]

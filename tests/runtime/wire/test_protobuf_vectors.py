"""Bytes whose meaning is easily got wrong, with the verdict of upb 7.36 and what it writes again.

Each is read twice: by the codec as users call it, and by the careful one alone.
"""

from __future__ import annotations

import pytest

from kitexgen.runtime import protobuf
from kitexgen.runtime.errors import DecodeError
from kitexgen.runtime.wire.protobuf_read import read_message
from kitexgen.runtime.wire.protobuf_write import write_message
from tests.builders.messages import generated

# What it is, message, bytes, bytes written again; None where they are refused.
VECTORS = [
    ("a negative int32", "messages2.Scalars", "10ffffffffffffffffff01", "10ffffffffffffffffff01"),
    ("bits past the 64th", "messages2.Scalars", "10ffffffffffffffffff7f", "10ffffffffffffffffff01"),
    ("ten bytes for a one", "messages2.Scalars", "1081808080808080808000", "1001"),
    ("eleven bytes", "messages2.Scalars", "108080808080808080808000", None),
    ("32 bits of 41", "messages2.Scalars", "20ffffffffff01", "20ffffffff0f"),
    ("zigzag of 33 bits", "messages2.Scalars", "30ffffffff1f", "30ffffffff0f"),
    ("a bool of 2^63", "messages2.Scalars", "0880808080808080808001", "0801"),
    ("a bool of 2^64", "messages2.Scalars", "0880808080808080808002", "0800"),
    ("a tag in two bytes", "messages2.Scalars", "900005", "1005"),
    ("a tag in five bytes", "messages2.Scalars", "908080800005", "1005"),
    ("a tag in six bytes", "messages2.Scalars", "90808080800005", None),
    ("a tag of 33 bits", "messages2.Scalars", "908080801005", None),
    ("the last field number", "messages2.Scalars", "f8ffffff0f05", "f8ffffff0f05"),
    ("field 0", "messages2.Scalars", "0005", None),
    ("wire type 6", "messages2.Scalars", "16", None),
    ("wire type 7", "messages2.Scalars", "17", None),
    ("the end of no group", "messages2.Scalars", "14", None),
    ("another wire type", "messages2.Scalars", "15010203041005", "10051501020304"),
    ("an unknown field between two", "messages2.Scalars", "1001f806071002", "1002f80607"),
    ("a closed enum's unknown number", "messages2.Scalars", "800102", "800102"),
    ("the same in two bytes", "messages2.Scalars", "80018200", "80018200"),
    ("a number past 32 bits that is known", "messages2.Scalars", "80018580808010", "800105"),
    ("text that is no UTF-8", "messages2.Scalars", "7202c328", "7202c328"),
    ("a length past the end", "messages2.Scalars", "72056162", None),
    ("a length of 2 GiB", "messages2.Scalars", "72ffffffff0741", None),
    ("a length in five bytes", "messages2.Scalars", "72818080800041", "720141"),
    ("a length in six bytes", "messages2.Scalars", "7281808080800041", None),
    ("packed where it is not", "messages2.Lists", "12020102", "10011002"),
    ("not packed where it is", "messages2.Lists", "18011802", "1a020102"),
    ("both in turns", "messages2.Lists", "18011a0202031804", "1a0401020304"),
    ("half of a packed number", "messages2.Lists", "4203010203", None),
    ("nothing packed", "messages2.Lists", "1a00", ""),
    ("a packed closed enum", "messages2.Lists", "8a0103000502", "8a01020005880102"),
    ("the same, 64 bits", "messages2.Lists", "8a010afeffffffffffffffff01", "8801feffffffffffffffff01"),
    ("a group", "messages2.Lists", "9b0108059c01", "9b0108059c01"),
    ("a group that does not end", "messages2.Lists", "9b010805", None),
    ("a group with another's end", "messages2.Lists", "9b010805a401", None),
    ("an unknown group", "messages2.Lists", "a31f0805a41f", "a31f0805a41f"),
    ("an unknown group with field 0", "messages2.Lists", "a31f0005a41f", "a31f0005a41f"),
    ("a message in two pieces", "messages2.Inner", "1a0208011a03120161", "1a050801120161"),
    ("a message in a list, twice", "messages2.Inner", "2202080122020802", "2202080122020802"),
    ("another field of a oneof", "messages2.Chosen", "08051a020801", "1a020801"),
    ("a message of a oneof in two pieces", "messages2.Chosen", "1a0208011a03120161", "1a050801120161"),
    ("the same with another between", "messages2.Chosen", "1a02080108051a03120161", "1a03120161"),
    ("a closed enum's unknown number in a oneof", "messages2.Chosen", "08052002", "08052002"),
    ("an empty entry", "messages2.Maps", "2200", "22040a001000"),
    ("an entry without its value", "messages2.Maps", "22030a016b", "22050a016b1000"),
    ("an entry without its key", "messages2.Maps", "22021005", "22040a001005"),
    ("the same key twice", "messages2.Maps", "22050a016b100122050a016b1002", "22050a016b1002"),
    ("two keys in an entry", "messages2.Maps", "22060a016b0a016c", "22050a016c1000"),
    ("an entry with an unknown field", "messages2.Maps", "22070a016b10051805", "22070a016b10051805"),
    ("an entry with an unknown number", "messages2.Maps", "1a0408011002", "1a0408011002"),
    (
        "an entry's message in two pieces",
        "messages2.Maps",
        "120d0a016b12020801120412026162",
        "120b0a016b1206080112026162",
    ),
    ("an item of a MessageSet", "messages2.HoldsOld", "0a080b10041a0208010c", "0a080b10041a0208010c"),
    ("its parts in the other order", "messages2.HoldsOld", "0a080b1a02080110040c", "0a080b10041a0208010c"),
    ("an item without a number", "messages2.HoldsOld", "0a040b1a000c", "0a00"),
    ("an item without a message", "messages2.HoldsOld", "0a040b10040c", "0a00"),
    ("an item with another field", "messages2.HoldsOld", "0a080b10041a0020050c", "0a060b10041a000c"),
    ("an item that does not end", "messages2.HoldsOld", "0a050b10041a00", None),
    ("a plain field in a MessageSet", "messages2.HoldsOld", "0a04a2060105", "0a04a2060105"),
]


@pytest.mark.parametrize(("message", "data", "again"), [pytest.param(*row[1:], id=row[0]) for row in VECTORS])
def test_as_upb(message: str, data: str, again: str | None) -> None:
    package, _, name = message.partition(".")
    cls = getattr(generated().module(f"{package}.{package}"), name)
    raw = bytes.fromhex(data)
    if again is None:
        with pytest.raises(DecodeError):
            protobuf.decode(cls, raw)
        with pytest.raises(DecodeError):
            read_message(cls, raw)
        return
    found = protobuf.decode(cls, raw)
    careful = read_message(cls, raw)
    assert found == careful
    assert protobuf.encode(found).hex() == again
    assert b"".join(write_message(careful)).hex() == again

"""The whole corpus, laid out: twice is once, the tree stays, no comment is lost. `make corpus` leaves nothing out."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from kitexgen.fmt import FormatOptions, format_text
from kitexgen.fmt.proto import proto_comments
from kitexgen.idl.encoding import decode
from kitexgen.idl.thrift.lexer import lex
from tests.builders.corpus import FOLDER, IS_FULL, corpus_files

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

OPTIONS = (FormatOptions(), FormatOptions(width=72, indent=4, align=True))


def protos() -> list[Path]:
    """Files of the Protobuf corpus; a tenth of them, as of Thrift's."""
    folder = FOLDER.parent / "proto"
    paths = sorted(folder.rglob("*.proto"))
    return [path for path in paths if IS_FULL or zlib.crc32(path.relative_to(folder).as_posix().encode()) % 10 == 0]


@pytest.mark.parametrize("options", OPTIONS, ids=["plain", "aligned"])
def test_twice_is_once(options: FormatOptions) -> None:
    formatted = comments = 0
    for path in (*(file.path for file in corpus_files()), *protos()):
        text = decode(path.read_bytes()).text
        once = format_text(text, path.name, options).text
        if once is None:  # what does not parse is left as it is
            continue
        assert format_text(once, path.name, options).text == once, path
        before, after = count_comments(text, path.name), count_comments(once, path.name)
        assert before == after, path
        formatted += 1
        comments += after
    assert formatted
    assert comments


def count_comments(text: str, name: str) -> int:
    return len(proto_comments(text, name) if name.endswith(".proto") else lex(text, name).comments)

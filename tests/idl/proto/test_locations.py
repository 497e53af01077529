"""Source locations against those protoc writes: of a text with everything in it, and of the corpus."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kitexgen.idl.proto.grammar import parse
from kitexgen.idl.proto.locations import locations

REPOSITORY = Path(__file__).parents[3]
CORPUS = Path(os.environ.get("KITEXGEN_CORPUS", REPOSITORY.parent / "shared" / "idl_corpus")) / "proto"
UNINTERPRETED = 999

# Path, span, leading, trailing, detached.
Row = tuple[tuple[int, ...], tuple[int, ...], str, str, tuple[str, ...]]

EVERYTHING = """\
// licence

/* of
 * syntax */
syntax = "proto2"; // behind
package a . b;;
import public "google/protobuf/descriptor.proto"; import weak "google/protobuf/any.proto";
\toption java_package = "é" "x"; /* é */ option optimize_for\t=\tSPEED;

// apart
;
// of A
message A {
  // of b
  optional .a. b.A b = 0x1 [default = X, (a.b.c).d = { e: 1 }, json_name = 'x' "y"];
  repeated group G = 2 { /* of G */ required int32 x = 1; } // behind G
  map<string, A> m = 3;
  message N {}
  enum E { option allow_alias = true; X = -1; Y = -1 [deprecated = true]; reserved -5, 6 to max; reserved "q"; }
  oneof o { option (a.b.k) = 1; // of p
    int32 p = 4 [default = -5]; group Q = 5 {} }
  extensions 100, 200 to 300, 400 to max [(a.b.z) = 1, verification = UNVERIFIED];
  extend A { optional A c = 100; optional group H = 200 {} }
  option deprecated = true; reserved 50, 60 to 70; reserved "r", "s";
}
extend A { repeated int32 w = 201; }
// of S
service S { option deprecated = true; rpc M(stream A) returns (stream .a.b.A); // of M
  rpc O(A) returns (A) { option deprecated = true; option idempotency_level = IDEMPOTENT; } }
// the end
"""
SMALL = ["", "// only\n", "\n\n\t// only", "\ufeffsyntax = 'proto3';", "message A {}\r\n// a\r\n\r\nmessage B {}"]
EDITION = 'edition = "2024";\nimport option "google/protobuf/descriptor.proto";\nexport message A { reserved b, c; }\n'


def from_protoc(name: str, roots: Sequence[Path], folder: Path) -> list[Row]:
    protoc = pytest.importorskip("grpc_tools.protoc")
    descriptors = pytest.importorskip("google.protobuf.descriptor_pb2")
    output = folder / "set.bin"
    flags = ["--experimental_editions", "--include_source_info", f"--descriptor_set_out={output}"]
    shipped = Path(protoc.__file__).parent / "_proto"
    assert protoc.main(["protoc", *flags, *(f"-I{root}" for root in (*roots, shipped)), name]) == 0
    found = descriptors.FileDescriptorSet.FromString(output.read_bytes()).file[-1].source_code_info.location
    return [
        (
            tuple(one.path),
            tuple(one.span),
            one.leading_comments,
            one.trailing_comments,
            tuple(one.leading_detached_comments),
        )
        for one in found
    ]


def ours(text: str) -> Iterator[Row]:
    tree, _ = parse(text, "main.proto")
    for one in locations(tree, text):
        said = one.comments
        rest = (said.leading or "", said.trailing or "", said.detached) if said else ("", "", ())
        yield (one.path, one.span, *rest)


def upto_option(row: Row) -> Row:
    """Without what interpreting an option changes in its path."""
    path = row[0]
    return (path[: path.index(UNINTERPRETED)] if UNINTERPRETED in path else path, *row[1:])


def assert_same(text: str, wanted: Sequence[Row]) -> None:
    rows = list(ours(text))
    assert len(rows) == len(wanted)
    for mine, theirs in zip(rows, wanted, strict=True):
        length = len(upto_option(mine)[0]) if UNINTERPRETED in mine[0] else len(theirs[0])
        assert upto_option(mine) == (theirs[0][:length], *theirs[1:])


@pytest.mark.parametrize("text", [*SMALL, EDITION])
def test_small_files(text: str, tmp_path: Path) -> None:
    (tmp_path / "main.proto").write_bytes(text.encode())
    assert_same(text, from_protoc("main.proto", [tmp_path], tmp_path))


def test_everything(tmp_path: Path) -> None:
    text = EVERYTHING.replace("default = X, (a.b.c).d = { e: 1 }, ", "").replace("option (a.b.k) = 1;", "")
    text = text.replace("(a.b.z) = 1, ", "").replace("import weak", "import")
    (tmp_path / "main.proto").write_bytes(text.encode())
    wanted = from_protoc("main.proto", [tmp_path], tmp_path)
    # `verification` is for the source only, and protoc leaves it out.
    mine = [
        row for row in ours(text) if row[0][:4] not in {(4, 0, 5, 0), (4, 0, 5, 1), (4, 0, 5, 2)} or 3 not in row[0][4:]
    ]
    assert len(mine) == len(wanted)
    for one, theirs in zip(mine, wanted, strict=True):
        assert one[1:] == theirs[1:]


@pytest.mark.corpus
@pytest.mark.skipif(not (CORPUS / "index.tsv").exists(), reason=f"no IDL corpus at {CORPUS}; set KITEXGEN_CORPUS")
def test_corpus(tmp_path: Path) -> None:
    """Every accepted file; without KITEXGEN_CORPUS_FULL every tenth. Options for the source only, which protoc leaves
    out of descriptor sets, are looked over."""
    with (CORPUS / "index.tsv").open(encoding="utf-8") as file:
        accepted = [row for row in csv.DictReader(file, delimiter="\t") if row["protoc_new"].startswith("ok")]
    step = 1 if os.environ.get("KITEXGEN_CORPUS_FULL") else 10
    for row in accepted[::step]:
        roots = [CORPUS / root for root in row["include_roots"].split(";")]
        wanted = from_protoc(str(CORPUS / row["file"]), roots, tmp_path)
        mine = list(ours((CORPUS / row["file"]).read_bytes().decode()))
        if len(mine) == len(wanted):
            assert [one[1:] for one in mine] == [one[1:] for one in wanted], row["file"]
        else:
            known = {one[1:] for one in mine}
            assert [one for one in wanted if one[1:] not in known] == [], row["file"]
            plain = [one for one in mine if not _is_of_options(one[0])]
            assert [one for one in plain if one not in set(wanted)] == [], row["file"]


def _is_of_options(path: tuple[int, ...]) -> bool:
    return UNINTERPRETED in path or path[-1:] in {(2,), (3,), (4,), (7,), (8,)}

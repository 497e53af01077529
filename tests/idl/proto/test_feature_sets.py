"""Features of one's own: an extension of FeatureSet declared elsewhere, its targets, editions and retention.

Each file gets protoc's verdict and, when it is accepted, protoc's bytes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kitexgen.idl.proto.descriptor_set import read_descriptor_set

FOLDER = Path(__file__).with_name("feature_sets")
BODIES = [
    "message M { int32 a = 1 [features.(f.mine).on = true]; }",
    "option features.(f.mine).on = true; message M {}",
    "message M { option features.(f.mine).on = true; }",
    "message M { option features.(f.mine).e = EA; }",
    'message M { option features.(f.mine).e = EC; option (f.pub) = "x"; }',
    "message M { int32 a = 1 [features.(f.mine).late = LA]; }",
    "message M { int32 a = 1 [features.(f.mine) = { on: true }]; }",
    "message M { option (f.m).on = true; }",
    "message M { option (f.m) = { e: EA }; }",
]
IMPORTS = ['import "f.proto";', 'import "pub.proto";', 'import option "f.proto";']


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["2023", "2024"])
@pytest.mark.parametrize("statement", IMPORTS)
def test_as_protoc(edition: str, statement: str, tmp_path: Path) -> None:
    pytest.importorskip("grpc_tools")
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    verdicts = []
    for at, body in enumerate(BODIES):
        path = tmp_path / f"case{at}.proto"
        path.write_text(f'edition = "{edition}";\npackage m;\n{statement}\n{body}\n')
        flags = ["-I.", "--include_imports", "--include_source_info", "-oset", path.name]
        command = [sys.executable, "-m", "grpc_tools.protoc", *flags]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        found = read_descriptor_set([path], [tmp_path])
        assert (found.data is not None) is (run.returncode == 0), (body, run.stderr, found.report.diagnostics)
        verdicts.append(found.data is not None)
        if found.data is not None:
            assert found.data == (tmp_path / "set").read_bytes()
    # Both kinds are there, but where all of them are of an edition that has no such import.
    assert any(verdicts) is not (edition == "2023" and "option" in statement)
    assert not all(verdicts)

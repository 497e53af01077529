"""One reference of the samples in both IDLs, for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kitexgen.cli.main import cli

ROOT = Path(__file__).parents[3]

HOSTILE = """// <script>alert("file")</script> & co
namespace py hostile

/**
 * First. Second <b>bold</b>.
 *
 * After a gap: "quotes" & 'more'.
 */
struct Quoted {
  1: string name = "<img src=x onerror=alert(1)>" (api.get = "<i>\\"x\\"</i>")
}
"""


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the reference's index.html."""
    folder = tmp_path_factory.mktemp("reference")
    (folder / "hostile.thrift").write_text(HOSTILE)
    samples = ("thrift/shop/orders.thrift", "thrift/kitchen_sink.thrift", "proto/kitchen_sink.proto")
    arguments = [
        "gen",
        "--quiet",
        *(str(ROOT / "idl_samples" / sample) for sample in samples),
        str(folder / "hostile.thrift"),
    ]
    arguments += ["--out", str(folder / "gen"), "--plugin", f"docs:out={folder / 'html'},title=Shop & Co"]
    result = CliRunner().invoke(cli, arguments, prog_name="kitexgen")
    assert result.exit_code == 0, result.stderr
    return folder / "html"

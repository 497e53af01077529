"""The doors: what may be imported of the runtime from outside, and what importing it costs.

The lists are golden files in `tests/golden/doors`; KITEXGEN_GOLDEN=write writes them anew. Review the change: what
generated code may use is a promise, and another promise is another contract version.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "doors"

DOORS = (
    "kitexgen.runtime",
    "kitexgen.runtime.contract",
    "kitexgen.runtime.contract.endpoints",
    "kitexgen.runtime.contract.model",
    "kitexgen.runtime.contract.service",
    "kitexgen.runtime.contract.streams",
    "kitexgen.runtime.contract.thrift",
    "kitexgen.runtime.contract.validation",
    "kitexgen.runtime.testing",
    "kitexgen.runtime.thrift",
    "kitexgen.runtime.wellknown",
    "kitexgen.schema",
)


def check(name: str, lines: list[str]) -> None:
    """Compare `lines` with the golden file `name`.txt."""
    path = GOLDEN / f"{name}.txt"
    text = "\n".join(lines) + "\n"
    if os.environ.get("KITEXGEN_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("door", DOORS)
def test_the_names_of_a_door(door: str) -> None:
    module = importlib.import_module(door)
    names: list[str] = module.__all__
    assert len(set(names)) == len(names)
    for name in names:
        assert getattr(module, name) is not None
    check(door, sorted(names))


def loaded_by(statement: str) -> list[str]:
    """Modules that a bare interpreter loads for `statement`, those it always has left out."""
    script = f"import sys; bare = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - bare), sep=chr(10))"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.split()


def test_generated_types_load_little() -> None:
    loaded = loaded_by("import kitexgen.runtime.contract.model")
    check("loaded_by_contract_model", [name for name in loaded if name.partition(".")[0] == "kitexgen"])
    # Of the standard library whatever `typing` and `enum` need, which differs between versions; but none of these.
    heavy = {"asyncio", "dataclasses", "inspect", "json", "socket", "ssl", "logging", "uuid", "base64", "decimal"}
    assert not heavy & set(loaded)


def test_the_runtime_alone_loads_none_of_its_rooms() -> None:
    assert [name for name in loaded_by("import kitexgen.runtime") if name.startswith("kitexgen.runtime.")] == []


def test_an_unknown_name_is_told() -> None:
    runtime = importlib.import_module("kitexgen.runtime")
    with pytest.raises(AttributeError, match=r"^module 'kitexgen.runtime' has no attribute 'Nope'$"):
        _ = runtime.Nope
    assert set(runtime.__all__) <= set(dir(runtime))

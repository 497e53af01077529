"""The tests of the compiled codec under valgrind: `python tests/fuzz/run_valgrind.py [pytest arguments]`.

CPython itself reads memory that it never wrote (the digit of a zero), so what counts is only what has the compiled
codec in its stack. Takes some minutes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
# The function of CPython that looks at the digit of a zero.
ZERO: Final = "maybe_small_long"
# Not those that count memory, run out of it, or take what is deep by the thousand.
SELECTED: Final = (
    "tests/runtime/wire/test_native_hostile.py",
    "tests/runtime/wire/test_vectors.py",
    "tests/runtime/thrift/test_codec.py",
    "tests/runtime/protobuf/test_native_hostile.py",
    "tests/runtime/protobuf/test_functions.py",
    "tests/runtime/wire/test_protobuf_vectors.py",
    "tests/runtime/wire/test_protobuf_columns.py",
    "tests/runtime/wire/test_slots.py",
    "tests/runtime/protocol/test_usual_call.py",
    "tests/runtime/server/test_usual_calls.py",
    "-k",
    "not (taken_away or deep or thousand or open_ever) and not pure and not round_trip and not damaged",
)


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        command = ["valgrind", f"--log-file={log}", "--error-limit=no", sys.executable]
        done = subprocess.run(
            [*command, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(arguments or SELECTED)],
            cwd=ROOT,
            env={**os.environ, "PYTHONMALLOC": "malloc", "PYTHONPATH": str(ROOT)},
            check=False,
        )
        text = re.sub(r"^==\d+== ?", "", log.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ours = [
        error for error in text.split("\n\n") if "/_native" in error and ZERO not in error and "Command:" not in error
    ]
    print(*ours, sep="\n\n")
    print(f"{len(ours)} errors in the compiled codec")
    return 1 if ours or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

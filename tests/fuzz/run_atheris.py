"""Fuzz one target with atheris: `python tests/fuzz/run_atheris.py stream -max_total_time=60`; all of them: `all`.

What follows the name goes to libFuzzer. An input that breaks a promise is written to the working folder and ends the
run with a status other than 0; give its file as a further argument to see it again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


def main(arguments: list[str]) -> int:
    name, *options = arguments or ["all"]
    if name == "all":
        return _fuzz_all(options)
    import atheris  # noqa: PLC0415 - only who fuzzes has it

    with atheris.instrument_imports(include=["kitexgen"]):
        from tests.fuzz.decoders import TARGETS, hold, seeds  # noqa: PLC0415 - instrumented as they are imported

    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds()):
            Path(corpus, str(number)).write_bytes(b"\x00" + seed)
        atheris.Setup([sys.argv[0], *options, corpus], lambda data: hold(target, data))
        atheris.Fuzz()
    return 0


def _fuzz_all(options: list[str]) -> int:
    from tests.fuzz.decoders import TARGETS  # noqa: PLC0415 - for the names alone; each target has its own process

    command = [sys.executable, __file__]
    failed = [name for name in TARGETS if subprocess.run([*command, name, *options], check=False).returncode]
    told = f"these broke a promise: {', '.join(failed)}" if failed else "all held"
    print(f"fuzzed {len(TARGETS)} targets, {told}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

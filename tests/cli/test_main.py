"""The command line as a whole: help, mistakes, exit statuses, where things are printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import click
import pytest
from click.testing import CliRunner, Result

from kitexgen import __version__
from kitexgen.cli.main import COMMANDS, EXIT_INTERNAL_FAULT, cli, main
from kitexgen.cli.printing import wants_color

ROOT = Path(__file__).resolve().parents[2]
GOOD = "namespace py demo\n\nstruct User {\n  1: i64 id\n}\n"
BAD = "struct User {\n  1: i64 id\n  1: i65 name\n}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("good.thrift").write_text(GOOD)
    Path("bad.thrift").write_text(BAD)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="kitexgen")


def started(
    *arguments: str,
    stdout: IO[bytes] | int = subprocess.PIPE,
    start: Sequence[str] = (sys.executable, "-m", "kitexgen"),
) -> subprocess.CompletedProcess[str]:
    """Run in a process of its own, for what is about its streams."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*start, *arguments], stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment, check=False
    )


def test_help_shows_every_command_without_importing_one() -> None:
    code = (
        "import sys; from kitexgen.cli.main import main\n"
        "try: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert line in done.stdout
    loaded = set(done.stderr.split())
    assert {name for name in loaded if name.startswith("kitexgen")} == {"kitexgen", "kitexgen.cli", "kitexgen.cli.main"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_says_the_same_in_the_table(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.short_help == COMMANDS[name][1]


def test_an_unchanged_gen_loads_nothing_heavy() -> None:
    run("gen", "good.thrift")
    code = (
        "import sys; from kitexgen.cli.main import main\n"
        "try: main(['gen', 'good.thrift'])\nfinally: print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert done.stderr == "kitex_gen is up to date\n"
    rooms = {name for name in done.stdout.split() if name.partition(".")[0] in ("kitexgen", "ply", "black", "jinja2")}
    assert rooms == {
        "kitexgen",
        "kitexgen.cli",
        "kitexgen.cli.generate",
        "kitexgen.cli.generating",
        "kitexgen.cli.main",
        "kitexgen.cli.paths",
        "kitexgen.cli.printing",
        "kitexgen.cli.settings",
        "kitexgen.driver",
        "kitexgen.driver.cache",
        "kitexgen.driver.config",
    }


def test_version() -> None:
    result = run("--version")
    assert result.stdout == f"kitexgen {__version__} (Python {sys.version.split()[0]})\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["chek", "x.thrift"], 2, "No such command 'chek'. Did you mean 'check'?"),
        (["frobnicate"], 2, "No such command 'frobnicate'."),
        (["gen", "--outt", "x", "good.thrift"], 2, "No such option"),
        (["gen"], 2, "no IDL file: name one, or set `idl` in kitexgen.toml"),
        (["check", "missing.thrift"], 1, "there is no file `missing.thrift`"),
        (["check", "bad.thrift"], 1, "error[KX"),
        (["check", "good.thrift"], 0, ""),
        (["explain", "KX0000"], 2, "No such code 'KX0000'."),
        (["dump", "bad.thrift"], 1, "error[KX"),
        (["completion", "tcsh"], 2, "'tcsh' is not one of"),
        (["gen", "good.thrift", "-o", ""], 2, "Invalid value for '-o' / '--out': the path is empty"),
        (["check", ""], 2, "the path is empty"),
    ],
)
def test_exit_status_and_message(arguments: list[str], status: int, said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert said in result.stderr


def test_near_misses_of_codes_are_suggested() -> None:
    result = run("explain", "KX0599")
    assert result.exit_code == 2
    assert "Did you mean 'KX0509'?" in result.stderr


@pytest.mark.parametrize("spelling", ["KX0502", "kx0502", "502", "error[KX0502]", "0502"])
def test_explain_takes_a_code_as_people_write_it(spelling: str) -> None:
    assert run("explain", spelling).stdout.startswith("# KX0502: no such setting\n")


def test_explain_lists_codes() -> None:
    lines = run("explain").stdout.splitlines()
    assert "KX0502  no such setting" in lines


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete -o"), ("zsh", "#compdef kitexgen"), ("fish", "complete ")]
)
def test_completion_scripts(shell: str, mark: str) -> None:
    result = run("completion", shell)
    assert mark in result.stdout
    assert "_KITEXGEN_COMPLETE" in result.stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("kitexgen ge", ["plain,gen"]),
        ("kitexgen gen --nam", ["plain,--naming"]),
        ("kitexgen gen --naming p", ["plain,python"]),
        ("kitexgen gen -p val", ["plain,validator"]),
        ("kitexgen explain kx0501", ["plain,KX0501"]),
        ("kitexgen explain no_by", ["plain,NO_BYTE"]),
        ("kitexgen lint --use comment_f", ["plain,COMMENT_FIELD"]),
        ("kitexgen lint --except COMMENTS", ["plain,COMMENTS"]),
        ("kitexgen breaking --except ONEOF", ["plain,ONEOF_NO_DELETE"]),
        ("kitexgen gen good", ["file,good"]),
    ],
)
def test_completion_completes(words: str, completed: list[str]) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_KITEXGEN_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    code = "from kitexgen.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.stdout.splitlines() == completed


@pytest.mark.parametrize("arguments", [["dump", "good.thrift"], ["explain"], ["completion", "bash"]])
def test_a_full_disk_behind_standard_output_is_no_fault_of_ours(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = started(*arguments, stdout=full)
    assert (done.returncode, done.stderr) == (1, "Error: cannot write to standard output: No space left on device\n")


def test_a_reader_that_has_enough_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb") as pipe:
        done = started("explain", stdout=pipe)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    "arguments", [["fmt", "-"], ["call", "good.thrift", "Get", "-", "--to", "127.0.0.1:1"]], ids=["fmt", "call"]
)
def test_standard_input_that_is_closed_is_wrong_usage(arguments: list[str]) -> None:
    done = started(*arguments, start=["sh", "-c", 'exec "$0" -m kitexgen "$@" <&-', sys.executable])
    assert done.returncode == 2
    assert done.stderr.endswith("Error: standard input is closed\n")


@pytest.mark.parametrize("command", ["check", "lint", "fmt", "gen"])
def test_a_folder_without_idl_is_an_error(command: str) -> None:
    Path("none").mkdir()
    result = run(command, "none")
    assert result.exit_code == 1
    assert "error[KX0002]: there is no .thrift and no .proto file in the directory `none`" in result.stderr


def test_message_formats() -> None:
    text = run("check", "bad.thrift")
    assert text.stdout == ""
    assert "bad.thrift:3:3: error[KX0204]" in text.stderr
    lines = run("check", "bad.thrift", "--message-format", "json")
    assert lines.stderr == ""
    found = [json.loads(line) for line in lines.stdout.splitlines()]
    assert {"KX0204", "KX0210"} <= {one["code"] for one in found}
    assert run("check", "bad.thrift", "--message-format", "github").stdout.startswith("::error file=bad.thrift,line=3")
    log = json.loads(run("check", "bad.thrift", "--message-format", "sarif").stdout)
    assert len(log["runs"][0]["results"]) == len(found)
    assert json.loads(run("check", "good.thrift", "--message-format", "sarif").stdout)["runs"][0]["results"] == []


def test_quiet_leaves_errors_alone() -> None:
    Path("warned.thrift").write_text("namespace py demo\nenum E { A = 1, B = 1 }\n")
    assert "warning[" in run("check", "warned.thrift").stderr
    assert run("check", "warned.thrift", "--quiet").stderr == ""
    assert run("gen", "warned.thrift", "--quiet").output == ""
    assert "error[" in run("check", "bad.thrift", "--quiet").stderr


def test_verbose_names_files() -> None:
    assert "create kitex_gen/demo/good.py\n" in run("gen", "good.thrift", "-v").stderr


def test_a_fault_of_ours_says_what_to_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("kitexgen.idl.load", fail)
    with pytest.raises(SystemExit) as left:
        main(["check", "a b.thrift"])
    said = capsys.readouterr().err
    assert left.value.code == EXIT_INTERNAL_FAULT == 70
    assert said.startswith("kitexgen: internal fault: KeyError: 'oops'\n  at test_main.py:")
    assert f"kitexgen {__version__}, Python {sys.version.split()[0]}" in said
    assert "running: kitexgen check 'a b.thrift'" in said
    assert "Traceback" not in said
    with pytest.raises(SystemExit):
        main(["check", "-v", "a b.thrift"])
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):\n")


class Terminal:
    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("flag", "environment", "is_terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_where_color_goes(
    monkeypatch: pytest.MonkeyPatch, flag: str, environment: dict[str, str], is_terminal: bool, expected: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wants_color(flag, Terminal(is_terminal)) is expected  # type: ignore[arg-type]


def test_color_is_printed_when_asked_for() -> None:
    assert "\033[1;31m" in run("check", "bad.thrift", "--color", "always").stderr
    assert "\033" not in run("check", "bad.thrift").stderr
    assert "\033[1m" in run("explain", "502", "--color", "always").stdout


def test_settings_are_found_upwards_and_flags_override(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kitexgen.toml").write_text('idl = "good.thrift"\nout = "made"\n')
    Path("deep/er").mkdir(parents=True)
    monkeypatch.chdir("deep/er")
    assert run("gen").exit_code == 0
    assert Path("../../made/demo/good.py").exists()
    assert run("gen", "../../good.thrift", "-o", "here").exit_code == 0
    assert Path("here/demo/good.py").exists()
    assert Path.cwd().name == "er"


def test_dump() -> None:
    tokens = json.loads(run("dump", "good.thrift", "--as", "tokens").stdout)
    assert [token["text"] for token in tokens["tokens"]][:3] == ["namespace", "py", "demo"]
    assert tokens["tokens"][3] == {"kind": tokens["tokens"][3]["kind"], "text": "struct", "at": "3:1-3:7"}
    tree = json.loads(run("dump", "good.thrift", "--as", "tree").stdout)
    assert tree["kind"] == "document"
    assert tree["definitions"][0]["fields"][0]["name"] == {"kind": "name", "text": "id", "span": "4:10-4:12"}
    schema = json.loads(run("dump", "good.thrift").stdout)
    assert schema["roots"] == ["good.thrift"]
    wrong = run("dump", "bad.thrift", "--as", "tree", "--message-format", "json")
    assert json.loads(wrong.stdout)["kind"] == "document"
    missing = run("dump", "missing.thrift", "--as", "tokens")
    assert (missing.exit_code, missing.stdout) == (1, "")


def test_dump_of_protobuf() -> None:
    Path("good.proto").write_text('syntax = "proto3";\nmessage A { string name = 1; }\n')
    Path("bad.proto").write_text('syntax = "proto3";\nmessage A { B b = 1; }\n')
    tokens = json.loads(run("dump", "good.proto", "--as", "tokens").stdout)
    assert tokens["tokens"][0] == {"kind": tokens["tokens"][0]["kind"], "text": "syntax", "at": "1:1-1:7"}
    tree = json.loads(run("dump", "good.proto", "--as", "tree").stdout)
    assert (tree["kind"], tree["edition"], tree["syntax"]["value"]["value"]) == ("file", "proto3", "proto3")
    written = run("dump", "--as", "descriptor-set", "-o", "made/set", "good.proto")
    assert (written.exit_code, written.stdout, written.stderr) == (0, "", "")
    assert b"\n\ngood.proto" in Path("made/set").read_bytes()
    refused = run("dump", "--as", "descriptor-set", "-o", "none", "bad.proto")
    assert refused.exit_code == 1
    assert "error[KX0710]" in refused.stderr
    assert not Path("none").exists()
    unwritable = run("dump", "--as", "descriptor-set", "-o", "good.proto/set", "good.proto")
    assert unwritable.exit_code == 1
    assert "error[KX0506]" in unwritable.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as", "descriptor-set", "a.proto"], "say where it goes with -o FILE"),
        (["--as", "descriptor-set", "-o", "x", "good.thrift"], "'good.thrift' is none"),
        (["--as", "tree", "-o", "x", "good.thrift"], "-o is for --as descriptor-set"),
        (["--as", "tree", "good.thrift", "bad.thrift"], "--as tree takes one file"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_of_dump(arguments: list[str], said: str) -> None:
    result = run("dump", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr

"""Whole runs over real files: what is written, remembered, refused and taken away."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kitexgen.cli.main import cli
from kitexgen.driver import cache
from kitexgen.driver.manifest import MANIFEST, read_manifest

ROOT = Path(__file__).resolve().parents[2]
USER = "namespace py demo\n\nstruct User {\n  1: required i64 id\n}\n"
ORDER = 'namespace py demo.orders\n\ninclude "user.thrift"\n\nstruct Order {\n  1: user.User by\n}\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("user.thrift").write_text(USER)
    Path("order.thrift").write_text(ORDER)
    return tmp_path


def gen(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["gen", *arguments], prog_name="kitexgen")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def tree(folder: str = "kitex_gen") -> dict[str, bytes]:
    """Generated files by path, our own state left out."""
    found = (path for path in Path(folder).rglob("*") if path.is_file() and ".kitexgen" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def the_note() -> Path:
    """What the one run there was has noted, beside what it remembers of each IDL file."""
    (path,) = (path for path in Path("kitex_gen/.kitexgen/cache").iterdir() if path.suffix != ".modules")
    return path


def forbid_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_again(*arguments: object) -> None:
        raise AssertionError("the run was not told by digest")

    monkeypatch.setattr("kitexgen.driver.compile.generate", compile_again)


def test_an_unchanged_tree_is_told_by_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    written = gen("order.thrift").stderr
    assert written == f"kitex_gen: {len(tree())} written\n"
    forbid_compiling(monkeypatch)
    assert gen("order.thrift").stderr == "kitex_gen is up to date\n"
    assert gen("order.thrift", "-q").stderr == ""
    assert gen("order.thrift", "--check").exit_code == 0


def touch_input() -> None:
    Path("user.thrift").write_text(USER + "\nstruct More {}\n")


def edit_output() -> None:
    with open("kitex_gen/demo/user.py", "a") as file:
        file.write("# edited\n")


def delete_output() -> None:
    Path("kitex_gen/demo/user.py").unlink()


def edit_manifest() -> None:
    Path("kitex_gen", MANIFEST).write_text("{}")


def leave_journal() -> None:
    Path("kitex_gen/.kitexgen/journal.json").write_text("{}")


def new_include_is_found_first() -> None:
    # Beside the including file goes before -I: a file that was looked for in vain appears.
    Path("far.thrift").write_text("namespace py near\n\nstruct Far {}\n")


@pytest.mark.parametrize(
    "change", [touch_input, edit_output, delete_output, edit_manifest, leave_journal, new_include_is_found_first]
)
def test_any_change_is_noticed(change: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(change)
    Path("far").mkdir()
    Path("far/far.thrift").write_text("namespace py far\n\nstruct Far {}\n")
    Path("user.thrift").write_text('include "far.thrift"\n' + USER.replace("1: required i64 id", "1: far.Far id"))
    arguments = ("order.thrift", "-I", "far")
    gen(*arguments)
    with monkeypatch.context() as context:
        forbid_compiling(context)
        gen(*arguments)
    change()
    with monkeypatch.context() as context:
        forbid_compiling(context)
        with pytest.raises(AssertionError):
            gen(*arguments)
    assert gen(*arguments).exit_code == 0
    after = tree()
    for path in tree():
        (Path("kitex_gen") / path).unlink()
    gen(*arguments)
    assert tree() == after


@pytest.mark.parametrize(
    "note", [b"", b"\xff\xfe", b"kitexgen cache 1\n", b"kitexgen cache 9\nx\nsaid\n\0", b"\0" * 99]
)
def test_a_broken_note_is_no_note(note: bytes) -> None:
    gen("user.thrift")
    path = the_note()
    good = path.read_bytes()
    path.write_bytes(note)
    assert gen("user.thrift").stderr == "kitex_gen is up to date\n"
    assert path.read_bytes() == good


def test_a_note_that_cannot_be_written_is_passed_over() -> None:
    gen("user.thrift")
    path = the_note()
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way")
    assert gen("user.thrift").exit_code == 0


def test_another_tool_makes_notes_void(monkeypatch: pytest.MonkeyPatch) -> None:
    gen("user.thrift")
    monkeypatch.setattr(cache, "__version__", "99")
    forbid_compiling(monkeypatch)
    with pytest.raises(AssertionError):
        gen("user.thrift")


def test_warnings_are_said_again() -> None:
    Path("user.thrift").write_text("namespace py demo\n\nenum E { A = 1, B = 1 }\n")
    first = gen("user.thrift").stderr
    assert "warning[" in first
    assert gen("user.thrift").stderr.removesuffix("kitex_gen is up to date\n") == first.rpartition("kitex_gen: ")[0]
    assert gen("user.thrift", "-q").stderr == ""


def test_errors_leave_the_old_output() -> None:
    gen("user.thrift")
    before = tree()
    Path("user.thrift").write_text(USER.replace("i64", "i65"))
    result = gen("user.thrift")
    assert result.exit_code == 1
    assert "error[" in result.stderr
    assert tree() == before


def test_orphans_of_a_configured_run_are_removed() -> None:
    Path("kitexgen.toml").write_text('idl = ["*.thrift"]\n')
    gen()
    assert "demo/orders/order.py" in tree()
    Path("order.thrift").unlink()
    check = gen("--check")
    assert check.exit_code == 1
    assert "kitex_gen/demo/orders/order.py: error[KX0509]" in check.stderr
    assert "demo/orders/order.py" in tree()
    assert gen().exit_code == 0
    assert not Path("kitex_gen/demo/orders").exists()
    assert gen("--check").exit_code == 0


def test_runs_over_different_files_leave_each_other_alone() -> None:
    Path("other.thrift").write_text("namespace py other\n\nstruct Other {}\n")
    gen("order.thrift")
    gen("other.thrift")
    assert {"demo/user.py", "demo/orders/order.py", "other/other.py"} <= set(tree())
    assert read_manifest(Path("kitex_gen")).files["__init__.py"] == ("../order.thrift", "../other.thrift")
    Path("order.thrift").write_text("namespace py moved\n\nstruct Order {}\n")
    gen("order.thrift")
    assert "demo/orders/order.py" not in tree()
    assert "other/other.py" in tree()


def test_handwritten_files_stay() -> None:
    gen("order.thrift")
    Path("kitex_gen/mine.py").write_text("by hand")
    Path("kitex_gen/demo/orders/order.py").write_text("by hand now")
    before = tree()
    refused = gen("order.thrift")
    assert refused.exit_code == 1
    assert "kitex_gen/demo/orders/order.py: error[KX0505]" in refused.stderr
    assert tree() == before
    Path("kitexgen.toml").write_text('idl = "user.thrift"\n')
    assert gen().exit_code == 0
    assert tree()["demo/orders/order.py"] == b"by hand now"
    assert tree()["mine.py"] == b"by hand"


def test_a_manifest_cannot_reach_out_of_its_folder() -> None:
    gen("user.thrift")
    victim = Path("victim.py")
    victim.write_text("# Generated by kitexgen 0.0.1\n")
    text = '{"version": 1, "files": {"../victim.py": [], "/etc/x": []}, "answered": {}}'
    Path("kitex_gen", MANIFEST).write_text(text)
    assert read_manifest(Path("kitex_gen")).files == {}
    gen("user.thrift")
    assert victim.exists()


def test_check_and_diff_write_nothing() -> None:
    gen("user.thrift")
    before = tree()
    touch_input()
    check = gen("user.thrift", "--check")
    assert (check.exit_code, check.stdout) == (1, "")
    diff = gen("user.thrift", "--diff")
    assert diff.exit_code == 0
    assert "+++ b/kitex_gen/demo/user.py\n" in diff.stdout
    assert "+class More(Struct):\n" in diff.stdout
    both = gen("user.thrift", "--check", "--diff")
    assert (both.exit_code, both.stdout) == (1, diff.stdout)
    assert tree() == before


def test_the_same_bytes_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("kitexgen.toml").write_text('idl = ["order.thrift", "user.thrift"]\n')
    gen()
    first = tree(), Path("kitex_gen", MANIFEST).read_bytes()
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert gen("--check").exit_code == 0
    monkeypatch.chdir(tmp_path)
    assert (tree(), Path("kitex_gen", MANIFEST).read_bytes()) == first


def test_a_handler_is_laid_down_and_added_to() -> None:
    idl = USER + "\nservice Users {\n  User Get(1: i64 id)\n}\n"
    Path("user.thrift").write_text(idl)
    check = gen("user.thrift", "--handler", "handler.py", "--check")
    assert "error[KX0515]: `handler.py` lacks a class for the service `Users`" in check.stderr
    assert gen("user.thrift", "--handler", "handler.py").exit_code == 0
    laid_down = Path("handler.py").read_text()
    assert "async def get(self, id: int) -> User:" in laid_down
    mine = laid_down.replace("raise NotImplementedError", "return User(id=id)  #")
    Path("handler.py").write_text(mine)
    Path("handler.py").chmod(0o640)
    Path("user.thrift").write_text(idl.replace("  User Get", "  void Drop(1: i64 id)\n  User Get"))
    result = gen("user.thrift", "--handler", "handler.py")
    assert "handler.py: drop added\n" in result.stderr
    text = Path("handler.py").read_text()
    assert text.startswith(mine)
    assert "async def drop(self, id: int) -> None:" in text.removeprefix(mine)
    assert Path("handler.py").stat().st_mode & 0o777 == 0o640
    Path("user.thrift").write_text(idl.replace("i64 id)", "string id)"))
    result = gen("user.thrift", "--handler", "handler.py")
    assert result.exit_code == 0
    assert "warning[KX0512]" in result.stderr
    assert "warning[KX0513]" in result.stderr
    assert Path("handler.py").read_text() == text


def test_files_without_services_need_no_handler() -> None:
    assert gen("user.thrift", "--handler", "handler.py").exit_code == 0
    assert not Path("handler.py").exists()


def test_several_services_share_a_handler_and_a_new_one_gets_its_class() -> None:
    services = "\nservice Users {\n  User Get(1: i64 id)\n}\n\nservice More extends Users {\n  void Also()\n}\n"
    Path("user.thrift").write_text(USER + services)
    gen("user.thrift", "--handler", "handler.py")
    before = Path("handler.py").read_text()
    assert before.count("async def get(self, id: int) -> User:") == 2
    Path("user.thrift").write_text(f"{USER}{services}\nservice Late {{\n  void Come()\n}}\n")
    assert "handler.py: LateHandler added\n" in gen("user.thrift", "--handler", "handler.py").stderr
    text = Path("handler.py").read_text()
    assert text.endswith("\n\n\nclass LateHandler(Late):\n    async def come(self) -> None:\n" + STUB)
    assert "from kitex_gen.demo.late import Late\n" in text
    assert set(before.splitlines()) <= set(text.splitlines())
    Path("handler.py").write_text(text.replace("class LateHandler(Late)", "class Renamed"))
    again = gen("user.thrift", "--handler", "handler.py")
    assert (again.exit_code, "warning[KX0514]" in again.stderr) == (0, True)
    assert Path("handler.py").read_text().count("class ") == 3


STUB = '        raise NotImplementedError("Late.Come")\n'


def test_two_runs_at_once_leave_one_of_their_outputs() -> None:
    command = [sys.executable, "-m", "kitexgen", "gen", "-q", "order.thrift"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [subprocess.Popen([*command, *(["--naming", "idl"] if n % 2 else [])], env=environment) for n in range(4)]
    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    assert gen("order.thrift", "--check").exit_code == 0
    assert [path.name for path in Path().iterdir() if path.name.startswith(".kitex")] == []


FULL_DISK = """
import resource, sys
# No file may grow beyond so many bytes: the system refuses the write, as it does on a full disk.
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from kitexgen.cli.main import main
main(["gen", "user.thrift"])
"""


@pytest.mark.parametrize("is_first", [True, False])
def test_a_write_that_the_system_refuses_leaves_the_old_output(is_first: bool) -> None:
    if not is_first:
        gen("user.thrift")
    before = tree() if not is_first else {}
    Path("user.thrift").write_text(USER + "".join(f"struct S{n} {{ 1: i64 a }}\n" for n in range(50)))
    command = [sys.executable, "-c", FULL_DISK, "4096"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "error[KX0506]: cannot write into `kitex_gen`: File too large" in done.stderr
    assert tree() == before
    assert Path("kitex_gen").exists() == (not is_first)
    assert [path.name for path in Path().iterdir() if path.name.startswith(".kitex")] == []


@pytest.mark.slow
def test_a_run_that_is_really_killed_leaves_old_or_new(tmp_path: Path) -> None:
    """Killed from outside, at moments of chance between start and end; never a mixture, and the next run is whole."""
    rng = random.Random(7)
    variants = []
    for fields in (1, 2):
        body = "".join(f"struct S{n} {{ 1: i{16 * fields} a }}\n" for n in range(30))
        Path("user.thrift").write_text(f"namespace py demo\n{body}")
        gen("user.thrift")
        variants.append((Path("user.thrift").read_text(), tree()))
    command = [sys.executable, "-m", "kitexgen", "gen", "-q", "user.thrift"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    subprocess.run(command, env=environment, check=True)
    duration = time.monotonic() - started + 0.3
    whole = [variant[1] for variant in variants]
    killed = 0
    for round_ in range(24):
        Path("user.thrift").write_text(variants[round_ % 2][0])
        run = subprocess.Popen(command, env=environment)
        time.sleep(rng.uniform(0.3, 1.0) * duration)
        run.send_signal(signal.SIGKILL)
        killed += run.wait() != 0
        assert tree() in whole
    assert killed
    assert gen("user.thrift").exit_code == 0
    assert tree() == variants[1][1]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".kitex")] == []


def test_a_file_in_place_of_the_folder_is_told() -> None:
    Path("kitex_gen").write_text("mine")
    result = gen("user.thrift")
    assert result.exit_code == 1
    assert "error[KX0506]: cannot write into `kitex_gen`: Not a directory\n" in result.stderr
    assert Path("kitex_gen").read_text() == "mine"

"""Rules as a list, and what settings and comments do to them. What each rule finds stands in tests/golden/errors."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from kitexgen.cli.explain import _rule_name
from kitexgen.codegen.plan import names
from kitexgen.diagnostics.diagnostic import Severity
from kitexgen.driver.config import Config
from kitexgen.driver.lint import LintRun, run_lint
from kitexgen.lint import RULES, LintSettings, rules
from kitexgen.lint.casing import to_lower_snake, to_pascal, to_upper_snake
from kitexgen.lint.python_names import escapes_in_python
from kitexgen.lint.rule import Category


def run(text: str, tmp_path: Path, *, name: str = "main.thrift", fix: bool = False, **settings: object) -> LintRun:
    path = tmp_path / name
    path.write_text(text)
    return run_lint(Config(idl=(str(path),)), LintSettings(**settings), wants_fixes=fix)  # type: ignore[arg-type]


def found(result: LintRun) -> list[str]:
    return [diagnostic.code for diagnostic in result.report.diagnostics]


# ---- the list -----------------------------------------------------------------------------------------------------


def test_every_rule_is_in_the_list_once_and_in_code_order() -> None:
    modules = [name for _, name, _ in pkgutil.iter_modules(rules.__path__)]
    listed = [importlib.import_module(f"{rules.__name__}.{name}").RULE for name in modules]
    assert {rule.code for rule in RULES} == {rule.code for rule in listed}
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert {rule.name.lower() for rule in RULES} == set(modules)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_says_why_and_has_its_page(rule: rules.Rule) -> None:
    assert rule.rationale.endswith(".")
    assert _rule_name(rule.code) == rule.name
    categories = set(rule.categories)
    assert Category.MINIMAL not in categories or categories == {Category.MINIMAL, Category.BASIC, Category.STANDARD}
    assert Category.BASIC not in categories or Category.STANDARD in categories


def test_the_builtins_are_those_of_the_code_generator() -> None:
    for name in names.ANNOTATION_BUILTINS:
        assert escapes_in_python(name) == "a builtin type"
    for name in ("from", "self", "None", "user", "str"):
        assert (escapes_in_python(name) is not None) == (names.attribute_name(name) != name)


@pytest.mark.parametrize(
    ("name", "snake", "pascal"),
    [
        ("userId", "user_id", "UserId"),
        ("getHTTPUrl", "get_http_url", "GetHTTPUrl"),
        ("utf8Text", "utf8_text", "Utf8Text"),
        ("user_name", "user_name", "UserName"),
        ("ABC", "abc", "ABC"),
    ],
)
def test_other_spellings(name: str, snake: str, pascal: str) -> None:
    assert (to_lower_snake(name), to_upper_snake(name), to_pascal(name)) == (snake, snake.upper(), pascal)


# ---- what is silent -----------------------------------------------------------------------------------------------

CLEAN = """\
// Accounts.
namespace py demo.user
namespace go demo.user

enum State {
  UNSPECIFIED = 0
  ACTIVE = 1
}

struct GetUserRequest {
  1: i64 id
}

struct GetUserResponse {
  1: optional string name
  2: map<string, list<State>> states
}

service UserService {
  GetUserResponse GetUser(1: GetUserRequest req)
}
"""

CLEAN_PROTO = """\
syntax = "proto3";

package shop.v1;

enum State {
  STATE_UNSPECIFIED = 0;
  STATE_SENT = 1;
}

message GetCartRequest {
  int64 id = 1;
}

message GetCartResponse {
  State state = 1;
}

service CartService {
  rpc GetCart(GetCartRequest) returns (GetCartResponse);
}
"""


def test_good_idl_is_silent(tmp_path: Path) -> None:
    assert found(run(CLEAN, tmp_path)) == []
    (tmp_path / "shop" / "v1").mkdir(parents=True)
    assert found(run(CLEAN_PROTO, tmp_path, name="shop/v1/cart.proto")) == []


BAD = "namespace py a\nnamespace go a\n\nstruct user {\n  1: i64 userId\n}\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ["KX0818", "KX0815"]),
        ("// lint:ignore MESSAGE_PASCAL_CASE old clients\n", "", ["KX0815"]),
        ("// lint:ignore MESSAGE_PASCAL_CASE, FIELD_LOWER_SNAKE_CASE old clients\n", "", []),
        ("/* lint:ignore BASIC old clients */\n", "", []),
        ("# lint:ignore KX0818 old clients\n", "", ["KX0815"]),
        ("", " // lint:ignore FIELD_LOWER_SNAKE_CASE old clients", ["KX0818"]),
        ("// lint:ignore MESSAGE_PASCAL_CASE\n", "", ["KX0890", "KX0818", "KX0815"]),
        ("// lint:ignore because\n", "", ["KX0890", "KX0818", "KX0815"]),
        ("// lint:ignore ENUM_PASCAL_CASE old clients\n", "", ["KX0891", "KX0818", "KX0815"]),
        # Of a rule that is not in use nobody can say whether the ignore is needed.
        ("// lint:ignore COMMENT_FIELD old clients\n", "", ["KX0818", "KX0815"]),
    ],
)
def test_ignores(before: str, after: str, expected: list[str], tmp_path: Path) -> None:
    text = BAD.replace("struct", before + "struct").replace("userId", "userId" + after)
    assert found(run(text, tmp_path)) == expected


def test_a_file_is_ignored_whole(tmp_path: Path) -> None:
    assert found(run(BAD + "// lint:ignore-file STANDARD generated\n", tmp_path)) == []


def test_ignores_in_protobuf(tmp_path: Path) -> None:
    text = 'syntax = "proto3";\npackage a;\n// lint:ignore MESSAGE_PASCAL_CASE old clients\nmessage user {}\n'
    assert found(run(text, tmp_path, name="a.proto", use=("MESSAGE_PASCAL_CASE",))) == []


def test_includes_are_read_and_not_judged(tmp_path: Path) -> None:
    (tmp_path / "base.thrift").write_text("struct base { 1: i64 Id }\n")
    text = 'include "base.thrift"\nnamespace py a\nnamespace go a\nstruct A { 1: base.base b }\n'
    assert found(run(text, tmp_path)) == []


# ---- settings -----------------------------------------------------------------------------------------------------


def test_use_except_and_severity(tmp_path: Path) -> None:
    assert found(run(BAD, tmp_path, use=("KX0815",))) == ["KX0815"]
    assert found(run(BAD, tmp_path, leave_out=("FIELD_LOWER_SNAKE_CASE",))) == ["KX0818"]
    loud = run(BAD, tmp_path, severities={"BASIC": Severity.NOTE, "KX0815": Severity.ERROR})
    assert [one.severity for one in loud.report.diagnostics] == [Severity.NOTE, Severity.ERROR]
    assert loud.exit_status == 1
    assert run(BAD, tmp_path, severities={"STANDARD": Severity.NOTE}).exit_status == 0


def test_ignored_paths(tmp_path: Path) -> None:
    assert found(run(BAD, tmp_path, is_ignored=lambda rule, path: rule == "MESSAGE_PASCAL_CASE")) == ["KX0815"]


def test_what_makes_no_sense_is_not_judged(tmp_path: Path) -> None:
    assert found(run("struct user { 1: Nope x }", tmp_path)) == ["KX0210"]


# ---- fixes --------------------------------------------------------------------------------------------------------


def test_fixes(tmp_path: Path) -> None:
    (tmp_path / "base.thrift").write_text("struct Base {}\n")
    text = (
        'include "base.thrift"\nnamespace py a\nnamespace go a\n\nenum State {\n  UNSPECIFIED /* = */\n  GONE\n}\n\n'
        "struct A {\n  1: byte x\n  list<byte> y\n}\n"
    )
    result = run(text, tmp_path, fix=True)
    assert found(result) == []
    assert (tmp_path / "main.thrift").read_text() == (
        "namespace py a\nnamespace go a\n\nenum State {\n  UNSPECIFIED = 0 /* = */\n  GONE = 1\n}\n\n"
        "struct A {\n  1: i8 x\n  2: list<i8> y\n}\n"
    )
    assert list(result.fixed.values()) == [6]


def test_an_ignored_finding_is_not_fixed(tmp_path: Path) -> None:
    text = BAD.replace("1: i64 userId", "1: byte x // lint:ignore NO_BYTE old style").replace("user", "User")
    run(text, tmp_path, fix=True)
    assert (tmp_path / "main.thrift").read_text() == text


def test_bytes_that_are_not_utf_8_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "main.thrift"
    content = b"namespace py a\nnamespace go a\nstruct A {\n  1: byte x // caf\xe9\n}\n"
    path.write_bytes(content)
    result = run_lint(Config(idl=(str(path),)), LintSettings(), wants_fixes=True)
    assert found(result) == ["KX0826"]
    assert (path.read_bytes(), result.fixed) == (content, {})


def test_the_page_lists_every_rule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
    for rule in RULES:
        only = "" if len(rule.languages) > 1 else {"thrift": " (Thrift)", "proto": " (Protobuf)"}[rule.languages[0]]
        category = rule.categories[0].value if rule.categories else "–"
        assert f"| {rule.code} | {rule.name}{only} | {category} |" in page
    assert page.count("| KX08") == len(RULES)

"""Drawings for programs: JSON lines, workflow commands of GitHub, SARIF."""

from __future__ import annotations

import json

from kitexgen.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from kitexgen.diagnostics.explain import page
from kitexgen.diagnostics.render.github import render_github
from kitexgen.diagnostics.render.json import render_json
from kitexgen.diagnostics.render.sarif import render_sarif
from kitexgen.source.edit import TextEdit
from kitexgen.source.file import SourceFile
from kitexgen.source.span import Span

TEXT = "struct A {\n  1: i32 a\n  1: i32 b\n}\n"
FILES = {"dir/a b.thrift": SourceFile("dir/a b.thrift", TEXT)}
AT = TEXT.rindex("1:")
TWICE = Diagnostic(
    code="KX0501",
    severity=Severity.ERROR,
    message="field id 1: 100% used,\ntwice",
    at=Label(Span("dir/a b.thrift", AT, AT + 1), "again"),
    also=(Label(Span("dir/a b.thrift", 13, 14), "first"), Label(Span("gone.thrift", 5, 6))),
    hint="2 is free",
    refused_by=("apache",),
    fixes=(
        Fix(title="take 2", path="dir/a b.thrift", edits=(TextEdit(AT, AT + 1, "2"),)),
        Fix(title="elsewhere", path="gone.thrift", edits=(TextEdit(0, 0, "x"),)),
    ),
)
NOWHERE = Diagnostic(code="KX9999", severity=Severity.WARNING, message="no place", at=None)
NOTE = Diagnostic(
    code="KX0501", severity=Severity.NOTE, message="long", at=Label(Span("dir/a b.thrift", 0, len(TEXT) - 1))
)


def test_json_lines() -> None:
    first, second, end = render_json([TWICE, NOWHERE], FILES).split("\n")
    assert json.loads(first) == {
        "code": "KX0501",
        "severity": "error",
        "message": "field id 1: 100% used,\ntwice",
        "hint": "2 is free",
        "file": "dir/a b.thrift",
        "line": 3,
        "column": 3,
        "end_line": 3,
        "end_column": 4,
        "label": "again",
        "also": [
            {"file": "dir/a b.thrift", "line": 2, "column": 3, "end_line": 2, "end_column": 4, "label": "first"},
            {"file": "gone.thrift", "line": None, "column": None, "end_line": None, "end_column": None, "label": None},
        ],
        "refused_by": ["apache"],
        "fixes": [
            {
                "title": "take 2",
                "file": "dir/a b.thrift",
                "edits": [{"line": 3, "column": 3, "end_line": 3, "end_column": 4, "text": "2"}],
            },
            {
                "title": "elsewhere",
                "file": "gone.thrift",
                "edits": [{"line": None, "column": None, "end_line": None, "end_column": None, "text": "x"}],
            },
        ],
    }
    assert json.loads(second) == {
        "code": "KX9999",
        "severity": "warning",
        "message": "no place",
        "hint": None,
        "file": None,
        "line": None,
        "column": None,
        "end_line": None,
        "end_column": None,
        "label": None,
        "also": [],
        "refused_by": [],
        "fixes": [],
    }
    assert end == ""
    assert render_json([], FILES) == ""


def test_github_commands_and_their_escapes() -> None:
    odd = Diagnostic(
        code="KX0501", severity=Severity.ERROR, message="m", at=Label(Span("C:\\a,b%.thrift", 0, 1), "here")
    )
    assert render_github([TWICE, NOWHERE, NOTE, odd], FILES) == (
        "::error file=dir/a b.thrift,line=3,endLine=3,col=3,endColumn=4,title=kitexgen KX0501::"
        "field id 1: 100%25 used,%0Atwice%0Ahere: again%0Adir/a b.thrift:2:3: first%0Agone.thrift%0Ahint: 2 is free\n"
        "::warning title=kitexgen KX9999::no place\n"
        "::notice file=dir/a b.thrift,line=1,endLine=4,title=kitexgen KX0501::long\n"
        "::error file=C%3A\\a%2Cb%25.thrift,title=kitexgen KX0501::m%0Ahere: here\n"
    )


def test_sarif() -> None:
    log = json.loads(render_sarif([TWICE, NOWHERE], FILES))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    explained = page("KX0501")
    assert explained is not None
    assert driver["name"] == "kitexgen"
    assert driver["rules"] == [
        {
            "id": "KX0501",
            "shortDescription": {"text": explained.title},
            "help": {"text": explained.text, "markdown": explained.text},
        },
        {"id": "KX9999"},
    ]
    assert run["columnKind"] == "unicodeCodePoints"
    first, second = run["results"]
    region = {"startLine": 3, "startColumn": 3, "endLine": 3, "endColumn": 4}
    artifact = {"uri": "dir/a%20b.thrift"}
    assert first == {
        "ruleId": "KX0501",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "field id 1: 100% used,\ntwice\nhint: 2 is free"},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": region}, "message": {"text": "again"}}
        ],
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {"artifactLocation": artifact, "region": region | {"startLine": 2, "endLine": 2}},
                "message": {"text": "first"},
            },
            {"id": 2, "physicalLocation": {"artifactLocation": {"uri": "gone.thrift"}}},
        ],
        "fixes": [
            {
                "description": {"text": "take 2"},
                "artifactChanges": [
                    {
                        "artifactLocation": artifact,
                        "replacements": [{"deletedRegion": region, "insertedContent": {"text": "2"}}],
                    }
                ],
            }
        ],
    }
    assert second == {
        "ruleId": "KX9999",
        "ruleIndex": 1,
        "level": "warning",
        "message": {"text": "no place"},
    }


def test_sarif_of_nothing_is_a_whole_log() -> None:
    log = json.loads(render_sarif([], {}))
    assert log["runs"][0]["results"] == []
    assert log["runs"][0]["tool"]["driver"]["rules"] == []


def test_sarif_paths_are_uris() -> None:
    absolute = Diagnostic(code="KX0501", severity=Severity.ERROR, message="m", at=Label(Span("/srv/a#b.thrift", 0, 1)))
    log = json.loads(render_sarif([absolute], {}))
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "file:///srv/a%23b.thrift"}}

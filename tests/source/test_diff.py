"""The diff shown by `--check` and `--diff`."""

from kitexgen.source import unified_diff


def test_equal_texts_have_none() -> None:
    assert unified_diff("a\n", "a\n", "x.py") == ""


def test_a_change() -> None:
    assert unified_diff("a\nb\n", "a\nc\n", "x.py") == "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"


def test_a_missing_line_end_is_told() -> None:
    assert unified_diff("a", "a\n", "x").splitlines()[3:] == ["-a", "\\ No newline at end of file", "+a"]

"""Adding to a handwritten module: what was there stays, byte for byte."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitexgen.driver.handler_text import HandlerText, NeededImport, decode_python

STUB = "    async def ping(self) -> None:\n        raise NotImplementedError"


def with_ping(text: str, *imports: NeededImport) -> str:
    handler = HandlerText(text)
    node = handler.class_for("Service", "ServiceHandler")
    assert node is not None
    handler.append_methods(node, [STUB])
    handler.require_imports(imports)
    result = handler.text()
    ast.parse(result)
    return result


PING = "\n    async def ping(self) -> None:\n        raise NotImplementedError\n"

CASES = {
    "at the end of the class": (
        "class H(Service):\n    def a(self): ...\n\nx = 1\n",
        "class H(Service):\n    def a(self): ...\n" + PING + "\nx = 1\n",
    ),
    "below its trailing comment": (
        "class H(Service):\n    def a(self): ...\n\n    # more to come\n# not of the class\n",
        "class H(Service):\n    def a(self): ...\n\n    # more to come\n" + PING + "# not of the class\n",
    ),
    "with tabs": (
        "class H(Service):\n\tdef a(self):\n\t\treturn 1\n",
        "class H(Service):\n\tdef a(self):\n\t\treturn 1\n\n"
        "\tasync def ping(self) -> None:\n\t\traise NotImplementedError\n",
    ),
    "with two spaces": (
        "class H(Service):\n  x = 1\n",
        "class H(Service):\n  x = 1\n\n  async def ping(self) -> None:\n    raise NotImplementedError\n",
    ),
    "with CRLF": (
        "class H(Service):\r\n    x = 1\r\n",
        "class H(Service):\r\n    x = 1\r\n" + PING.replace("\n", "\r\n"),
    ),
    "without a line end": (
        "class H(Service):\n    x = 1",
        "class H(Service):\n    x = 1\n" + PING,
    ),
    "on one line": (
        "class H(Service): x = 1  # one\n",
        "class H(Service):\n    x = 1  # one\n" + PING,
    ),
    "inside of something": (
        "if True:\n  class H(Service):\n     x = 1\ny = 2\n",
        "if True:\n  class H(Service):\n     x = 1\n\n     async def ping(self) -> None:\n"
        "        raise NotImplementedError\ny = 2\n",
    ),
    "behind a text of several lines": (
        'class H(Service):\n    x = """\n# no comment\n"""\n',
        'class H(Service):\n    x = """\n# no comment\n"""\n' + PING,
    ),
    "with a base of a module": (
        "class H(userservice.Service[int], Other):\n    x = 1\n",
        "class H(userservice.Service[int], Other):\n    x = 1\n" + PING,
    ),
    "by its usual name": (
        "class ServiceHandler:\n    x = 1\n",
        "class ServiceHandler:\n    x = 1\n" + PING,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_methods_are_appended(case: str) -> None:
    before, after = CASES[case]
    assert with_ping(before) == after


IMPORT = NeededImport("kitex_gen.demo", "User", "User")
IMPORTS = {
    "after the last import": (
        "import os\nfrom a import b\n\n\n",
        "import os\nfrom a import b\nfrom kitex_gen.demo import User\n\n\n",
    ),
    "after an import of several lines": (
        "from a import (\n    b,\n)\n",
        "from a import (\n    b,\n)\nfrom kitex_gen.demo import User\n",
    ),
    "after the docstring": ('"""Doc."""\n', '"""Doc."""\nfrom kitex_gen.demo import User\n'),
    "after comments on top": (
        "#!/usr/bin/env python\n# coding\n",
        "#!/usr/bin/env python\n# coding\nfrom kitex_gen.demo import User\n",
    ),
    "not when bound": ("from elsewhere import User\n", "from elsewhere import User\n"),
    "not when bound for types alone": (
        "from t import T\nif T:\n    from e import User\n",
        "from t import T\nif T:\n    from e import User\n",
    ),
    "not when a class has the name": ("class User: ...\n", "class User: ...\n"),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_imports_are_added(case: str) -> None:
    before, after = IMPORTS[case]
    body = "class H(Service):\n    x = 1\n"
    added = "\n    async def ping(self) -> None:\n        raise NotImplementedError\n"
    assert with_ping(before + body, IMPORT) == after + body + added


def test_an_alias_is_imported_as_such() -> None:
    text = with_ping("import x\nclass H(Service): ...\n", NeededImport("m", "User", "m_User"))
    assert "from m import User as m_User\n" in text


def test_methods_are_seen_in_bases_of_the_same_module() -> None:
    text = HandlerText(
        dedent("""
        class Base:
            def a(self): ...
        class H(Base, Service):
            def b(self): ...
            c = a_function
        """)
    )
    node = text.class_for("Service", "")
    assert node is not None
    methods = text.methods(node)
    assert {name: found is not None for name, found in methods.items()} == {"a": True, "b": True, "c": False}
    assert not text.has_other_bases(node, "Service")
    assert text.has_other_bases(node, "Other")


def test_encodings() -> None:
    assert decode_python("# coding: latin-1\nx = 'é'\r\n".encode("latin-1")) == (
        "# coding: latin-1\nx = 'é'\r\n",
        "iso-8859-1",
    )
    assert decode_python(b"\xef\xbb\xbfx = 1\n") == ("x = 1\n", "utf-8-sig")
    with pytest.raises(UnicodeDecodeError):
        decode_python(b"x = 1\n" * 3 + b"# \xff")
    with pytest.raises(SyntaxError):
        decode_python(b"# coding: klingon\n")


def test_offsets_count_characters() -> None:
    text = "x = 'é'; class_ = 1\nclass H: ...\n"
    handler = HandlerText(text)
    assert handler.offset(2, 0) == text.index("class H")
    assert handler.offset(1, len("x = 'é'; ".encode())) == text.index("class_")


LINES = st.lists(
    st.sampled_from(
        ["    def a(self): ...", "    # note", "", "    x = 1", "    async def b(self):", "        return 2"]
    ),
    max_size=6,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "y = 2", "# end", "class Z: ..."]))
def test_whatever_is_there_stays(lines: list[str], newline: str, rest: str) -> None:
    body = newline.join(["class H(Service):", "    z = 0", *lines, rest])
    try:
        ast.parse(body)
    except SyntaxError:
        return
    result = with_ping(body)
    added = f"{newline}    async def ping(self) -> None:{newline}        raise NotImplementedError{newline}"
    assert added in result
    assert result.replace(added, "", 1).removesuffix(newline) == body.removesuffix(newline)

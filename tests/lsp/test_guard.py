"""What goes wrong inside is told, and the server goes on; what generating finds is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from kitexgen.lsp.features.regenerate import regenerate, wants_regeneration
from kitexgen.lsp.features.rename import RenameRefused
from kitexgen.lsp.server import KitexgenServer, make_server
from kitexgen.lsp.settings import EditorSettings
from tests.builders.lsp import Texts


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> KitexgenServer:
    return make_server()


def test_a_failing_feature_is_logged_and_answers_nothing(
    server: KitexgenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[types.LogMessageParams] = []
    monkeypatch.setattr(server, "window_log_message", logged.append)

    def fail() -> None:
        raise RecursionError("too deep")

    assert server.guarded("hover", fail) is None
    assert logged[0].type is types.MessageType.Error
    assert "hover failed" in logged[0].message
    assert "too deep" in logged[0].message
    assert server.guarded("hover", lambda: 3) == 3


def test_what_is_refused_is_an_answer_that_editors_show(server: KitexgenServer) -> None:
    def refuse() -> None:
        raise RenameRefused("not this")

    with pytest.raises(JsonRpcInvalidParams, match="not this"):
        server.guarded("rename", refuse)


CLASHING = "namespace py pets\nservice Pets { void get_pet()\n void getPet() }\n"


async def test_findings_of_generating(thrift: Texts) -> None:
    thrift.write("pets/kitexgen.toml", 'idl = ["*.thrift"]\n')
    thrift.write("pets/pets.thrift", CLASHING)
    run = await regenerate(thrift.workspace.project(thrift.path("pets/pets.thrift")))
    assert not run.has_succeeded
    assert run.message.startswith("nothing generated: ")
    found = run.found[thrift.path("pets/pets.thrift")]
    assert all(str(each.code).startswith("KX04") for each in found)
    assert {thrift.named(thrift.uri("pets/pets.thrift"), each.range)[1] for each in found} <= {"get_pet", "getPet"}
    assert not (Path(thrift.path("pets")) / "kitex_gen").exists()


async def test_without_a_configuration_nothing_is_generated(thrift: Texts) -> None:
    run = await regenerate(thrift.workspace.project(thrift.path("main.thrift")))
    assert "no kitexgen.toml" in run.message


@pytest.mark.parametrize(("setting", "expected"), [(None, True), (False, False), (True, True)])
def test_the_editor_goes_before_the_project(thrift: Texts, setting: bool | None, expected: bool) -> None:
    thrift.write("kitexgen.toml", "[lsp]\nregenerate = true\n")
    thrift.workspace.configure(EditorSettings(regenerate_on_save=setting))
    assert wants_regeneration(thrift.workspace, thrift.path("main.thrift")) is expected

"""Every request, through the real server process, on both languages: one server for the module."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from kitexgen.lsp.lines import Lines
from kitexgen.lsp.uris import to_uri
from tests.lsp.texts import PROTO, THRIFT

ROOT = Path(__file__).parents[2]
LANGUAGES = ("thrift", "proto")

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    for name, text in (THRIFT | PROTO).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    # A project of its own, generated on every save.
    project = folder / "project"
    project.mkdir()
    (project / "kitexgen.toml").write_text('idl = ["*.thrift"]\n[lsp]\nregenerate = true\n')
    (project / "pet.thrift").write_text(
        "namespace py pets\n\nstruct Pet {\n  1: string name\n}\n\nservice Pets {\n  Pet getPet(1: string name)\n}\n"
    )
    subprocess.run([sys.executable, "-m", "kitexgen", "gen", "-q"], cwd=project, check=True, env=ENVIRONMENT)
    return folder


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest_lsp.fixture(
    config=ClientServerConfig(
        server_command=[sys.executable, "-m", "kitexgen", "lsp", "--stdio"], server_env=ENVIRONMENT
    ),
    scope="module",
)
async def client(lsp_client: LanguageClient, folder: Path) -> AsyncIterator[None]:
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        REGISTERED.extend(params.registrations)

    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"),
            workspace_folders=[types.WorkspaceFolder(uri=to_uri(str(folder)), name="work")],
            initialization_options={"debounce": 10},
        )
    )
    yield
    await lsp_client.shutdown_session()


# What the server asked to be told of.
REGISTERED: list[types.Registration] = []


async def test_files_are_watched(client: LanguageClient) -> None:
    for _ in range(200):
        if REGISTERED:
            break
        await asyncio.sleep(0.02)
    assert [each.method for each in REGISTERED] == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]


class Document:
    """An open text in the server."""

    def __init__(self, client: LanguageClient, folder: Path, name: str) -> None:
        self.client = client
        self.uri = to_uri(str(folder / name))
        self.text = (folder / name).read_text()
        self.version = 1
        self.identifier = types.TextDocumentIdentifier(self.uri)
        item = types.TextDocumentItem(self.uri, Path(name).suffix[1:], 1, self.text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def at(self, words: str) -> types.Position:
        before, bar, after = words.partition("|")
        return Lines(self.text).position(self.text.index(before + after) + (len(before) if bar else 0))

    def become(self, text: str) -> None:
        self.text = text
        self.version += 1
        identifier = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    async def told(self, code: str, *, is_there: bool = True) -> list[str]:
        """The codes told of the text, once `code` is among them, or is not any more."""
        for _ in range(400):
            found = [str(each.code) for each in self.client.diagnostics.get(self.uri, [])]
            if (code in found) is is_there and self.uri in self.client.diagnostics:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"{code} {'never came' if is_there else 'stayed'}: {found}")


@pytest.fixture
def main(client: LanguageClient, folder: Path, request: pytest.FixtureRequest) -> Any:
    document = Document(client, folder, f"main.{request.param}")
    yield document
    client.text_document_did_close(types.DidCloseTextDocumentParams(document.identifier))


both = pytest.mark.parametrize("main", LANGUAGES, indirect=True)


def user(main: Document) -> types.Position:
    return main.at("struct Us|er" if main.uri.endswith(".thrift") else "message Us|er")


@both
async def test_diagnostics_while_typing(main: Document) -> None:
    await main.told("KX0833")
    before = main.text
    main.become(before.replace("User ", "Usr ", 1))
    await main.told("KX0833", is_there=False)
    main.become(before)
    await main.told("KX0833")


@both
async def test_diagnostics_after_requests_that_came_first(client: LanguageClient, main: Document) -> None:
    """As Visual Studio Code does it: colours are asked for at once, findings are told later."""
    await main.told("KX0833")
    main.become(main.text.replace("User ", "Usr ", 1))
    await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(main.identifier))
    await main.told("KX0833", is_there=False)


@both
async def test_completion(client: LanguageClient, main: Document) -> None:
    main.become(main.text + ("struct A { 1: " if main.uri.endswith(".thrift") else "message A { repeated "))
    at = Lines(main.text).position(len(main.text))
    found = await client.text_document_completion_async(types.CompletionParams(main.identifier, at))
    assert isinstance(found, types.CompletionList)
    assert "User" in [item.label for item in found.items]


@both
async def test_names(client: LanguageClient, main: Document) -> None:
    at = user(main)
    shown = await client.text_document_hover_async(types.HoverParams(main.identifier, at))
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert "Somebody who signed up." in shown.contents.value
    defined = await client.text_document_definition_async(types.DefinitionParams(main.identifier, at))
    assert isinstance(defined, list)
    assert len(defined) == 1
    of_type = types.TypeDefinitionParams(
        main.identifier, main.at("base.Color co|lor" if "base.Color co" in main.text else "Color co|lor")
    )
    assert await client.text_document_type_definition_async(of_type)
    context = types.ReferenceContext(include_declaration=True)
    found = await client.text_document_references_async(types.ReferenceParams(context, main.identifier, at))
    assert found is not None
    assert len(found) >= 3
    marked = await client.text_document_document_highlight_async(types.DocumentHighlightParams(main.identifier, at))
    assert marked is not None
    assert len(marked) == len(found)


@both
async def test_rename(client: LanguageClient, main: Document) -> None:
    at = user(main)
    assert await client.text_document_prepare_rename_async(types.PrepareRenameParams(main.identifier, at))
    edit = await client.text_document_rename_async(types.RenameParams(main.identifier, at, "Person"))
    assert edit is not None
    assert edit.document_changes
    with pytest.raises(Exception, match="is no name"):
        await client.text_document_rename_async(types.RenameParams(main.identifier, at, "1"))


@both
async def test_symbols(client: LanguageClient, main: Document) -> None:
    found = await client.text_document_document_symbol_async(types.DocumentSymbolParams(main.identifier))
    assert found is not None
    assert {"User", "Users"} <= {each.name for each in found}
    everywhere = await client.workspace_symbol_async(types.WorkspaceSymbolParams("Users"))
    assert everywhere is not None
    assert {each.name for each in everywhere} == {"Users"}


@both
async def test_formatting(client: LanguageClient, main: Document) -> None:
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    main.become(main.text + ("struct   A {}\n" if main.uri.endswith(".thrift") else "message   A {}\n"))
    edits = await client.text_document_formatting_async(types.DocumentFormattingParams(main.identifier, options))
    assert edits
    last = types.Range(Lines(main.text).position(len(main.text) - 2), Lines(main.text).position(len(main.text) - 1))
    params = types.DocumentRangeFormattingParams(main.identifier, last, options)
    some = await client.text_document_range_formatting_async(params)
    assert some is not None
    assert 0 < len(some) <= len(edits)


@both
async def test_code_actions(client: LanguageClient, main: Document) -> None:
    main.become(
        "struct User {}\nstruct A { 1: Usr u }"
        if main.uri.endswith(".thrift")
        else 'syntax = "proto3";\nmessage User {}\nmessage A { Usr u = 1; }'
    )
    everything = types.Range(types.Position(0, 0), types.Position(99, 0))
    params = types.CodeActionParams(main.identifier, everything, types.CodeActionContext(diagnostics=[]))
    found = await client.text_document_code_action_async(params)
    assert "Write `User`" in [each.title for each in found or ()]


@both
async def test_what_is_drawn(client: LanguageClient, main: Document) -> None:
    everything = types.Range(types.Position(0, 0), types.Position(99, 0))
    full = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(main.identifier))
    part = await client.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(main.identifier, everything)
    )
    assert full is not None
    assert part is not None
    assert full.data == part.data
    assert await client.text_document_folding_range_async(types.FoldingRangeParams(main.identifier))
    assert await client.text_document_inlay_hint_async(types.InlayHintParams(main.identifier, everything))
    assert await client.text_document_document_link_async(types.DocumentLinkParams(main.identifier))


async def run(client: LanguageClient, command: str, *arguments: object) -> Any:
    return await client.workspace_execute_command_async(types.ExecuteCommandParams(command, list(arguments)))


async def test_to_python_and_back(client: LanguageClient, folder: Path) -> None:
    idl = to_uri(str(folder / "project" / "pet.thrift"))
    for line, column, word in ((2, 8, "Pet"), (3, 13, "name"), (7, 8, "get_pet")):
        there = await run(client, "kitexgen.openGenerated", idl, {"line": line, "character": column})
        path = Path(there["uri"].removeprefix("file://"))
        start = there["range"]["start"]
        assert path.read_text().splitlines()[start["line"]][start["character"] :].startswith(word)
        back = await run(client, "kitexgen.openIdl", there["uri"], start)
        assert (back["uri"], back["range"]["start"]["line"]) == (idl, line)


async def test_what_was_not_generated_is_told(client: LanguageClient, folder: Path) -> None:
    assert (
        await run(client, "kitexgen.openGenerated", to_uri(str(folder / "main.thrift")), {"line": 0, "character": 0})
        is None
    )
    assert "run Generate first" in client.messages[-1].message


async def test_saving_generates(client: LanguageClient, folder: Path) -> None:
    document = Document(client, folder, "project/pet.thrift")
    path = folder / "project" / "pet.thrift"
    path.write_text(document.text.replace("1: string name\n", "1: string name\n  2: i32 age\n"))
    document.become(path.read_text())
    client.text_document_did_save(types.DidSaveTextDocumentParams(document.identifier))
    generated = folder / "project" / "kitex_gen" / "pets" / "pet.py"
    for _ in range(500):
        if "age" in generated.read_text():
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("nothing was generated")
    await run(client, "kitexgen.regenerate", document.uri)
    for _ in range(500):
        if any(message.message == "kitexgen: generated kitex_gen" for message in client.messages):
            return
        await asyncio.sleep(0.02)
    raise AssertionError([message.message for message in client.messages])


async def test_a_wrong_configuration_is_told_at_its_file(client: LanguageClient, folder: Path) -> None:
    (folder / "wrong").mkdir()
    (folder / "wrong" / "kitexgen.toml").write_text("strict = 3\n")
    (folder / "wrong" / "a.thrift").write_text("struct A {}\n")
    Document(client, folder, "wrong/a.thrift")
    uri = to_uri(str(folder / "wrong" / "kitexgen.toml"))
    for _ in range(200):
        if client.diagnostics.get(uri):
            assert client.diagnostics[uri][0].code == "KX0503"
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was told")


async def test_a_change_outside_of_the_editor_is_noticed(client: LanguageClient, folder: Path) -> None:
    (folder / "far.thrift").write_text("struct Far {}\n")
    (folder / "near.thrift").write_text('include "far.thrift"\nstruct Near { 1: far.Far far }\n')
    document = Document(client, folder, "near.thrift")
    await document.told("KX0801")
    (folder / "far.thrift").write_text("struct Away {}\n")
    event = types.FileEvent(to_uri(str(folder / "far.thrift")), types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    await document.told("KX0210")


async def test_settings_can_change(client: LanguageClient, folder: Path) -> None:
    (folder / "base2.thrift").write_text("struct A {}\n")
    document = Document(client, folder, "base2.thrift")
    await document.told("KX0801")
    off = {"kitexgen": {"lint": False, "debounce": 10}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(off))
    await document.told("KX0801", is_there=False)
    on = {"kitexgen": {"debounce": 10}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(on))
    await document.told("KX0801")


async def test_files_of_other_kinds_are_left_alone(client: LanguageClient, folder: Path) -> None:
    (folder / "a.txt").write_text("struct A {}")
    document = Document(client, folder, "a.txt")
    at = types.Position(0, 8)
    assert await client.text_document_hover_async(types.HoverParams(document.identifier, at)) is None


async def test_nothing_is_said_of_a_request_that_was_cancelled_too_late(tmp_path: Path) -> None:
    """Editors do so all the time, and show what a server writes to its standard error."""
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1}},
        {"jsonrpc": "2.0", "id": 2, "method": "shutdown"},
        {"jsonrpc": "2.0", "method": "exit"},
    ]
    written = "".join(f"Content-Length: {len(text)}\r\n\r\n{text}" for text in map(json.dumps, messages))
    command = [sys.executable, "-m", "kitexgen", "lsp"]
    done = subprocess.run(command, input=written.encode(), capture_output=True, env=ENVIRONMENT, timeout=60, check=True)
    assert b'"id":2' in done.stdout.replace(b" ", b"")
    assert done.stderr == b""

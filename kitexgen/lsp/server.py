"""The server: which request goes to which feature. The only importer of pygls.

A feature that fails is told of in the editor's log and answers nothing; the server goes on.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from kitexgen import __version__
from kitexgen.lsp import capabilities
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.features import (
    code_actions,
    completion,
    definition,
    diagnostics,
    folding,
    formatting,
    generated,
    hover,
    inlay_hints,
    links,
    references,
    rename,
    semantic_tokens,
    symbols,
)
from kitexgen.lsp.features.regenerate import regenerate, wants_regeneration
from kitexgen.lsp.projects import is_config
from kitexgen.lsp.settings import settings_of
from kitexgen.lsp.uris import to_path, to_uri
from kitexgen.lsp.workspace import Workspace, is_idl

Answer = TypeVar("Answer")

WATCHED: Final = ("**/*.thrift", "**/*.proto", "**/kitexgen.toml", "**/pyproject.toml")


class KitexgenServer(LanguageServer):
    """The workspace of one editor, and what is under way for it."""

    def __init__(self) -> None:
        super().__init__("kitexgen", __version__)
        self.idl = Workspace()
        self.client = capabilities.Client()
        self._waiting: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        # What only generating finds, by path; it stands until the next generation.
        self._generated: dict[str, list[types.Diagnostic]] = {}
        # Folders of projects that are generated; True or False when it is to be done once more, asked for or not.
        self._generating: dict[str, bool | None] = {}
        # What the editor was told of: analyses by path, and configurations.
        self._told: dict[str, Analysis] = {}
        self._told_projects: set[str] = set()

    # ---- never fail -----------------------------------------------------------------------------------------------

    def guarded(self, what: str, answer: Callable[[], Answer]) -> Answer | None:
        try:
            return answer()
        except rename.RenameRefused as refused:
            # The editor shows what an answer fails with; this is no fault.
            raise JsonRpcInvalidParams(str(refused)) from refused
        except generated.NotGenerated as reason:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"kitexgen: {reason}"))
        except Exception:
            self.log(f"{what} failed; this is a mistake in kitexgen\n{traceback.format_exc()}", types.MessageType.Error)
        return None

    def log(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        self.window_log_message(types.LogMessageParams(kind, message))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside what is answered; it is held until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- diagnostics ----------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Something changed: look at it once nothing more has for a while."""
        if self._waiting is not None:
            self._waiting.cancel()
        delay = self.idl.settings.debounce / 1000
        self._waiting = asyncio.get_running_loop().call_later(delay, self.look)

    def look(self) -> None:
        """Analyse what the editor was not told of as it is now, and tell of it: what was changed last first."""
        self._waiting = None
        stale = sorted(self.idl.stale(self._told), key=lambda buffer: -buffer.edition)
        self._look_at([buffer.path for buffer in stale if is_idl(buffer.path)])

    def _look_at(self, paths: list[str]) -> None:
        """One file at a time, so that requests are answered between two of them."""
        if not paths:
            self.publish_projects()
            return
        first, *rest = paths
        self.guarded("analysis", lambda: self.publish(first))
        asyncio.get_running_loop().call_soon(self._look_at, rest)

    def publish(self, path: str) -> None:
        analysis = self.idl.analysis(path)
        found = [*diagnostics.diagnostics(self.idl, analysis), *self._generated.get(path, ())]
        buffer = self.idl.buffer(path)
        version = buffer.version if buffer is not None else None
        self._publish(self.idl.uri(path), found, version)
        self._told[path] = analysis

    def forget(self, uri: str) -> str | None:
        """The text was closed; the path of it."""
        path = self.idl.close(uri)
        if path is not None:
            self._told.pop(path, None)
        return path

    def publish_projects(self) -> None:
        """What is wrong with configurations, at their files."""
        for project in self.idl.projects.known():
            assert project.config_path is not None  # or it would not be known
            uri = to_uri(project.config_path)
            if project.diagnostics or uri in self._told_projects:
                self._told_projects.add(uri)
                self._publish(uri, diagnostics.config_diagnostics(self.idl, project), None)

    def _publish(self, uri: str, found: list[types.Diagnostic], version: int | None) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    # ---- generation -----------------------------------------------------------------------------------------------

    async def generate(self, path: str, *, is_asked: bool) -> None:
        """Generate the project of `path`. Saves that come meanwhile are gathered into one more run."""
        project = self.idl.project(path)
        if project.folder in self._generating:
            self._generating[project.folder] = is_asked or bool(self._generating[project.folder])
            return
        self._generating[project.folder] = None
        try:
            run = await regenerate(project)
        except OSError as error:
            self.log(f"generating failed: {error}", types.MessageType.Error)
            return
        finally:
            is_asked_again = self._generating.pop(project.folder)
        stale = {*self._generated, *run.found}
        self._generated = run.found
        self._look_at([path for path in stale if is_idl(path)])
        if run.has_succeeded:
            self.log(run.message)
        if is_asked or not run.has_succeeded:
            kind = types.MessageType.Info if run.has_succeeded else types.MessageType.Warning
            self.window_show_message(types.ShowMessageParams(kind, f"kitexgen: {run.message}"))
        if is_asked_again is not None:
            await self.generate(path, is_asked=is_asked_again)


def make_server() -> KitexgenServer:
    server = KitexgenServer()
    _lifecycle(server)
    _documents(server)
    _features(server)
    _commands(server)
    return server


def collect_rarely() -> None:
    """Look for cycles, which the command line does not, but seldom.

    A tree is a hundred thousand objects and no cycle: by the usual thresholds every third keystroke would take twice
    as long, for nothing.
    """
    gc.enable()
    gc.set_threshold(200_000, 20, 20)


def serve() -> None:
    """Answer on standard input and output until the editor leaves."""
    collect_rarely()
    # Editors cancel what was answered already all the time; pygls warns of each, and editors show what it writes.
    logging.getLogger("pygls").setLevel(logging.ERROR)
    make_server().start_io()


# ---- what the editor tells ----------------------------------------------------------------------------------------


def _lifecycle(server: KitexgenServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        settings, faults = settings_of(params.initialization_options)
        folders = [path for each in params.workspace_folders or () if (path := to_path(each.uri)) is not None]
        if not folders and params.root_uri is not None and (root := to_path(params.root_uri)) is not None:
            folders = [root]
        encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16
        server.idl = Workspace(folders, settings, getattr(encoding, "value", encoding))
        server.client = capabilities.client_of(params.capabilities)
        for fault in faults:
            server.log(fault, types.MessageType.Warning)

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        if not server.client.watches:
            return
        watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration("watch", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        try:
            await server.client_register_capability_async(types.RegistrationParams([registration]))
        except JsonRpcException as error:
            # Then changes are noticed with the next keystroke only.
            server.log(f"files are not watched: {error}", types.MessageType.Warning)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configure(params: types.DidChangeConfigurationParams) -> None:
        given = params.settings
        mine = given.get("kitexgen", given) if isinstance(given, dict) else given
        settings, faults = settings_of(mine)
        server.idl.configure(settings)
        for fault in faults:
            server.log(fault, types.MessageType.Warning)
        server.changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def change_folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        def paths(folders: object) -> list[str]:
            found = folders if isinstance(folders, list | tuple) else ()
            return [path for each in found if (path := to_path(each.uri)) is not None]

        server.idl.change_folders(paths(params.event.added), paths(params.event.removed))
        server.changed()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def change_files(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path for each in params.changes if (path := to_path(each.uri)) is not None]
        is_known = {change.type for change in params.changes} <= {types.FileChangeType.Changed}
        if not is_known or any(map(is_config, paths)):
            server.idl.files_came_or_went()
        server.changed()


def _documents(server: KitexgenServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def open(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.idl.open(document.uri, document.text, document.version)
        server.look()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def change(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        server.guarded("change", lambda: server.idl.change(document.uri, params.content_changes, document.version))
        server.changed()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def save(params: types.DidSaveTextDocumentParams) -> None:
        path = to_path(params.text_document.uri)
        if path is not None and is_idl(path) and server.guarded("save", lambda: wants_regeneration(server.idl, path)):
            server.spawn(server.generate(path, is_asked=False))
        server.changed()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def close(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        path = server.forget(uri)
        if path is not None and is_idl(path):
            server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))
        server.changed()


# ---- what the editor asks -----------------------------------------------------------------------------------------


def _features(server: KitexgenServer) -> None:
    def answers(
        method: str, options: object, feature: Callable[[Workspace, str, Any], Any], *, is_of_file: bool = True
    ) -> None:
        """Register `feature` for `method`: with the path of the document that is asked about, if it is one of ours."""

        def answer(params: Any) -> Any:
            path = to_path(params.text_document.uri) if is_of_file else ""
            if path is None or (is_of_file and not is_idl(path)):
                return None
            return server.guarded(method, lambda: feature(server.idl, path, params))

        server.feature(method, options)(answer)

    answers(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=list(completion.TRIGGERS)),
        lambda w, path, p: completion.completion(w, path, p.position, server.client),
    )
    answers(types.TEXT_DOCUMENT_HOVER, None, lambda w, path, p: hover.hover(w, path, p.position, server.client))
    answers(
        types.TEXT_DOCUMENT_DEFINITION,
        None,
        lambda w, path, p: capabilities.locations(definition.definition(w, path, p.position), server.client),
    )
    answers(
        types.TEXT_DOCUMENT_TYPE_DEFINITION,
        None,
        lambda w, path, p: capabilities.locations(definition.type_definition(w, path, p.position), server.client),
    )
    answers(
        types.TEXT_DOCUMENT_REFERENCES,
        None,
        lambda w, path, p: references.references(w, path, p.position, with_declaration=p.context.include_declaration),
    )
    answers(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, None, lambda w, path, p: references.highlights(w, path, p.position))
    answers(
        types.TEXT_DOCUMENT_RENAME,
        types.RenameOptions(prepare_provider=True),
        lambda w, path, p: capabilities.edit(rename.rename(w, path, p.position, p.new_name), server.client),
    )
    answers(types.TEXT_DOCUMENT_PREPARE_RENAME, None, lambda w, path, p: rename.prepare_rename(w, path, p.position))
    answers(
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
        None,
        lambda w, path, p: capabilities.symbols(symbols.document_symbols(w, path), p.text_document.uri, server.client),
    )
    answers(types.WORKSPACE_SYMBOL, None, lambda w, path, p: symbols.workspace_symbols(w, p.query), is_of_file=False)
    answers(types.TEXT_DOCUMENT_FORMATTING, None, lambda w, path, p: formatting.formatting(w, path))
    answers(
        types.TEXT_DOCUMENT_RANGE_FORMATTING, None, lambda w, path, p: formatting.range_formatting(w, path, p.range)
    )
    answers(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=list(code_actions.KINDS)),
        lambda w, path, p: code_actions.code_actions(w, path, p.range, p.context.only),
    )
    legend = semantic_tokens.LEGEND
    answers(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        legend,
        lambda w, path, p: semantic_tokens.semantic_tokens(w, path, None, server.client),
    )
    answers(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE,
        legend,
        lambda w, path, p: semantic_tokens.semantic_tokens(w, path, p.range, server.client),
    )
    answers(types.TEXT_DOCUMENT_FOLDING_RANGE, None, lambda w, path, p: folding.folding_ranges(w, path))
    answers(types.TEXT_DOCUMENT_INLAY_HINT, None, lambda w, path, p: inlay_hints.inlay_hints(w, path, p.range))
    answers(types.TEXT_DOCUMENT_DOCUMENT_LINK, None, lambda w, path, p: links.document_links(w, path))


def _commands(server: KitexgenServer) -> None:
    @server.command("kitexgen.regenerate")
    def regenerate_project(uri: str) -> None:
        path = to_path(uri)
        if path is not None:
            server.spawn(server.generate(path, is_asked=True))

    @server.command("kitexgen.openGenerated")
    def open_generated(uri: str, position: types.Position) -> types.Location | None:
        return server.guarded("openGenerated", lambda: generated.open_generated(server.idl, uri, position))

    @server.command("kitexgen.openIdl")
    def open_idl(uri: str, position: types.Position) -> types.Location | None:
        return server.guarded("openIdl", lambda: generated.open_idl(server.idl, uri, position))

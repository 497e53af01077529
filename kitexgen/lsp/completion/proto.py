"""Completion in Protobuf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from typing import Final

from kitexgen.idl.proto.descriptors import (
    FieldDescriptor,
    FieldType,
    Named,
    Pool,
)
from kitexgen.idl.proto.imports import SHIPPED
from kitexgen.idl.proto.keywords import FILE_WORDS, LABELS, SCALARS
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.options.types import OptionType
from kitexgen.idl.proto.symbols import Symbol, SymbolKind
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.completion.candidate import Candidate, K, keyword, path_start, word_start
from kitexgen.lsp.completion.proto_place import Place, Slot, proto_place
from kitexgen.lsp.completion.thrift import include_path
from kitexgen.lsp.words import words

_STATEMENTS: Final = {
    "file": FILE_WORDS,
    "message": (*LABELS, "message", "enum", "oneof", "option", "reserved", "extensions", "extend", "map"),
    "oneof": ("option",),
    "enum": ("option", "reserved"),
    "extend": LABELS,
    "service": ("rpc", "option"),
    "rpc": ("option",),
}
_SNIPPETS: Final = {
    "message": "message ${1:Name} {\n  $0\n}",
    "enum": "enum ${1:Name} {\n  ${2:NAME}_UNSPECIFIED = 0;\n  $0\n}",
    "service": "service ${1:Name} {\n  $0\n}",
    "rpc": "rpc ${1:Method}(${2:Request}) returns (${3:Response});$0",
    "oneof": "oneof ${1:kind} {\n  $0\n}",
    "import": 'import "$1";$0',
    "package": "package $1;$0",
    "syntax": 'syntax = "proto3";$0',
    "edition": 'edition = "2023";$0',
    "map": "map<${1:string}, ${2:int32}> ${3:name} = $0;",
}
_MAP_KEYS: Final = sorted(SCALARS - {"double", "float", "bytes"})
_MESSAGES: Final = (FieldType.MESSAGE, FieldType.GROUP)
_MOST_NUMBER: Final = 536_870_911
# Numbers that Protobuf keeps for itself.
_KEPT: Final = range(19_000, 20_000)


def proto_candidates(
    text: str, offset: int, known: Analysis, older: Analysis | None, files: Iterable[str]
) -> tuple[int, list[Candidate]]:
    """Where the word under the cursor begins, and what may take its place. `files` are those of the workspace."""
    start = word_start(text, offset)
    place = proto_place(text, start)
    if place.in_literal:
        start = path_start(text, offset)
    elif place.slot in {Slot.OPTION_NAME, Slot.AGGREGATE_KEY}:
        # The parts before the last dot say what the last one is looked for in.
        *parts, _ = text[start:offset].split(".")
        place = _with_parts(place, [part for part in parts if part])
        start = offset - len(text[start:offset].rpartition(".")[2])
    linked = [each.examined.linked for each in (known, older) if each is not None and each.examined.linked is not None]
    if not linked:
        return start, []
    return start, list(_Proto(text, known, linked, text[start:offset]).candidates(place, files))


def _with_parts(place: Place, parts: list[str]) -> Place:
    return replace(place, parts=(*place.parts, *parts)) if place.slot is Slot.OPTION_NAME else place


class _Proto:
    def __init__(self, text: str, known: Analysis, linked: list[Linked], word: str) -> None:
        self._text = text
        # What stands before the last dot of the word under the cursor, with that dot.
        self._head = word[: word.rfind(".") + 1]
        self._known = known
        # What is known now, and what was before the text broke: names may be missing for a moment.
        self._linked = linked
        self._pool: Pool = linked[0].pool
        found = next((file for file in linked[0].graph.files if file.id.path == known.path), None)
        self._file = found.name if found is not None else ""

    def candidates(self, place: Place, files: Iterable[str]) -> Iterator[Candidate]:
        match place.slot:
            case Slot.STATEMENT:
                yield from self._statements(place)
            case Slot.TYPE:
                yield from self._types()
            case Slot.MAP_KEY:
                yield from (keyword(name, rank=1) for name in _MAP_KEYS)
            case Slot.MESSAGE_TYPE:
                yield from self._declared(frozenset({SymbolKind.MESSAGE}))
            case Slot.RPC_TYPE:
                yield keyword("stream")
                yield from self._declared(frozenset({SymbolKind.MESSAGE}))
            case Slot.RETURNS:
                yield Candidate(text="returns ($1)$0", label="returns", kind=K.Keyword, is_snippet=True)
            case Slot.NUMBER:
                yield self._free_number(place)
            case Slot.IMPORT_KIND:
                yield from (keyword(word) for word in ("public", "weak", "option"))
            case Slot.IMPORT_PATH:
                yield from self._import_paths(files)
            case Slot.SYNTAX_VALUE:
                known = ("2023", "2024") if place.before[0] == "edition" else ("proto3", "proto2")
                for word in known:
                    yield Candidate(text=word if place.in_literal else f'"{word}";', label=word, kind=K.Value)
            case Slot.OPTION_NAME:
                yield from self._option_names(place)
            case Slot.EXTENSION_NAME:
                yield from self._extension_names(self._type(place))
            case Slot.OPTION_VALUE:
                yield from self._option_values(self._field(place))
            case Slot.AGGREGATE_KEY:
                yield from self._keys(self._aggregate(place, place.keys))
            case Slot.AGGREGATE_VALUE:
                holder = self._aggregate(place, place.keys[:-1])
                yield from self._option_values(holder.fields.get(place.keys[-1]) if holder and place.keys else None)
            case Slot.NOTHING:
                return

    def _statements(self, place: Place) -> Iterator[Candidate]:
        for word in _STATEMENTS[place.role] if not self._head else ():
            if word in _SNIPPETS:
                yield Candidate(text=_SNIPPETS[word], label=word, kind=K.Keyword, is_snippet=True, rank=6)
            else:
                yield keyword(word, rank=6)
        if place.role in {"message", "oneof", "extend"}:
            yield from self._types()

    # ---- names ----------------------------------------------------------------------------------------------------

    def _types(self) -> Iterator[Candidate]:
        if not self._head:
            yield from (keyword(name, rank=5) for name in sorted(SCALARS))
        yield from self._declared(frozenset({SymbolKind.MESSAGE, SymbolKind.ENUM}))

    def _declared(self, kinds: Set[SymbolKind]) -> Iterator[Candidate]:
        """What the file can see, as it would have to write it."""
        seen: set[str] = set()
        if self._head:
            yield from self._inside(kinds)
            return
        for linked in self._linked:
            entries = linked.map_entries
            for symbol in linked.pool.scopes.symbols:
                if symbol.kind not in kinds or symbol.full_name in seen or symbol.full_name in entries:
                    continue
                name = self._spelling(linked, symbol)
                if name is not None:
                    seen.add(symbol.full_name)
                    yield self._candidate(linked, symbol, name)

    def _candidate(self, linked: Linked, symbol: Symbol, name: str) -> Candidate:
        kind = K.Enum if symbol.kind is SymbolKind.ENUM else K.Struct
        doc = _doc(linked.pool.find(symbol.full_name))
        return Candidate(text=name, kind=kind, detail=symbol.kind.value, doc=doc, rank=4)

    def _inside(self, kinds: Set[SymbolKind]) -> Iterator[Candidate]:
        """What goes on from the words before the last dot: declarations in there, and what holds some further in."""
        linked = self._linked[0]
        holder = linked.pool.scopes.resolve(self._head[:-1], self._file, self._place_in(linked))
        prefix = f"{holder.full_name}." if isinstance(holder, Symbol) else None
        seen: set[str] = set()
        for symbol in linked.pool.scopes.symbols if prefix is not None else ():
            rest = symbol.full_name.removeprefix(prefix or "")
            if rest == symbol.full_name or symbol.kind not in kinds or symbol.full_name in linked.map_entries:
                continue
            if isinstance(linked.pool.scopes.resolve(f".{symbol.full_name}", self._file, ""), Symbol):
                name, dot, _ = rest.partition(".")
                if not dot:
                    yield self._candidate(linked, symbol, f"{self._head}{name}")
                elif name not in seen and linked.pool.message(f"{prefix}{name}") is None:
                    seen.add(name)
                    yield Candidate(text=f"{self._head}{name}", kind=K.Module, rank=5)

    def _place_in(self, linked: Linked) -> str:
        """A name from which names of the file's outermost level are looked up."""
        package = linked.pool.file(self._file).package if self._file else ""
        return f"{package}.dummy" if package else "dummy"

    def _spelling(self, linked: Linked, symbol: Symbol) -> str | None:
        """The shortest name by which the file may call `symbol`, None when it does not see it."""
        if not any(file.name == self._file for file in linked.graph.files):
            return None
        package = linked.pool.file(self._file).package
        short = symbol.full_name.removeprefix(f"{package}.") if package else symbol.full_name
        for name in (short, symbol.full_name, f".{symbol.full_name}"):
            found = linked.pool.scopes.resolve(name, self._file, self._place_in(linked))
            if isinstance(found, Symbol) and found.full_name == symbol.full_name:
                return name
        return None

    # ---- options --------------------------------------------------------------------------------------------------

    def _type(self, place: Place) -> OptionType | None:
        """The message that the next part of an option's name is a field of."""
        type = self._message(place.options or "")
        for part in place.parts:
            field = self._part(type, part) if type is not None else None
            type = self._message(field.type_name) if field is not None and field.type in _MESSAGES else None
        return type

    def _field(self, place: Place) -> FieldDescriptor | None:
        """The field that an option's whole name means."""
        type = self._message(place.options or "")
        field: FieldDescriptor | None = None
        for part in place.parts:
            field = self._part(type, part) if type is not None else None
            type = self._message(field.type_name) if field is not None and field.type in _MESSAGES else None
        return field

    def _aggregate(self, place: Place, keys: Iterable[str]) -> OptionType | None:
        field = self._field(place)
        type = self._message(field.type_name) if field is not None and field.type in _MESSAGES else None
        for key in keys:
            field = type.fields.get(key) if type is not None else None
            type = self._message(field.type_name) if field is not None and field.type in _MESSAGES else None
        return type

    def _part(self, type: OptionType, part: str) -> FieldDescriptor | None:
        if not part.startswith("("):
            return type.fields.get(part)
        found = self._pool.scopes.resolve(part[1:-1], self._file, self._place_in(self._linked[0]))
        return self._pool.extension(found.full_name) if isinstance(found, Symbol) else None

    def _message(self, full_name: str) -> OptionType | None:
        return self._linked[0].interpretation.types.message(full_name) if full_name else None

    def _option_names(self, place: Place) -> Iterator[Candidate]:
        type = self._type(place)
        if type is None:
            return
        for field in type.fields.values():
            if field.name != "uninterpreted_option":
                yield self._named(field, field.name)
        if place.role == "field" and not place.parts:
            yield keyword("default", "the value when it is not set", rank=4)
            yield keyword("json_name", "what JSON calls it", rank=4)
        for candidate in self._extension_names(type):
            yield Candidate(
                text=f"({candidate.text})", kind=candidate.kind, detail=candidate.detail, doc=candidate.doc, rank=4
            )

    def _extension_names(self, type: OptionType | None) -> Iterator[Candidate]:
        known = self._pool.extensions_of(type.full_name).values() if type is not None else ()
        for field in known:
            symbol = self._pool.scopes.symbols.find(field.full_name)
            name = self._spelling(self._linked[0], symbol) if symbol is not None else None
            if name is not None:
                yield self._named(field, name)

    def _keys(self, type: OptionType | None) -> Iterator[Candidate]:
        for field in type.fields.values() if type is not None else ():
            is_message = field.type in _MESSAGES
            text = f"{field.name} {{ $0 }}" if is_message else f"{field.name}: $0"
            shown = self._named(field, field.name)
            yield Candidate(
                text=text, label=field.name, kind=K.Property, detail=shown.detail, doc=shown.doc, is_snippet=True
            )

    def _named(self, field: FieldDescriptor, name: str) -> Candidate:
        type = field.type_name.rpartition(".")[2] or field.type.name.lower()
        detail = f"repeated {type}" if field.is_repeated else type
        return Candidate(text=name, kind=K.Property, detail=detail, doc=_doc(field), rank=3)

    def _option_values(self, field: FieldDescriptor | None) -> Iterator[Candidate]:
        if field is None:
            return
        if field.type is FieldType.BOOL:
            yield keyword("true", rank=1)
            yield keyword("false", rank=1)
        elif field.type is FieldType.ENUM:
            enum = self._linked[0].interpretation.types.enum(field.type_name)
            for name, number in enum.values.items() if enum is not None else ():
                yield Candidate(text=name, kind=K.EnumMember, detail=str(number), rank=1)
        elif field.type in _MESSAGES:
            yield Candidate(text="{ $0 }", label="{ … }", kind=K.Struct, detail=field.type_name, is_snippet=True)
        elif field.type is FieldType.STRING:
            yield Candidate(text='"$0"', label='""', kind=K.Value, is_snippet=True)

    # ---- numbers --------------------------------------------------------------------------------------------------

    def _free_number(self, place: Place) -> Candidate:
        """One more than the greatest number of the body: one that was free before may have been used once."""
        numbers = [number for number in self._numbers(place.opener) if number < _MOST_NUMBER]
        if place.role == "enum":
            free = max(numbers, default=-1) + 1
        else:
            free = max((number for number in numbers if number not in _KEPT), default=0) + 1
            free = _KEPT.stop if free in _KEPT else free
        text = str(free) if place.before and place.before[0] in {"reserved", "extensions"} else f"{free};"
        return Candidate(text=text, label=str(free), kind=K.Value, detail="the next free number", rank=0)

    def _numbers(self, opener: int) -> Iterator[int]:
        """The numbers that the body at `opener` gives out, in its oneofs too, and those it has reserved."""
        depth = 0
        tokens = [token for token in words(self._text, self._known.path).tokens if token.start >= opener]
        nested = 0
        for at, token in enumerate(tokens):
            if token.kind == "{":
                is_oneof = at > 1 and tokens[at - 2].text == "oneof"
                depth += 1
                nested = depth if depth > 1 and not is_oneof and not nested else nested
            elif token.kind == "}":
                nested = 0 if nested == depth else nested
                depth -= 1
                if depth == 0:
                    return
            elif token.kind == "INT" and not nested and tokens[at - 1].kind != "[":
                yield int(token.text, 16 if token.text[:2].lower() == "0x" else 10)

    # ---- imports --------------------------------------------------------------------------------------------------

    def _import_paths(self, files: Iterable[str]) -> Iterator[Candidate]:
        """The files of the workspace, as an import calls them, and those that come with kitexgen."""
        own = {
            node.path.text for file in self._linked[0].graph.files if file.name == self._file for node in file.imports
        }
        root = self._known.path.removesuffix(self._file) if self._file else ""
        dirs = (*self._known.project.include_dirs, *((root,) if root else ()))
        for file in files:
            if file.endswith(".proto") and file != self._known.path:
                shown = include_path(file, self._known.path, dirs)
                if not shown.startswith("../") and shown not in own:
                    yield Candidate(text=shown, kind=K.File)
        for shipped in sorted(SHIPPED.rglob("*.proto")):
            name = shipped.relative_to(SHIPPED).as_posix()
            if name not in own:
                yield Candidate(text=name, kind=K.File, rank=6, detail="comes with kitexgen")


def _doc(element: Named | None) -> str | None:
    """What the comments of an element say."""
    node = getattr(element, "node", None)
    comments = getattr(node, "comments", None)
    text = (comments.leading or comments.trailing) if comments is not None else None
    return text.strip() if text else None

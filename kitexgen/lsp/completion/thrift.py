"""Completion in Thrift."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Set
from typing import Final

from kitexgen.idl.checks.field_ids import free_id
from kitexgen.idl.thrift.declare import include_prefix
from kitexgen.idl.thrift.keywords import BASE_TYPES, DEFINITION_WORDS, HEADER_WORDS, REQUIREMENTS
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.completion.annotation_keys import VALUES, keys
from kitexgen.lsp.completion.candidate import KINDS, Candidate, K, keyword, path_start, word_start
from kitexgen.lsp.completion.thrift_place import Place, Slot, thrift_place
from kitexgen.lsp.declared import Kind, find, kind_of, resolve
from kitexgen.lsp.spelling import spell_type, spell_value
from kitexgen.lsp.words import words
from kitexgen.schema.declarations import Alias, Const, Enum, Record
from kitexgen.schema.module import Declaration, Module
from kitexgen.schema.services import Service
from kitexgen.schema.types import Ref

_TYPES: Final = frozenset({Kind.STRUCT, Kind.UNION, Kind.EXCEPTION, Kind.ENUM, Kind.ALIAS})
_CONTAINERS: Final = {"list": "list<$1>", "set": "set<$1>", "map": "map<$1, $2>"}
_SCOPES: Final = ("py", "py.kitex", "go", "*", "java", "cpp", "js", "rs", "php", "rb", "netstd", "swift")

_TOP_SNIPPETS: Final = {
    "struct": "struct ${1:Name} {\n  1: $0\n}",
    "union": "union ${1:Name} {\n  1: $0\n}",
    "exception": "exception ${1:Name} {\n  1: string message$0\n}",
    "enum": "enum ${1:Name} {\n  ${2:UNKNOWN} = 0\n  $0\n}",
    "service": "service ${1:Name} {\n  $0\n}",
    "include": 'include "$1"',
    "namespace": "namespace ${1:py} $0",
    "typedef": "typedef ${1:i64} ${0:Name}",
    "const": "const ${1:i32} ${2:NAME} = $0",
}


def thrift_candidates(
    text: str, offset: int, known: Analysis, older: Analysis | None, files: Iterable[str]
) -> tuple[int, list[Candidate]]:
    """Where the word under the cursor begins, and what may take its place. `files` are those of the workspace."""
    start = word_start(text, offset)
    place = thrift_place(text, start)
    if place.in_literal:
        start = path_start(text, offset)
    word = text[start:offset]
    found = _Thrift(text, known, older).candidates(place, word, files)
    # Behind a dot only what goes on from there.
    head = word[: word.rfind(".") + 1] if not place.in_literal else ""
    return start, [each for each in found if each.text.startswith(head)]


class _Thrift:
    def __init__(self, text: str, known: Analysis, older: Analysis | None) -> None:
        self._text = text
        self._path = known.path
        self._schema = known.examined.schema
        self._known = known
        # What is known now, and what was before the text broke: names may be missing for a moment.
        self._modules = [
            each for each in (known.module, older.module if older is not None else None) if each is not None
        ]
        self._older = older

    def candidates(self, place: Place, word: str, files: Iterable[str]) -> Iterator[Candidate]:
        match place.slot:
            case Slot.TOP:
                for name in (*DEFINITION_WORDS, *HEADER_WORDS):
                    if name in _TOP_SNIPPETS:
                        yield Candidate(text=_TOP_SNIPPETS[name], label=name, kind=K.Keyword, is_snippet=True)
            case Slot.INCLUDE_PATH:
                yield from self._include_paths(files)
            case Slot.NAMESPACE_SCOPE:
                yield from (keyword(scope, "language") for scope in _SCOPES)
            case Slot.TYPE:
                yield from self._types(word, place)
            case Slot.FIELD:
                yield self._free_id(place)
                yield from self._requirements(place)
                yield from self._types(word, place)
            case Slot.FIELD_TYPE:
                yield from self._requirements(place)
                yield from self._types(word, place)
            case Slot.METHOD:
                yield keyword("oneway")
                yield keyword("void")
                yield from self._types(word, place)
            case Slot.RESULT:
                yield keyword("void", rank=1)
            case Slot.SERVICE_NAME:
                yield from self._declared(word, frozenset({Kind.SERVICE}))
            case Slot.EXTENDS:
                yield keyword("extends")
            case Slot.THROWS:
                yield Candidate(text="throws (1: $0)", label="throws", kind=K.Keyword, is_snippet=True)
            case Slot.NUMBER:
                yield self._free_number(place)
            case Slot.VALUE:
                yield from self._values(word, place)
            case Slot.RECORD_KEY:
                yield from self._record_keys(place)
            case Slot.ANNOTATION_KEY:
                for key, said in keys(place.role).items():
                    yield Candidate(text=f'{key} = "$0"', label=key, kind=K.Property, detail=said, is_snippet=True)
            case Slot.ANNOTATION_VALUE:
                for value in VALUES.get(place.key or "", ()):
                    text = value if place.in_literal else f'"{value}"'
                    yield Candidate(text=text, label=value, kind=K.Value)
            case Slot.NOTHING:
                return

    # ---- names ----------------------------------------------------------------------------------------------------

    def _types(self, word: str, place: Place) -> Iterator[Candidate]:
        if "." not in word:
            for name in BASE_TYPES:
                yield Candidate(text=name, kind=K.Keyword, rank=6, is_deprecated=name == "byte")
            for name, snippet in _CONTAINERS.items():
                yield Candidate(text=snippet, label=name, kind=K.Keyword, rank=6, is_snippet=True)
        wanted = frozenset({Kind.EXCEPTION}) if place.role == "throws" else _TYPES
        yield from self._declared(word, wanted)

    def _declared(self, word: str, kinds: Set[Kind]) -> Iterator[Candidate]:
        """Declarations of `kinds`: own ones, and those of includes behind their prefix."""
        seen: set[str] = set()
        for module in self._modules:
            for name, declaration in self._visible(module):
                if name not in seen and kind_of(declaration) in kinds:
                    seen.add(name)
                    yield self._candidate(name, declaration)
            if "." not in word:
                for prefix, target in self._prefixes(module):
                    if prefix not in seen:
                        seen.add(prefix)
                        yield Candidate(text=prefix, kind=K.Module, detail=target, rank=6)

    def _visible(self, module: Module) -> Iterator[tuple[str, Declaration]]:
        for declaration in module.declarations:
            yield declaration.id.name, declaration
        for include in module.includes:
            for declaration in self._declarations(include.target.path):
                yield f"{include_prefix(include.path)}.{declaration.id.name}", declaration

    def _declarations(self, path: str) -> Iterable[Declaration]:
        for known in (self._known, self._older):
            for module in known.examined.schema.modules if known is not None else ():
                if module.id.path == path:
                    return module.declarations
        return ()

    def _prefixes(self, module: Module) -> Iterator[tuple[str, str]]:
        return ((include_prefix(include.path), include.path) for include in module.includes)

    def _candidate(self, name: str, declaration: Declaration, rank: int = 4) -> Candidate:
        kind = kind_of(declaration)
        return Candidate(text=name, kind=KINDS[kind], detail=self._detail(declaration), doc=declaration.doc, rank=rank)

    def _detail(self, declaration: Declaration) -> str:
        match declaration:
            case Alias():
                return f"typedef {spell_type(declaration.type, is_proto=False)}"
            case Const():
                return f"{spell_type(declaration.type, is_proto=False)} = {spell_value(declaration.value)}"
            case Service() | Enum() | Record():
                return kind_of(declaration).value
            case _:
                return ""

    # ---- values ---------------------------------------------------------------------------------------------------

    def _values(self, word: str, place: Place) -> Iterator[Candidate]:
        """Members of the enum that is wanted first, then constants and the members of other enums."""
        wanted = self._expected(place)
        if place.expects in {None, "bool"} and "." not in word:
            yield keyword("true", rank=3)
            yield keyword("false", rank=3)
        seen: set[str] = set()
        for module in self._modules:
            for name, declaration in self._visible(module):
                if isinstance(declaration, Enum):
                    rank = 1 if declaration is wanted else 5
                    for member in declaration.members:
                        text = f"{name}.{member.name}"
                        if text not in seen and (wanted is None or declaration is wanted or "." in word):
                            seen.add(text)
                            detail = str(member.number)
                            yield Candidate(text=text, kind=K.EnumMember, detail=detail, doc=member.doc, rank=rank)
                elif isinstance(declaration, Const) and name not in seen:
                    seen.add(name)
                    yield self._candidate(name, declaration)

    def _expected(self, place: Place) -> Enum | Record | None:
        """The enum or record that a value is wanted of."""
        for module in self._modules if place.expects is not None else ():
            for name, declaration in self._visible(module):
                if name == place.expects:
                    type = resolve(self._schema, Ref(declaration.id))
                    target = find(self._schema, type.target) if isinstance(type, Ref) else None
                    return target if isinstance(target, Enum | Record) else None
        return None

    def _record_keys(self, place: Place) -> Iterator[Candidate]:
        record = self._expected(place)
        for field in record.fields if isinstance(record, Record) else ():
            detail = spell_type(field.type, is_proto=False)
            yield Candidate(text=field.name, kind=K.Field, detail=detail, doc=field.doc, rank=1)

    # ---- numbers --------------------------------------------------------------------------------------------------

    def _free_id(self, place: Place) -> Candidate:
        ids = [number for number, behind in self._numbers(place) if behind == ":"]
        return Candidate(text=f"{free_id(ids)}: ", kind=K.Value, detail="the next free field id", rank=0)

    def _free_number(self, place: Place) -> Candidate:
        numbers = [number for number, behind in self._numbers(place) if behind != ":"]
        return Candidate(text=str(max(numbers, default=-1) + 1), kind=K.Value, detail="the next free number", rank=0)

    def _numbers(self, place: Place) -> Iterator[tuple[int, str]]:
        """The whole numbers of the body around the cursor, each with the kind of the word behind it."""
        depth = 0
        tokens = [token for token in words(self._text, self._path).tokens if token.start >= place.opener]
        for token, behind in zip(tokens, (*(each.kind for each in tokens[1:]), ""), strict=True):
            depth += (token.kind in {"{", "(", "["}) - (token.kind in {"}", ")", "]"})
            if depth == 0:
                return
            if depth == 1 and token.kind == "INT":
                yield int(token.text, 16 if "x" in token.text else 8 if "o" in token.text else 10), behind

    def _requirements(self, place: Place) -> Iterator[Candidate]:
        if place.role == "record":
            yield from (keyword(word, rank=2) for word in REQUIREMENTS)

    # ---- includes -------------------------------------------------------------------------------------------------

    def _include_paths(self, files: Iterable[str]) -> Iterator[Candidate]:
        """The files of the workspace, as this one would include them: from an include folder, else from its own."""
        for file in files:
            if not file.endswith(".thrift") or file == self._path:
                continue
            shown = include_path(file, self._path, self._known.project.include_dirs)
            if f'"{shown}"' not in self._text:
                yield Candidate(text=shown, kind=K.File, rank=5 + shown.count("../"))


def include_path(file: str, including: str, include_dirs: Iterable[str]) -> str:
    """The shortest way to write the include of `file`."""
    ways = [os.path.relpath(file, os.path.dirname(including)).replace(os.sep, "/")]
    for folder in include_dirs:
        if file.startswith(folder.rstrip("/") + "/"):
            ways.append(file[len(folder.rstrip("/")) + 1 :])
    return min(ways, key=lambda way: (way.startswith("../"), len(way)))

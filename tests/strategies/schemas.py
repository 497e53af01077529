"""Random valid schemas, and the Thrift text of one.

`load` of `to_thrift(schema)` gives the schema back, places aside: nothing here needs a warning to be accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

from hypothesis import strategies as st

from kitexgen.schema import (
    Alias,
    Annotation,
    Annotations,
    Const,
    Declaration,
    DeclId,
    Enum,
    EnumMember,
    EnumValue,
    Extension,
    Field,
    Include,
    ListOf,
    ListValue,
    MapOf,
    MapValue,
    Method,
    Module,
    ModuleId,
    Namespace,
    Record,
    RecordKind,
    RecordValue,
    Ref,
    Requirement,
    Scalar,
    ScalarKind,
    Schema,
    Service,
    SetOf,
    SetValue,
    Streaming,
    Type,
    Value,
)
from kitexgen.schema.types import THRIFT_SCALARS
from kitexgen.schema.walk import referenced
from kitexgen.source.span import Span

# Names that Python, generated classes or Thrift's targets treat specially, yet every compiler takes for fields.
TRICKY_NAMES = ("class", "self", "None", "import", "args", "type", "match", "name", "value", "print", "int", "str")

_BITS = {ScalarKind.I8: 8, ScalarKind.I16: 16, ScalarKind.I32: 32, ScalarKind.I64: 64}
_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t\r\"'\\"), max_size=8
)
_WORDS = st.lists(st.sampled_from(("what", "a", "user", "sees", "Color")), min_size=1, max_size=4).map(" ".join)


@dataclass(slots=True)
class _Module:
    """A module in the making, and all it may refer to."""

    id: ModuleId
    includes: list[ModuleId]
    visible: list[Declaration]
    declarations: list[Declaration] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(self.id.path, len(self.declarations), len(self.declarations) + 1)

    def known(self) -> list[Declaration]:
        return [*self.visible, *self.declarations]

    def declare(self, declaration: Declaration) -> None:
        self.declarations.append(declaration)


@st.composite
def schemas(draw: st.DrawFn, *, max_modules: int = 3, max_declarations: int = 6, uuids: bool = False) -> Schema:
    """A schema of which every declaration may be used: no error, no warning, no id left out.

    `uuids` allows the type that thriftgo lacks.
    """
    modules: list[Module] = []
    for index in range(draw(st.integers(1, max_modules))):
        targets = [module for module in modules if draw(st.booleans())]
        module = _Module(
            id=ModuleId(f"m{index}.thrift"),
            includes=[target.id for target in targets],
            visible=[declaration for target in targets for declaration in target.declarations],
        )
        for number in range(draw(st.integers(1, max_declarations))):
            module.declare(draw(_declarations(module, number, uuids)))
        modules.append(draw(_finish(module)))
    return Schema(tuple(modules), (modules[-1].id,))


@st.composite
def _finish(draw: st.DrawFn, module: _Module) -> Module:
    span = Span(module.id.path, 0, 1)
    scopes = draw(st.lists(st.sampled_from(("py", "go", "java")), unique=True, max_size=2))
    return Module(
        id=module.id,
        language="thrift",
        doc=None,
        # Each module has its own namespace: Apache refuses one name in a file and its include otherwise.
        namespaces=tuple(Namespace(scope, f"demo.{module.id.stem}", (), span) for scope in ["*", *scopes]),
        includes=tuple(Include(target.path, target, span) for target in module.includes),
        declarations=tuple(module.declarations),
    )


def _declarations(module: _Module, number: int, uuids: bool) -> st.SearchStrategy[Declaration]:
    return st.one_of(
        _enums(module, number),
        _records(module, number, uuids),
        _aliases(module, number, uuids),
        _constants(module, number, uuids),
        _services(module, number, uuids),
    )


def annotation_lists(module: _Module) -> st.SearchStrategy[Annotations]:
    keys = st.sampled_from(("go.tag", "owner", "pii", "api.query"))
    values = st.lists(_WORDS, min_size=1, max_size=2).map(tuple)
    return st.lists(st.tuples(keys, values), max_size=2, unique_by=lambda pair: pair[0]).map(
        lambda pairs: tuple(Annotation(key, texts, module.span) for key, texts in pairs)
    )


_DOCS = st.none() | _WORDS


# ---- types ------------------------------------------------------------------------------------------------------


def _scalars(uuids: bool) -> st.SearchStrategy[Type]:
    kinds = [kind for kind in THRIFT_SCALARS if uuids or kind is not ScalarKind.UUID]
    return st.sampled_from(kinds).map(Scalar)


def _keys(module: _Module, uuids: bool) -> st.SearchStrategy[Type]:
    """Types whose values can be hashed as they are."""
    enums = [Ref(one.id) for one in module.known() if isinstance(one, Enum) and one.members]
    scalars = _scalars(uuids).filter(lambda type: type != Scalar(ScalarKind.DOUBLE))
    return scalars | st.sampled_from(enums) if enums else scalars


def _types(module: _Module, uuids: bool, *, aliases: bool = True) -> st.SearchStrategy[Type]:
    kinds = Record | Enum | Alias if aliases else Record | Enum
    references = [Ref(one.id) for one in module.known() if isinstance(one, kinds)]
    leaves = _scalars(uuids) | st.sampled_from(references) if references else _scalars(uuids)
    keys = _keys(module, uuids)
    return st.recursive(
        leaves,
        lambda inner: inner.map(ListOf) | keys.map(SetOf) | st.tuples(keys, inner).map(lambda pair: MapOf(*pair)),
        max_leaves=3,
    )


# ---- values -----------------------------------------------------------------------------------------------------


def _resolve(module: _Module, type: Type) -> Type | Record | Enum | None:
    """The end of `type`; None when that lies beyond what `module` sees."""
    declared = {one.id: one for one in module.known()}
    while isinstance(type, Ref):
        found = declared.get(type.target)
        if not isinstance(found, Alias):
            assert found is None or isinstance(found, Record | Enum)
            return found
        type = found.type
    return type


def is_writable(module: _Module, type: Type) -> bool:
    """Whether a value of `type` can be written so that all compilers take it.

    Aliases of containers crash thriftgo, and a record from another module may name what this one cannot see.
    """
    if isinstance(type, Ref) and type.target.module != module.id:
        return False
    match _resolve(module, type):
        case Enum(members=members):
            return bool(members)
        case Record() as record:
            has_member = bool(record.fields) or record.kind is not RecordKind.UNION
            types = [one.type for one in record.fields]
            is_recursive = any(record.id in referenced(type) for type in types)
            return has_member and not is_recursive and all(is_writable(module, type) for type in types)
        case ListOf(element=element) | SetOf(element=element):
            return not isinstance(type, Ref) and is_writable(module, element)
        case MapOf(key=key, value=value):
            return not isinstance(type, Ref) and is_writable(module, key) and is_writable(module, value)
        case Scalar():
            return True
        case _:
            return False


def values(module: _Module, type: Type) -> st.SearchStrategy[Value]:
    match _resolve(module, type):
        case Scalar(kind=kind):
            return scalar_values(kind)
        case Enum() as enum:
            return st.sampled_from(enum.members).map(lambda member: EnumValue(enum.id, member.number, member.name))
        case ListOf(element=element):
            return st.lists(values(module, element), max_size=3).map(lambda items: ListValue(tuple(items)))
        case SetOf(element=element):
            return st.lists(values(module, element), max_size=3, unique=True).map(lambda items: SetValue(tuple(items)))
        case MapOf(key=key, value=value):
            entries = st.tuples(values(module, key), values(module, value))
            unique = st.lists(entries, max_size=3, unique_by=lambda entry: entry[0])
            return unique.map(lambda items: MapValue(tuple(items)))
        case Record() as record:
            return _record_values(module, record)
        case other:
            raise AssertionError(other)


@st.composite
def _record_values(draw: st.DrawFn, module: _Module, record: Record) -> RecordValue:
    if record.kind is RecordKind.UNION:
        given = [draw(st.sampled_from(record.fields))]
    else:
        given = [
            one
            for one in record.fields
            if (one.requirement is Requirement.REQUIRED and one.default is None) or draw(st.booleans())
        ]
    return RecordValue(record.id, tuple((one.name, draw(values(module, one.type))) for one in given))


def scalar_values(kind: ScalarKind) -> st.SearchStrategy[Value]:
    match kind:
        case ScalarKind.BOOL:
            return st.booleans()
        case ScalarKind.I8 | ScalarKind.I16 | ScalarKind.I32 | ScalarKind.I64:
            half = 1 << (_BITS[kind] - 1)
            return st.integers(-half, half - 1)
        case ScalarKind.DOUBLE:
            return st.floats(allow_nan=False, allow_infinity=False)
        case ScalarKind.STRING:
            return _TEXT
        case ScalarKind.BINARY:
            return _TEXT.map(str.encode)
        case ScalarKind.UUID:
            return st.uuids()
        case _:
            raise ValueError(f"Thrift has no {kind.value}")


# ---- declarations -----------------------------------------------------------------------------------------------


@st.composite
def _enums(draw: st.DrawFn, module: _Module, number: int) -> Enum:
    numbers = draw(st.lists(st.integers(-(2**31), 2**31 - 1), unique=True, max_size=4))
    return Enum(
        id=DeclId(module.id, f"Enum{number}"),
        members=tuple(
            EnumMember(
                name=f"MEMBER_{index}",
                number=value,
                doc=None,
                annotations=draw(annotation_lists(module)),
                span=module.span,
                name_span=module.span,
            )
            for index, value in enumerate(numbers)
        ),
        doc=draw(_DOCS),
        annotations=draw(annotation_lists(module)),
        span=module.span,
        name_span=module.span,
    )


@st.composite
def _fields(draw: st.DrawFn, module: _Module, uuids: bool, *, recursive: Type | None = None) -> tuple[Field, ...]:
    ids = draw(st.lists(st.integers(1, 300) | st.integers(1, 32767), unique=True, max_size=5))
    tricky = draw(st.permutations(TRICKY_NAMES))
    found = []
    for index, id in enumerate(ids):
        is_recursive = recursive is not None and draw(st.integers(0, 4)) == 0
        type = draw(_types(module, uuids))
        default: Value | None = None
        requirement = draw(st.sampled_from(Requirement))
        if is_recursive and recursive is not None:
            type = draw(st.sampled_from((recursive, ListOf(recursive))))
            requirement = Requirement.OPTIONAL
        elif is_writable(module, type) and draw(st.booleans()):
            default = draw(values(module, type))
        name = draw(st.sampled_from((f"field_{index}", f"Field{index}", tricky[index])))
        found.append(
            Field(
                id=id,
                name=name,
                type=type,
                requirement=requirement,
                default=default,
                doc=draw(_DOCS),
                annotations=draw(annotation_lists(module)),
                span=module.span,
                name_span=module.span,
                id_span=module.span,
            )
        )
    return tuple(found)


@st.composite
def _records(draw: st.DrawFn, module: _Module, number: int, uuids: bool) -> Record:
    kind = draw(st.sampled_from((RecordKind.STRUCT, RecordKind.UNION, RecordKind.EXCEPTION)))
    id = DeclId(module.id, f"{kind.value.title()}{number}")
    fields = draw(_fields(module, uuids, recursive=Ref(id)))
    if kind is RecordKind.UNION:
        fields = tuple(_without_default(one, Requirement.OPTIONAL) for one in fields)
    return Record(
        id=id,
        kind=kind,
        fields=fields,
        doc=draw(_DOCS),
        annotations=draw(annotation_lists(module)),
        span=module.span,
        name_span=module.span,
    )


def _without_default(one: Field, requirement: Requirement) -> Field:
    return Field(
        id=one.id,
        name=one.name,
        type=one.type,
        requirement=requirement,
        default=None,
        doc=one.doc,
        annotations=one.annotations,
        span=one.span,
        name_span=one.name_span,
        id_span=one.id_span,
    )


@st.composite
def _aliases(draw: st.DrawFn, module: _Module, number: int, uuids: bool) -> Alias:
    return Alias(
        id=DeclId(module.id, f"Alias{number}"),
        type=draw(_types(module, uuids)),
        doc=draw(_DOCS),
        annotations=draw(annotation_lists(module)),
        span=module.span,
        name_span=module.span,
    )


@st.composite
def _constants(draw: st.DrawFn, module: _Module, number: int, uuids: bool) -> Const:
    type = draw(_types(module, uuids).filter(lambda type: is_writable(module, type)))
    return Const(
        id=DeclId(module.id, f"CONST_{number}"),
        type=type,
        value=draw(values(module, type)),
        doc=draw(_DOCS),
        # Apache has no annotations on constants.
        annotations=(),
        span=module.span,
        name_span=module.span,
    )


@st.composite
def _services(draw: st.DrawFn, module: _Module, number: int, uuids: bool) -> Service:
    bases = [one.id for one in module.known() if isinstance(one, Service)]
    return Service(
        id=DeclId(module.id, f"Service{number}"),
        base=draw(st.none() | st.sampled_from(bases)) if bases else None,
        methods=tuple(
            draw(_methods(module, f"method_{module.id.stem}_{number}_{index}", uuids))
            for index in range(draw(st.integers(0, 3)))
        ),
        doc=draw(_DOCS),
        annotations=draw(annotation_lists(module)),
        span=module.span,
        name_span=module.span,
    )


@st.composite
def _methods(draw: st.DrawFn, module: _Module, name: str, uuids: bool) -> Method:
    is_oneway = draw(st.booleans())
    arguments = tuple(
        _without_default(one, Requirement.REQUIRED if one.requirement is Requirement.REQUIRED else Requirement.DEFAULT)
        for one in draw(_fields(module, uuids))
    )
    exceptions = [one for one in module.known() if isinstance(one, Record) and one.kind is RecordKind.EXCEPTION]
    thrown = [] if is_oneway or not exceptions else draw(st.lists(st.sampled_from(exceptions), unique=True, max_size=2))
    can_stream = len(arguments) == 1 and not is_oneway
    streaming = draw(st.sampled_from(Streaming)) if can_stream else Streaming.NONE
    mode = () if streaming is Streaming.NONE else (Annotation("streaming.mode", (streaming.value,), module.span),)
    return Method(
        name=name,
        arguments=arguments,
        result=None if is_oneway else draw(st.none() | _types(module, uuids)),
        throws=tuple(
            Field(
                id=index,
                name=f"error_{index}",
                type=Ref(record.id),
                requirement=Requirement.OPTIONAL,
                default=None,
                doc=None,
                annotations=(),
                span=module.span,
                name_span=module.span,
                id_span=module.span,
            )
            for index, record in enumerate(thrown, 1)
        ),
        is_oneway=is_oneway,
        streaming=streaming,
        doc=draw(_DOCS),
        annotations=(*mode, *draw(annotation_lists(module))),
        span=module.span,
        name_span=module.span,
    )


# ---- Thrift text ------------------------------------------------------------------------------------------------


def to_thrift(schema: Schema) -> Mapping[str, str]:
    """The text of every module, by path."""
    return {module.id.path: _Printer(module).text() for module in schema.modules}


class _Printer:
    def __init__(self, module: Module) -> None:
        self._module = module

    def text(self) -> str:
        lines = [f"namespace {namespace.scope} {namespace.name}" for namespace in self._module.namespaces]
        lines += [f'include "{include.path}"' for include in self._module.includes]
        for declaration in self._module.declarations:
            lines.append(f"{_doc(declaration.doc)}{self._declaration(declaration)}")
        return "\n".join(lines) + "\n"

    def _declaration(self, one: Declaration) -> str:
        name, tail = one.id.name, _annotations(one.annotations)
        match one:
            case Enum():
                members = (f"  {m.name} = {m.number}{_annotations(m.annotations)}" for m in one.members)
                return self._block(f"enum {name}", members, tail)
            case Record():
                fields = (f"  {self._field(field, union=one.kind is RecordKind.UNION)}" for field in one.fields)
                return self._block(f"{one.kind.value} {name}", fields, tail)
            case Alias():
                return f"typedef {self._type(one.type)} {name}{tail}"
            case Const():
                return f"const {self._type(one.type)} {name} = {self._value(one.value)}"
            case Service():
                base = f" extends {self._name(one.base)}" if one.base else ""
                return self._block(f"service {name}{base}", (self._method(method) for method in one.methods), tail)
            case Extension():
                raise ValueError("Thrift has no extensions")
            case _:
                assert_never(one)

    def _block(self, head: str, lines: object, tail: str) -> str:
        assert hasattr(lines, "__iter__")
        return "\n".join([f"{head} {{", *lines, f"}}{tail}"])

    def _field(self, one: Field, *, union: bool = False) -> str:
        word = "" if union or one.requirement is Requirement.DEFAULT else f"{one.requirement.value} "
        default = "" if one.default is None else f" = {self._value(one.default)}"
        tail = _annotations(one.annotations)
        return f"{_doc(one.doc)}{one.id}: {word}{self._type(one.type)} {one.name}{default}{tail}"

    def _method(self, one: Method) -> str:
        result = "void" if one.result is None else self._type(one.result)
        # Each on a line of its own: a comment behind a field on the same line is that field's.
        arguments = ",\n    ".join(self._field(field) for field in one.arguments)
        throws = ", ".join(self._field(field, union=True) for field in one.throws)
        tail = f" throws ({throws})" if throws else ""
        oneway = "oneway " if one.is_oneway else ""
        return f"  {_doc(one.doc)}{oneway}{result} {one.name}({arguments}){tail}{_annotations(one.annotations)}"

    def _type(self, type: Type) -> str:
        match type:
            case Scalar(kind=kind):
                return kind.value
            case ListOf(element=element):
                return f"list<{self._type(element)}>"
            case SetOf(element=element):
                return f"set<{self._type(element)}>"
            case MapOf(key=key, value=value):
                return f"map<{self._type(key)}, {self._type(value)}>"
            case Ref(target=target):
                return self._name(target)

    def _name(self, id: DeclId) -> str:
        return id.name if id.module == self._module.id else f"{id.module.stem}.{id.name}"

    def _value(self, value: Value) -> str:
        match value:
            case bool():
                return "true" if value else "false"
            case int():
                return str(value)
            case float():
                return repr(value)
            case str():
                return _literal(value)
            case bytes():
                return _literal(value.decode())
            case UUID():
                return _literal(str(value))
            case EnumValue(enum=enum, name=name):
                return f"{self._name(enum)}.{name}"
            case ListValue(items=items) | SetValue(items=items):
                return f"[{', '.join(self._value(item) for item in items)}]"
            case MapValue(entries=entries):
                return "{" + ", ".join(f"{self._value(key)}: {self._value(inner)}" for key, inner in entries) + "}"
            case RecordValue(fields=fields):
                return "{" + ", ".join(f"{_literal(name)}: {self._value(inner)}" for name, inner in fields) + "}"


def _doc(doc: str | None) -> str:
    return "" if doc is None else f"/** {doc} */ "


def _annotations(found: Annotations) -> str:
    pairs = [f"{one.key} = {_literal(value)}" for one in found for value in one.values]
    return f" ({', '.join(pairs)})" if pairs else ""


def _literal(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'

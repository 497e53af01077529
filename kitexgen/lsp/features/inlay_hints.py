"""What an IDL leaves unsaid: ids of fields and numbers of members that were counted, values that names stand for."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from kitexgen.idl.proto import tree as p
from kitexgen.idl.thrift import tree as t
from kitexgen.lsp.analysis import Analysis
from kitexgen.lsp.declared import find, resolve
from kitexgen.lsp.spelling import spell_value
from kitexgen.lsp.workspace import Workspace
from kitexgen.schema.declarations import Alias, Const, Enum, EnumMember, Extension, Field, Record, Requirement
from kitexgen.schema.module import Module
from kitexgen.schema.services import Service
from kitexgen.schema.types import Ref
from kitexgen.schema.values import EnumValue, Value


def inlay_hints(workspace: Workspace, path: str, range: types.Range) -> list[types.InlayHint]:
    analysis = workspace.analysis(path)
    lines = workspace.lines(path, analysis.source.text)
    start, end = lines.span(range)
    module = analysis.module
    if module is None:
        return []
    found = _Hints(workspace, analysis).of(module)
    return [
        types.InlayHint(
            position=lines.position(offset),
            label=label,
            kind=types.InlayHintKind.Parameter if is_before else types.InlayHintKind.Type,
            tooltip=tooltip,
            padding_right=is_before,
            padding_left=not is_before,
        )
        for offset, label, is_before, tooltip in sorted(found)
        if start <= offset <= end
    ]


# Where it stands, what it says, whether that belongs to what follows, and what it says at length.
_Hint = tuple[int, str, bool, str]


class _Hints:
    def __init__(self, workspace: Workspace, analysis: Analysis) -> None:
        self._settings = workspace.settings
        self._analysis = analysis
        self._schema = analysis.examined.schema
        self._written = _Written(analysis)

    def of(self, module: Module) -> Iterator[_Hint]:
        for declaration in module.declarations:
            match declaration:
                case Record():
                    yield from self._fields(declaration.fields)
                case Enum() if self._settings.hint_enum_numbers:
                    yield from self._members(declaration.members)
                case Service():
                    for method in declaration.methods:
                        yield from self._fields((*method.arguments, *method.throws))
                case Const() if self._settings.hint_defaults:
                    yield from self._value(declaration.name_span.start, declaration.value)
                case Extension():
                    yield from self._fields((declaration.field,))
                case Alias() | Enum() | Const():
                    pass

    def _fields(self, fields: tuple[Field, ...]) -> Iterator[_Hint]:
        for field in fields:
            if self._settings.hint_ids and field.is_implicit and field.name_span != field.span:
                yield field.span.start, f"{field.id}:", True, "the id this field gets, since none is written"
            if not self._settings.hint_defaults:
                continue
            if field.default is not None:
                yield from self._value(field.name_span.start, field.default)
            elif self._analysis.is_proto:
                yield from self._first_value(field)

    def _members(self, members: tuple[EnumMember, ...]) -> Iterator[_Hint]:
        for member in members:
            if member.name_span.start in self._written.counted:
                yield member.name_span.end, f"= {member.number}", False, "the number this member gets"

    def _value(self, owner: int, value: Value) -> Iterator[_Hint]:
        """What a name in the place of a value stands for, when it is no member of an enum by its own name."""
        written = self._written.names.get(owner)
        if written is None:
            return
        shown = str(value.number) if isinstance(value, EnumValue) else spell_value(value)
        yield written, f"= {shown}", False, "what this name stands for"

    def _first_value(self, field: Field) -> Iterator[_Hint]:
        """The value that a field of an enum has when it is not set: the first one."""
        type = resolve(self._schema, field.type)
        enum = find(self._schema, type.target) if isinstance(type, Ref) else None
        if isinstance(enum, Enum) and enum.members and field.requirement is not Requirement.REQUIRED:
            label = f"= {enum.members[0].name}"
            end = field.id_span.end if field.id_span is not None else field.name_span.end
            yield end, label, False, "the value when it is not set"


class _Written:
    """What only the tree tells: `names` where a name stands for a value (its end, by the start of what has it), and
    `counted` the members that have no number of their own.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.names: dict[int, int] = {}
        self.counted: set[int] = set()
        tree = analysis.examined.trees.get(analysis.path)
        if isinstance(tree, t.DocumentNode):
            for node in tree.definitions:
                self._definition(node)
        elif isinstance(tree, p.FileNode):
            self._items(tree.items)

    def _definition(self, node: t.DefinitionNode) -> None:
        match node:
            case t.EnumNode():
                self.counted.update(each.name.span.start for each in node.members if each.number is None)
            case t.RecordNode():
                self._fields(node.fields)
            case t.ServiceNode():
                for method in node.methods:
                    self._fields(method.arguments)
            case t.ConstNode():
                self._name(node.name, node.value)
            case t.TypedefNode():
                pass

    def _fields(self, nodes: tuple[t.FieldNode, ...]) -> None:
        for node in nodes:
            if node.default is not None:
                self._name(node.name, node.default)

    def _name(self, owner: t.Name, value: t.ValueNode) -> None:
        if isinstance(value, t.IdentifierNode) and value.text not in {"true", "false"}:
            self.names[owner.span.start] = value.span.end

    def _items(self, items: tuple[object, ...]) -> None:
        for item in items:
            if isinstance(item, p.FieldNode) and item.default is not None:
                value = item.default.value
                is_word = isinstance(value, p.IdentifierNode) and value.text not in {"true", "false", "inf", "nan"}
                if is_word:
                    self.names[item.name.span.start] = value.span.end
            elif isinstance(item, p.MessageNode | p.GroupNode | p.OneofNode | p.ExtendNode):
                self._items(item.items)

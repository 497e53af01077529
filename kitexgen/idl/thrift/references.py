"""What an identifier in a constant expression names: a constant, or a member of an enum in any accepted spelling."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.diagnostics.report import Report
from kitexgen.diagnostics.suggest import nearest
from kitexgen.idl.finding import APACHE, THRIFTGO, error, warning
from kitexgen.idl.symbols import CONSTANTS, Symbol, SymbolKind
from kitexgen.idl.thrift.partial import Partial
from kitexgen.idl.thrift.scopes import EnumName, Scopes, did_you_mean
from kitexgen.idl.thrift.tree import IdentifierNode
from kitexgen.schema.declarations import Enum, EnumMember
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.types import Ref, Scalar, Type
from kitexgen.schema.values import EnumValue
from kitexgen.source.span import Span


def apache_member(text: str) -> str | None:
    """The part of a name that Apache compares with the members of an enum; None without a dot.

    It drops what stands before the first dot, and once more before the next. Source: t_const_value.h,
    `get_identifier_name`.
    """
    _, dot, rest = text.partition(".")
    if not dot:
        return None
    _, dot, last = rest.partition(".")
    return last if dot else rest


@dataclass(frozen=True, slots=True)
class _Hit:
    """A member found through `symbol`, its enum or an alias of it."""

    symbol: Symbol
    enum: Enum
    member: EnumMember


class References:
    def __init__(self, scopes: Scopes, partial: Partial, report: Report) -> None:
        self._scopes = scopes
        self._partial = partial
        self._report = report

    def find(self, module: ModuleId, node: IdentifierNode, wanted: Enum | None) -> EnumValue | DeclId | None:
        """A member, or the id of a constant; None, reported, when `node` names neither.

        `wanted` is the enum of the slot, if it has one; a member found is then one of it.
        """
        constants = self._scopes.constants(module, node.text)
        named = self._scopes.enum_names(module, node.text)
        hits = [hit for name in named for hit in self._members(name)]
        if len(constants) + len({(hit.enum.id, hit.member.name) for hit in hits}) > 1:
            self._report.add(_ambiguous(node, constants, [hit.member for hit in hits]))
            return None
        if constants:
            self._scopes.note_use(node.text, node.span, constants[0])
            return constants[0].id
        if hits:
            self._note_member(node, hits[0].member)
            self._scopes.note_use(node.text.rpartition(".")[0], node.span, hits[0].symbol)
            return self._member(module, node, hits[0], wanted)
        return self._loose_member(module, node, named, wanted)

    def _members(self, name: EnumName) -> list[_Hit]:
        enum = self._partial.enum(Ref(name.symbol.id))
        if enum is None:
            return []
        return [_Hit(name.symbol, enum, member) for member in enum.members if member.name == name.member][:1]

    def _member(self, module: ModuleId, node: IdentifierNode, hit: _Hit, wanted: Enum | None) -> EnumValue | None:
        enum, member = hit.enum, hit.member
        is_alias = hit.symbol.kind is SymbolKind.ALIAS
        is_seen_through = is_alias and self._thriftgo_sees_through(module, hit.symbol, enum)
        if wanted is None:
            if is_seen_through:
                self._report.add(_not_followed(node))
            elif is_alias:
                self._report.add(_through_alias(node, hit.symbol, enum, is_refused_by_both=True))
                return None
            return EnumValue(enum.id, member.number, member.name)
        if enum.id != wanted.id:
            same = _member_called(wanted, member.name)
            if same is None:
                self._report.add(_of_another_enum(node, enum, wanted))
                return None
            self._report.add(_borrowed(node, enum, wanted, member, same))
            return EnumValue(wanted.id, same.number, same.name)
        if is_alias and not is_seen_through:
            self._report.add(_through_alias(node, hit.symbol, enum, is_refused_by_both=False))
        if apache_member(node.text) != member.name:
            self._report.add(_too_many_dots(node))
        return EnumValue(enum.id, member.number, member.name)

    def _thriftgo_sees_through(self, module: ModuleId, symbol: Symbol, enum: Enum) -> bool:
        """thriftgo looks for the alias's own name in the file of its target, so one of the same name is found.

        Source: generator/golang/resolver.go, `getIDValue`.
        """
        alias = self._partial.aliases.get(symbol.id)
        is_direct = alias is not None and isinstance(alias.type, Ref) and alias.type.target == enum.id
        return is_direct and symbol.id.module == module != enum.id.module and symbol.id.name == enum.id.name

    def _loose_member(
        self, module: ModuleId, node: IdentifierNode, named: tuple[EnumName, ...], wanted: Enum | None
    ) -> EnumValue | None:
        """In a slot of an enum Apache looks only at the last word of a name, whatever stands before it."""
        last = apache_member(node.text)
        member = _member_called(wanted, last) if wanted and last else None
        if wanted is None or member is None:
            self._report.add(self._unknown(module, node, named, wanted))
            return None
        self._note_member(node, member)
        self._report.add(_loose(node, self._spelling(module, wanted, member.name)))
        return EnumValue(wanted.id, member.number, member.name)

    def _note_member(self, node: IdentifierNode, member: EnumMember) -> None:
        if self._scopes.uses is not None:
            span = node.span
            self._scopes.uses.note(Span(span.path, span.end - len(member.name), span.end), member.name_span)

    def _unknown(
        self, module: ModuleId, node: IdentifierNode, named: tuple[EnumName, ...], wanted: Enum | None
    ) -> Diagnostic:
        text = node.text
        if wanted is not None and _member_called(wanted, text):
            hint = f"write `{self._spelling(module, wanted, text)}`"
            return error("KX0214", f"`{text}` must be qualified with its enum", node.span, hint=hint)
        for name in named:
            enum = self._partial.enum(Ref(name.symbol.id))
            if enum is not None:
                return _no_such_member(node, name, enum)
        prefix = text.rpartition(".")[0]
        head = prefix.rpartition(".")[0] or prefix
        symbols = self._scopes.symbols
        if prefix and not any((symbols.included(module, part) or symbols.own(module, part)) for part in (prefix, head)):
            return self._scopes.unknown_prefix(module, text, head, node.span)
        near = did_you_mean(text, self._value_names(module))
        return error("KX0214", f"there is no constant called `{text}`", node.span, hint=near)

    def _value_names(self, module: ModuleId) -> list[str]:
        names = [*self._scopes.symbols.visible(module, CONSTANTS), "true", "false"]
        for enum_name in self._scopes.symbols.visible(module, frozenset({SymbolKind.ENUM})):
            for symbol in self._scopes.find(module, enum_name):
                enum = self._partial.enums.get(symbol.id)
                names += (f"{enum_name}.{member.name}" for member in (enum.members if enum else ()))
        return names

    def _spelling(self, module: ModuleId, enum: Enum, member: str) -> str:
        """How `module` should write a member of `enum`."""
        if enum.id.module == module:
            return f"{enum.id.name}.{member}"
        symbols = self._scopes.symbols
        prefixes = (prefix for prefix in symbols.prefixes(module) if enum.id.module in symbols.included(module, prefix))
        return f"{next(prefixes, enum.id.module.stem)}.{enum.id.name}.{member}"

    def refuse_by_apache(self, node: IdentifierNode, slot: Type, constant: Type, wanted: Enum | None) -> None:
        """Warn of a reference to a constant that fits, where Apache does not follow it.

        It follows constants only into slots of base types, and then only those of base types; in a slot of an enum it
        takes the name for that of a member.
        """
        if isinstance(slot, Scalar) and isinstance(constant, Scalar):
            return
        loose = apache_member(node.text)
        if wanted is not None and loose is not None and _member_called(wanted, loose):
            return
        self._report.add(_not_followed(node))


def _member_called(enum: Enum, name: str) -> EnumMember | None:
    return next((member for member in enum.members if member.name == name), None)


def _ambiguous(node: IdentifierNode, constants: tuple[Symbol, ...], members: list[EnumMember]) -> Diagnostic:
    places = [*(symbol.name_span for symbol in constants), *(member.name_span for member in members)]
    return error(
        "KX0215",
        f"`{node.text}` may mean more than one thing",
        node.span,
        also=tuple(Label(place, "this one?") for place in places),
        hint="rename one of them, or the include that lends its name",
    )


def _through_alias(node: IdentifierNode, alias: Symbol, enum: Enum, *, is_refused_by_both: bool) -> Diagnostic:
    member = node.text.rpartition(".")[2]
    message = f"`{alias.id.name}` is a typedef: its enum is `{enum.id.name}`"
    hint = f"write `{enum.id.name}.{member}`"
    also = (Label(alias.name_span, "declared here"),)
    if is_refused_by_both:
        return error(
            "KX0216", message, node.span, also=also, hint=f"{hint}; no compiler looks through the typedef here"
        )
    hint += "; thriftgo refuses members named through a typedef"
    return warning("KX0216", message, node.span, also=also, hint=hint, refused_by=THRIFTGO)


def _loose(node: IdentifierNode, spelling: str) -> Diagnostic:
    return warning(
        "KX0217",
        f"`{node.text}` is a loose spelling of `{spelling}`",
        node.span,
        hint=f"write `{spelling}`: Apache Thrift looks only at the last word, thriftgo refuses this",
        refused_by=THRIFTGO,
    )


def _borrowed(node: IdentifierNode, enum: Enum, wanted: Enum, theirs: EnumMember, ours: EnumMember) -> Diagnostic:
    hint = f"write `{wanted.id.name}.{ours.name}`"
    if theirs.number != ours.number:
        hint += f": {ours.number} is meant here, as in Apache Thrift, where thriftgo sends {theirs.number}"
    return warning(
        "KX0218", f"`{node.text}` is a member of `{enum.id.name}`, not of `{wanted.id.name}`", node.span, hint=hint
    )


def _of_another_enum(node: IdentifierNode, enum: Enum, wanted: Enum) -> Diagnostic:
    return error(
        "KX0305",
        f"`{node.text}` is a member of `{enum.id.name}`, and `{wanted.id.name}` has none of that name",
        node.span,
        also=(Label(wanted.name_span, f"`{wanted.id.name}` is declared here"),),
    )


def _no_such_member(node: IdentifierNode, name: EnumName, enum: Enum) -> Diagnostic:
    near = nearest(name.member, [member.name for member in enum.members])
    return error(
        "KX0305",
        f"`{enum.id.name}` has no member `{name.member}`",
        node.span,
        also=(Label(enum.name_span, "declared here"),),
        hint=f"did you mean `{near}`?" if near else None,
    )


def _too_many_dots(node: IdentifierNode) -> Diagnostic:
    return warning(
        "KX0219",
        f"Apache Thrift gets lost in the dots of `{node.text}`",
        node.span,
        hint="include a file whose name has no dot in it",
        refused_by=APACHE,
    )


def _not_followed(node: IdentifierNode) -> Diagnostic:
    return warning(
        "KX0257",
        f"Apache Thrift does not follow `{node.text}` here",
        node.span,
        hint="it follows constants of base types only, into fields and constants of base types; repeat the value",
        refused_by=APACHE,
    )

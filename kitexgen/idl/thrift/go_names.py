"""Names that thriftgo cannot give twice in Go, at which it stops with "failed to reserve".

Source: thriftgo 0.4.5: generator/golang/scope_internal.go (`installNames`), pkg/namespace/namespace.go,
generator/golang/styles/thriftgo.go.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic, Label
from kitexgen.idl.finding import THRIFTGO, warning
from kitexgen.idl.thrift.partial import Partial
from kitexgen.idl.thrift.tree import (
    ConstNode,
    DefinitionNode,
    DocumentNode,
    EnumNode,
    Name,
    RecordNode,
    ServiceNode,
    TypedefNode,
)
from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.types import Ref

# generator/golang/common/common.go, IsCommonInitialisms.
# fmt: off
_INITIALISMS = frozenset({
    "ACL", "API", "ASCII", "CPU", "CSS", "DNS", "EOF", "GUID", "HTML", "HTTP", "HTTPS", "ID", "IP",
    "JSON", "LHS", "QPS", "RAM", "RHS", "RPC", "SLA", "SMTP", "SQL", "SSH", "TCP", "TLS", "TTL", "UDP",
    "UI", "UID", "UUID", "URI", "URL", "UTF8", "VM", "XML", "XMPP", "XSRF", "XSS",
})
# fmt: on


def go_name(raw: str) -> str:
    """How thriftgo spells `raw` in Go."""
    words = raw.removeprefix("$").split("_")
    return "".join(_word(word) for word in words)


def _word(word: str) -> str:
    if not word:
        return "_"
    if not word[0].islower():
        return word
    upper = word[0].upper() + word[1:]
    return upper.upper() if upper.upper() in _INITIALISMS else upper


class _Clash(Exception):
    """A name that must be had is taken."""

    def __init__(self, taken_by: Name) -> None:
        super().__init__()
        self.taken_by = taken_by


class _Names:
    """Go names of one file: some give way by growing underscores, some cannot."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._owners: dict[str, Name] = {}

    def add(self, name: str, id: str, owner: Name) -> str:
        free = name
        while self._ids.get(free, id) != id:
            free += "_"
        self._ids[free] = id
        self._owners[free] = owner
        return free

    def reserve(self, name: str, id: str, owner: Name) -> None:
        if name in self._ids:
            raise _Clash(self._owners[name])
        self._ids[name] = id
        self._owners[name] = owner


def clashes(tree: DocumentNode, module: ModuleId, partial: Partial) -> Iterator[Diagnostic]:
    """At most one finding: thriftgo stops at the first."""
    names = _Names()
    for definition in _in_order(tree):
        try:
            _install(names, definition, module, partial)
        except _Clash as clash:
            yield warning(
                "KX0254",
                f"thriftgo cannot name `{definition.name.text}` in Go",
                definition.name.span,
                also=(Label(clash.taken_by.span, "takes a Go name it needs"),),
                hint="thriftgo stops with `failed to reserve`; rename one of them",
                refused_by=THRIFTGO,
            )
            return


def _in_order(tree: DocumentNode) -> list[DefinitionNode]:
    """Services, structs, unions, exceptions, enums, typedefs, constants, as thriftgo installs them."""

    def rank(definition: DefinitionNode) -> int:
        match definition:
            case ServiceNode():
                return 0
            case RecordNode(keyword=keyword):
                return {"struct": 1, "union": 2, "exception": 3}[keyword]
            case EnumNode():
                return 4
            case TypedefNode():
                return 5
            case ConstNode():
                return 6

    return sorted(tree.definitions, key=rank)


def _install(names: _Names, node: DefinitionNode, module: ModuleId, partial: Partial) -> None:
    text = node.name.text
    match node:
        case ServiceNode():
            _install_service(names, node)
        case RecordNode():
            _install_record(names, text, text, text, node.name)
        case EnumNode() | ConstNode():
            names.add(go_name(text), text, node.name)
        case TypedefNode():
            name = names.add(go_name(text), text, node.name)
            if partial.record(Ref(DeclId(module, text))) is not None:
                names.reserve(f"New{name}", f"$new:{text}", node.name)


def _install_record(names: _Names, go_source: str, id: str, label: str, owner: Name) -> None:
    name = names.add(go_name(go_source), id, owner)
    names.reserve(f"New{name}", f"$new:{label}", owner)
    names.reserve(f"fieldIDToName_{name}", f"$ids:{label}", owner)


def _install_service(names: _Names, node: ServiceNode) -> None:
    service = names.add(go_name(node.name.text), node.name.text, node.name)
    for method in node.methods:
        for suffix in ("_args", "_result")[: 1 if method.oneway else 2]:
            source = "$" + node.name.text + go_name("$" + method.name.text + suffix)
            _install_record(names, source, method.name.text + suffix, source, method.name)
    names.reserve(f"{service}Client", f"$client:{node.name.text}", node.name)
    names.reserve(f"{service}Processor", f"$processor:{node.name.text}", node.name)

"""Service to ServicePlan."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out, signature, tuple_of
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.method_lines import SERVICE_DOOR, STREAMS, MethodText
from kitexgen.codegen.plan.method_records import arguments_record, result_record
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.packages import Places
from kitexgen.codegen.plan.parameters import parameter_names, plain_parameters, record_parameters, value_hint
from kitexgen.codegen.plan.records import RecordPlan
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.service_names import ServiceNames, lineage, service_names, wraps_calls
from kitexgen.codegen.plan.services import ClassPlan, MethodPlan, ServicePlan
from kitexgen.codegen.plan.settling import class_head, settled
from kitexgen.codegen.plan.sources import source
from kitexgen.codegen.plan.wire_types import ClassRef
from kitexgen.schema.module import PACKAGE
from kitexgen.schema.services import Method, Service

_ENDPOINTS = "kitexgen.runtime.contract.endpoints"
# Black turns no parameter list of ours back into one line, and mypy wants a method's type: ignore on its first line.
_OVERRIDE = "  # type: ignore[override]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePrinter:
    """Plans one service as the module `module` prints it."""

    scope: Scope
    places: Places
    service: Service
    names: ServiceNames
    naming: str

    def plan(self) -> ServicePlan:
        texts: list[MethodText] = []
        records: list[RecordPlan] = []
        for method in self.service.methods:
            text, of_method = self._method(method)
            texts.append(text)
            records += of_method
        methods = [
            MethodPlan(
                info="\n".join(text.info()),
                handler="\n".join(text.handler()),
                client="\n".join(text.client()),
                blocking="\n".join(text.blocking()),
            )
            for text in texts
        ]
        return ServicePlan(
            protocol=self._protocol(),
            client=self._client(),
            blocking=self._blocking(),
            service_name=self.names.info,
            info="\n".join(self._info()),
            records=tuple(records),
            methods=tuple(methods),
            blocking_maker="\n".join(self._blocking_maker()),
            serve="\n".join(self._serve()),
        )

    def _method(self, method: Method) -> tuple[MethodText, list[RecordPlan]]:
        records = self._records(method) if wraps_calls(self.scope.schema, self.service) else []
        parameters = (
            record_parameters(records[0]) if records else plain_parameters(self.scope, method, hidden=self.names.all())
        )
        value = value_hint(self.scope, method)
        names = self.names.methods[method.name]
        given = tuple((f"{each.name}=", each.name) for each in parameters)
        text = MethodText(
            scope=self.scope,
            home=self.service.id.module,
            service=self.service.id.name,
            method=method,
            names=names,
            parameters=parameters,
            value=value,
            arguments=names.arguments if records else parameters[0].hint,
            result=names.result or "None" if records else value,
            sent=Bracket(f"{names.arguments}(", given, ")") if records else parameters[0].name,
            override=_OVERRIDE if self._overrides(method) else "",
        )
        return text, records

    def _records(self, method: Method) -> list[RecordPlan]:
        """That of the arguments, then that of the result, if there is one."""
        names = self.names.methods[method.name]
        home = self.service.id.module
        module = self.scope.imports.module
        called = parameter_names(self.scope, method, hidden=self.names.all())
        records = [arguments_record(self.scope, method, called, home=home, ref=ClassRef(module, names.arguments))]
        if names.result:
            records.append(result_record(self.scope, method, home=home, ref=ClassRef(module, names.result)))
        return records

    def _overrides(self, method: Method) -> bool:
        """Whether a base declares the method with another signature, which type checkers would refuse."""
        for base in lineage(self.scope.schema, self.service)[1:]:
            for other in base.methods:
                if other.name == method.name:
                    return _shape(other) != _shape(method)
        return False

    def _base(self) -> tuple[str, ServiceNames] | None:
        """Module and names of the service this one extends."""
        if self.service.base is None:
            return None
        base = self.scope.schema.find(self.service.base)
        assert isinstance(base, Service)
        return self.places.services[base.id], service_names(self.scope.symbols, base, self.naming)

    def _protocol(self) -> ClassPlan:
        protocol = self.scope.imports.use("typing", "Protocol")
        base = self._base()
        bases = protocol if base is None else f"{self._import(base[0], base[1].protocol)}, {protocol}"
        streams = any(method.streaming in STREAMS for method in self.service.methods)
        besides = ", those that stream `async def`" if streams else ""
        lead = f"What a handler fulfils; each method `async def` or plain `def`{besides}."
        doc = f"{self.service.doc.rstrip()}\n\n{lead}" if self.service.doc else lead
        return ClassPlan(head=class_head(self.names.protocol, bases), docstring=self._docstring(doc))

    def _client(self) -> ClassPlan:
        base = self._base()
        bases = self.scope.imports.use(_ENDPOINTS, "Client") if base is None else self._import(base[0], base[1].client)
        doc = f"Calls `{self.service.id.name}` from asyncio. Settings are those of `ClientSettings`."
        return ClassPlan(head=class_head(self.names.client, bases), docstring=self._docstring(doc))

    def _blocking(self) -> ClassPlan:
        base = self._base()
        bases = (
            self.scope.imports.use(_ENDPOINTS, "BlockingClient")
            if base is None
            else self._import(base[0], base[1].blocking)
        )
        doc = f"Calls `{self.service.id.name}` without a loop. Settings are those of `ClientSettings`."
        return ClassPlan(head=class_head(self.names.blocking, bases), docstring=self._docstring(doc))

    def _docstring(self, doc: str) -> str:
        place = source(self.scope.schema, self.service.id.module, self.service.span)
        return "\n".join(
            docstring(doc, f"Declared in {place}.", indent=4, annotations=notes(self.service)),
        )

    def _info(self) -> list[str]:
        use = self.scope.imports.use
        service = self.service
        methods = tuple_of(self.names.methods[method.name].constant for method in service.methods)
        items: list[tuple[str, Expression]] = [
            ("name=", string_literal(service.id.name)),
            ("package=", string_literal(self._package())),
            ("methods=", methods),
        ]
        base = self._base()
        if base is not None:
            items.append(("base=", self._import(base[0], base[1].info)))
        if notes(service):
            items.append(("annotations=", annotation_rows(notes(service))))
        items.append(("source=", string_literal(source(self.scope.schema, service.id.module, service.span))))
        if not wraps_calls(self.scope.schema, service):
            items.append(("payload=", f"{use(SERVICE_DOOR, 'Payload')}.PROTOBUF"))
        call = Bracket(f"{use(SERVICE_DOOR, 'ServiceInfo')}(", tuple(items), ")")
        return settled(laid_out(call, before=f"{self.names.info}: {use('typing', 'Final')} = "))

    def _package(self) -> str:
        """Thrift's is the Python package; Protobuf's goes over the wire, and is the IDL's."""
        home = self.service.id.module
        if wraps_calls(self.scope.schema, self.service):
            return self.places.namespaces[home]
        return self.scope.schema.module(home).namespace(PACKAGE) or ""

    def _settings(self, kind: str) -> str:
        use = self.scope.imports.use
        return f"**settings: {use('typing', 'Unpack')}[{use(_ENDPOINTS, kind)}]"

    def _blocking_maker(self) -> list[str]:
        head = signature(
            "def blocking(",
            ["destination: str", self._settings("ClientSettings")],
            f") -> {self.names.blocking}:",
            indent=4,
        )
        lines = [
            "    @staticmethod",
            *head,
            '        """A client for people without a loop: plain sockets, no thread."""',
            f"        return {self.names.blocking}(destination, **settings)",
        ]
        return settled(lines, indent=4)

    def _serve(self) -> list[str]:
        use = self.scope.imports.use
        address = 'address: str = "0.0.0.0:8888"'
        parameters = [f"handler: {self.names.protocol}", "*", address, self._settings("ServerSettings")]
        served = f"{use(_ENDPOINTS, 'Served')}({self.names.info}, handler)"
        call = Bracket(
            f"await {use(_ENDPOINTS, 'serve')}(", (("", served), ("address=", "address"), ("", "**settings")), ")"
        )
        head = signature(f"async def {self.names.serve}(", parameters, ") -> None:", indent=0)
        body = laid_out(call, indent=4)
        said = '    """Serve `handler` at `address` until told to stop. Settings are those of `ServerSettings`."""'
        return settled([*head, said, *body], code=[*head, *body])

    def _import(self, module: str, name: str) -> str:
        return self.scope.imports.use_generated(module, name)


def _shape(method: Method) -> tuple[object, ...]:
    arguments = tuple((field.name, field.type, field.default is None) for field in method.arguments)
    return (arguments, method.result, method.streaming)

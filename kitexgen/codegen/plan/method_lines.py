"""What is printed of one method: its MethodInfo, its place in the handler protocol, and how both clients call it."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out, signature
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.names import unused
from kitexgen.codegen.plan.notes import notes
from kitexgen.codegen.plan.parameters import Parameter
from kitexgen.codegen.plan.scope import Scope
from kitexgen.codegen.plan.service_names import MethodNames
from kitexgen.codegen.plan.settling import settled
from kitexgen.codegen.plan.sources import source
from kitexgen.codegen.plan.type_hints import type_hint
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.services import Method, Streaming
from kitexgen.schema.types import Type

SERVICE_DOOR = "kitexgen.runtime.contract.service"
_STREAMS_DOOR = "kitexgen.runtime.contract.streams"
_TIMEOUT = ("*", "timeout: float | None = None")
_TIMEOUTS = (*_TIMEOUT, "receive_timeout: float | None = None")
STREAMS = (Streaming.CLIENT, Streaming.SERVER, Streaming.BIDIRECTIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodText:
    """Prints one method of `service`. `value` is the hint of what it returns, "None" for void; `override` what
    follows its `def`.

    `arguments` and `result` are the classes of what goes over the wire, `sent` is the expression for the first of them:
    nothing that a stub needs.
    """

    scope: Scope
    home: ModuleId
    service: str
    method: Method
    names: MethodNames
    parameters: tuple[Parameter, ...]
    value: str
    arguments: str = ""
    result: str = "None"
    sent: Expression = ""
    override: str = ""

    def info(self) -> list[str]:
        """`GET_USER: Final = MethodInfo(...)`."""
        use = self.scope.imports.use
        method = self.method
        items: list[tuple[str, Expression]] = [
            ("name=", string_literal(method.name)),
            ("attribute=", f'"{self.names.attribute}"'),
            ("arguments=", self.arguments),
            ("result=", self.result),
        ]
        if method.is_oneway:
            items.append(("is_oneway=", "True"))
        if method.streaming is not Streaming.NONE:
            items.append(("streaming=", f"{use(SERVICE_DOOR, 'Streaming')}.{method.streaming.name}"))
        if notes(method):
            items.append(("annotations=", annotation_rows(notes(method))))
        items.append(("source=", string_literal(self._source())))
        call = Bracket(f"{use(SERVICE_DOOR, 'MethodInfo')}(", tuple(items), ")")
        return settled(laid_out(call, before=f"{self.names.constant}: {use('typing', 'Final')} = "))

    def handler(self) -> list[str]:
        """The protocol's member: `async def` and plain `def` both fulfil it, and parameters may be renamed."""
        parameters = ["self", *self._handler_parameters()]
        if len(parameters) > 1:
            parameters.append("/")
        # A class derived from the protocol inherits what it does not define: better it fails loudly than returns None.
        missing = f"{self.service}.{self.method.name}"
        refusal = [f"        raise NotImplementedError({string_literal(missing)})"]
        return self._body(self._def("def", parameters, self._handler_result()), refusal)

    def stub(self) -> list[str]:
        """A handler's method to be filled in, with a body that says so."""
        parameters = ["self", *self._handler_parameters()]
        match self.method.streaming:
            case Streaming.SERVER:
                # Its author makes it an `async def`, by writing the first `yield`; without one that would be no stream.
                return self._def("def", parameters, self._iterator())
            case Streaming.BIDIRECTIONAL:
                return self._def("async def", parameters, "None")
            case _:
                return self._def("async def", parameters, self.value)

    def client(self) -> list[str]:
        if self.method.streaming in STREAMS:
            return self._opens_stream()
        head = self._def("async def", ["self", *self._with_defaults(), *_TIMEOUT], self.value)
        return self._body(head, self._call("await "))

    def blocking(self) -> list[str]:
        if self.method.streaming in STREAMS:
            return self._refuses_stream()
        head = self._def("def", ["self", *self._with_defaults(), *_TIMEOUT], self.value)
        return self._body(head, self._call(""))

    def _opens_stream(self) -> list[str]:
        """What is returned opens the stream when it is entered."""
        request = self.parameters[0]
        match self.method.streaming:
            case Streaming.SERVER:
                kind, types, given = "ServerStreamingCall", [self.value], [request.plain]
            case Streaming.CLIENT:
                kind, types, given = "ClientStreamingCall", [request.hint, self.value], []
            case _:
                kind, types, given = "BidirectionalCall", [request.hint, self.value], []
        called = self.scope.imports.use(_STREAMS_DOOR, kind)
        head = self._def("def", ["self", *given, *_TIMEOUTS], f"{called}[{', '.join(types)}]")
        opening = f"self._kx_stream({self.names.constant}, timeout, receive_timeout)"
        made = Bracket(f"{called}(", (("", opening), *(("", request.name) for _ in given)), ")")
        return self._body(head, laid_out(made, before="return ", indent=8))

    def _refuses_stream(self) -> list[str]:
        never = self.scope.imports.use("typing", "NoReturn")
        head = self._def("def", ["self", "*arguments: object", "**settings: object"], never)
        said = docstring(
            "Not here: a stream takes an event loop.",
            f"Declared in {self._source()}. Raises UnsupportedStreaming.",
            indent=8,
            annotations=notes(self.method),
        )
        statement = f"        self._kx_stream({self.names.constant})"
        return settled([*head, *said, statement], indent=4, code=[*head, statement])

    def _body(self, head: list[str], statements: list[str]) -> list[str]:
        return settled([*head, *self._docstring(), *statements], indent=4, code=[*head, *statements])

    def _def(self, keyword: str, parameters: list[str], result: str) -> list[str]:
        lines = signature(f"{keyword} {self.names.attribute}(", parameters, f") -> {result}:", indent=4)
        if self.override:
            lines[0] += self.override
        return lines

    def _docstring(self) -> list[str]:
        # A stream has no result that could carry a declared exception: its caller gets an ApplicationError.
        throws = () if self.method.streaming in STREAMS else self.method.throws
        thrown = [self._hint(field.type) for field in throws]
        raises = f" Raises {', '.join(thrown)}." if thrown else ""
        return docstring(
            self.method.doc,
            f"Declared in {self._source()}.{raises}",
            indent=8,
            annotations=notes(self.method),
        )

    def _call(self, wait: str) -> list[str]:
        call = Bracket("self._kx_call(", (("", self.names.constant), ("", self.sent), ("", "timeout")), ")")
        if self.value == "None":
            return laid_out(call, before=wait, indent=8)
        answer = unused("answer", [each.name for each in self.parameters])
        return [
            *laid_out(call, before=f"{answer}: {self.value} = {wait}", indent=8),
            f"        return {answer}",
        ]

    def _handler_parameters(self) -> list[str]:
        match self.method.streaming:
            case Streaming.CLIENT:
                iterator = self.scope.imports.use("collections.abc", "AsyncIterator")
                return [f"requests: {iterator}[{self.parameters[0].hint}]"]
            case Streaming.BIDIRECTIONAL:
                stream = self.scope.imports.use(_STREAMS_DOOR, "BidirectionalStream")
                return [f"stream: {stream}[{self.parameters[0].hint}, {self.value}]"]
            case _:
                return [each.plain for each in self.parameters]

    def _handler_result(self) -> str:
        """Plain functions serve single calls alone: a stream has to be waited for."""
        if self.method.streaming is Streaming.SERVER:
            return self._iterator()
        awaitable = self.scope.imports.use("collections.abc", "Awaitable")
        match self.method.streaming:
            case Streaming.CLIENT:
                return f"{awaitable}[{self.value}]"
            case Streaming.BIDIRECTIONAL:
                return f"{awaitable}[None]"
            case _:
                return f"{awaitable}[{self.value}] | {self.value}"

    def _with_defaults(self) -> list[str]:
        """Parameters with the IDL's defaults, as far as Python can have them: behind the last one without."""
        texts: list[str] = []
        may_have = True
        for each in reversed(self.parameters):
            may_have = may_have and each.with_default is not None
            texts.append((may_have and each.with_default) or each.plain)
        return texts[::-1]

    def _iterator(self) -> str:
        return f"{self.scope.imports.use('collections.abc', 'AsyncIterator')}[{self.value}]"

    def _hint(self, type: Type) -> str:
        return type_hint(self.scope, type, self.scope.wire_type(type))

    def _source(self) -> str:
        return source(self.scope.schema, self.home, self.method.span)

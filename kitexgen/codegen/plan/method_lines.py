"""What is printed of one method: its MethodInfo, its place in the handler protocol, and how both clients call it."""

from __future__ import annotations

from dataclasses import dataclass

from kitexgen.codegen.plan.annotations import annotation_rows
from kitexgen.codegen.plan.docstrings import docstring
from kitexgen.codegen.plan.fitting import Bracket, Expression, laid_out, signature
from kitexgen.codegen.plan.literals import string_literal
from kitexgen.codegen.plan.names import unused
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
_STREAMS = (Streaming.CLIENT, Streaming.SERVER, Streaming.BIDIRECTIONAL)
_REQUEST_STREAMS = (Streaming.CLIENT, Streaming.BIDIRECTIONAL)
_RESPONSE_STREAMS = (Streaming.SERVER, Streaming.BIDIRECTIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodText:
    """Prints one method of `service`. `value` is the hint of what it returns, "None" for void; `override` what
    follows its `def`.
    """

    scope: Scope
    home: ModuleId
    service: str
    method: Method
    names: MethodNames
    parameters: tuple[Parameter, ...]
    value: str
    override: str = ""

    def info(self) -> list[str]:
        """`GET_USER: Final = MethodInfo(...)`."""
        use = self.scope.imports.use
        method = self.method
        items: list[tuple[str, Expression]] = [
            ("name=", string_literal(method.name)),
            ("attribute=", f'"{self.names.attribute}"'),
            ("arguments=", self.names.arguments),
            ("result=", self.names.result or "None"),
        ]
        if method.is_oneway:
            items.append(("is_oneway=", "True"))
        if method.streaming is not Streaming.NONE:
            items.append(("streaming=", f"{use(SERVICE_DOOR, 'Streaming')}.{method.streaming.name}"))
        if method.annotations:
            items.append(("annotations=", annotation_rows(method.annotations)))
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
        keyword = "def" if self.method.streaming in _RESPONSE_STREAMS else "async def"
        result = self.value if keyword == "async def" else self._stream_of("AsyncIterator", self.value)
        return self._def(keyword, ["self", *self._handler_parameters()], result)

    def client(self) -> list[str]:
        keyword = "def" if self.method.streaming in _RESPONSE_STREAMS else "async def"
        head = self._def(keyword, self._client_parameters("AsyncIterable"), self._client_result("AsyncIterator"))
        return self._body(head, self._call("await "))

    def blocking(self) -> list[str]:
        head = self._def("def", self._client_parameters("Iterable"), self._client_result("Iterator"))
        return self._body(head, self._call(""))

    def _body(self, head: list[str], statements: list[str]) -> list[str]:
        return settled([*head, *self._docstring(), *statements], indent=4, code=[*head, *statements])

    def _def(self, keyword: str, parameters: list[str], result: str) -> list[str]:
        lines = signature(f"{keyword} {self.names.attribute}(", parameters, f") -> {result}:", indent=4)
        if self.override:
            lines[0] += self.override
        return lines

    def _docstring(self) -> list[str]:
        thrown = [self._hint(field.type) for field in self.method.throws]
        raises = f" Raises {', '.join(thrown)}." if thrown else ""
        return docstring(
            self.method.doc,
            f"Declared in {self._source()}.{raises}",
            indent=8,
            annotations=self.method.annotations,
        )

    def _call(self, wait: str) -> list[str]:
        if self.method.streaming in _STREAMS:
            return [f"        self._kx_stream({self.names.constant})"]
        given = tuple((f"{each.name}=", each.name) for each in self.parameters)
        record = Bracket(f"{self.names.arguments}(", given, ")")
        call = Bracket("self._kx_call(", (("", self.names.constant), ("", record), ("", "timeout")), ")")
        if self.value == "None":
            return laid_out(call, before=wait, indent=8)
        answer = unused("answer", [each.name for each in self.parameters])
        return [
            *laid_out(call, before=f"{answer}: {self.value} = {wait}", indent=8),
            f"        return {answer}",
        ]

    def _handler_parameters(self) -> list[str]:
        if self.method.streaming in _REQUEST_STREAMS:
            return [self._request_stream("AsyncIterator")]
        return [each.plain for each in self.parameters]

    def _handler_result(self) -> str:
        if self.method.streaming in _RESPONSE_STREAMS:
            return self._stream_of("AsyncIterator", self.value)
        return f"{self.scope.imports.use('collections.abc', 'Awaitable')}[{self.value}] | {self.value}"

    def _client_parameters(self, stream: str) -> list[str]:
        streams = self.method.streaming in _REQUEST_STREAMS
        own = [self._request_stream(stream)] if streams else self._with_defaults()
        return ["self", *own, "*", "timeout: float | None = None"]

    def _client_result(self, stream: str) -> str:
        return self._stream_of(stream, self.value) if self.method.streaming in _RESPONSE_STREAMS else self.value

    def _with_defaults(self) -> list[str]:
        """Parameters with the IDL's defaults, as far as Python can have them: behind the last one without."""
        texts: list[str] = []
        may_have = True
        for each in reversed(self.parameters):
            may_have = may_have and each.with_default is not None
            texts.append((may_have and each.with_default) or each.plain)
        return texts[::-1]

    def _request_stream(self, kind: str) -> str:
        message = self.parameters[0]
        return f"{message.name}: {self._stream_of(kind, message.hint)}"

    def _stream_of(self, kind: str, item: str) -> str:
        return f"{self.scope.imports.use('collections.abc', kind)}[{item}]"

    def _hint(self, type: Type) -> str:
        return type_hint(self.scope, type, self.scope.wire_type(type))

    def _source(self) -> str:
        return source(self.scope.schema, self.home, self.method.span)

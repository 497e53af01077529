"""One call from the shell: the code of an IDL is generated into a scratch folder, loaded, and used once.

So a call goes through the very client that an application would have. Requests and answers are JSON: of Thrift as
`thrift.load_json` and `dump_json` have it, the arguments by name in one object; of Protobuf ProtoJSON.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from kitexgen.codegen.generate import generate
from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.plan.naming import settle_names
from kitexgen.codegen.plan.service_names import service_names
from kitexgen.diagnostics.suggest import nearest
from kitexgen.runtime import BlockingClient, CodecError, metainfo, protobuf, thrift
from kitexgen.runtime.contract.model import ServiceError
from kitexgen.runtime.contract.service import MethodInfo, Payload, ServiceInfo
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Method, Service

_PACKAGE: Final = "kitexgen_called"


class CannotCall(Exception):
    """The request makes no call: no such method, arguments that do not fit, a stream. `hint` may say what would do."""

    def __init__(self, why: str, hint: str | None = None) -> None:
        super().__init__(why)
        self.why, self.hint = why, hint


class Declared(Exception):
    """The service raised an exception that its IDL declares; `text` is that one as JSON."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.name, self.text = name, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`method` is the IDL's name, with its service before a dot where more than one has it. `request` is JSON.

    `settings` are those of the client (`ClientSettings`), `persistent` and `transient` metainfo.
    """

    method: str
    request: str
    destination: str | None
    settings: Mapping[str, Any]
    persistent: Mapping[str, str]
    transient: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`text` is JSON, None of a oneway or void method; `backward` is the metainfo that came back."""

    text: str | None
    backward: Mapping[str, str]


def call(schema: Schema, wanted: Call) -> Answer:
    """Make the call. Raises CannotCall, Declared, and KitexError for one that failed."""
    service, method = _find(schema, wanted.method)
    if method.streaming.value not in ("none", "unary"):
        raise CannotCall(f"`{method.name}` is a stream, and this makes one call with one answer")
    with _loaded(schema, service) as info:
        found = cast("MethodInfo", info.method(method.name))
        arguments = _arguments(info, found, wanted.request)
        client_class = type("Caller", (BlockingClient,), {"__slots__": (), "__service__": info})
        with (
            client_class(wanted.destination or info.name, **wanted.settings) as client,
            metainfo.sending(persistent=wanted.persistent, transient=wanted.transient),
            metainfo.received_backward() as backward,
        ):
            try:
                answer = client._kx_call(found, arguments, None)
            except ServiceError as error:
                # Here, while the code that it was made of is loaded.
                raise Declared(error.__schema__[1], thrift.dump_json(error)) from error
            return Answer(text=_text(info, found, answer), backward=dict(backward))


def _find(schema: Schema, name: str) -> tuple[Service, Method]:
    service_name, _, method_name = name.rpartition(".")
    roots = set(schema.roots)
    services = [service for service in schema.services() if service.id.module in roots]
    found: list[tuple[Service, Method]] = []
    names: list[str] = []
    for service in services:
        for method in _methods(schema, service):
            names.append(f"{service.id.name}.{method.name}")
            if method.name == method_name and service_name in ("", service.id.name):
                found.append((service, method))
    if len(found) == 1:
        return found[0]
    if found:
        spelled = " or ".join(f"`{service.id.name}.{method.name}`" for service, method in found)
        raise CannotCall(f"more than one service has a method `{method_name}`", f"say {spelled}")
    near = nearest(name, names) or nearest(name, [each.rpartition(".")[2] for each in names])
    hint = f"did you mean `{near}`?" if near else f"the methods are {', '.join(names) or 'none'}"
    raise CannotCall(f"there is no method `{name}`", hint)


def _methods(schema: Schema, service: Service) -> Iterator[Method]:
    """Own methods, then those of the services it extends; of two with one name the nearer counts."""
    seen: set[str] = set()
    at: Service | None = service
    while at is not None:
        for method in at.methods:
            if method.name not in seen:
                seen.add(method.name)
                yield method
        at = cast("Service", schema.find(at.base)) if at.base is not None else None


@contextlib.contextmanager
def _loaded(schema: Schema, service: Service) -> Iterator[ServiceInfo]:
    """The generated service, for the time of the block; `schema` holds no error."""
    options = GenerateOptions()
    names = settle_names(schema, options)
    generated = generate(schema, options)
    if not generated.files:
        raise CannotCall("no Python can be generated from this IDL", "`kitexgen gen` says why")
    with tempfile.TemporaryDirectory(prefix="kitexgen-call-") as folder:
        for file in generated.files:
            path = Path(folder, _PACKAGE, file.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        sys.path.insert(0, folder)
        try:
            module = importlib.import_module(f"{_PACKAGE}.{names.places.services[service.id]}")
            yield getattr(module, service_names(names.symbols, service, options.naming).info)
        finally:
            sys.path.remove(folder)
            for loaded in [each for each in sys.modules if each.partition(".")[0] == _PACKAGE]:
                del sys.modules[loaded]


def _arguments(info: ServiceInfo, method: MethodInfo, request: str) -> Any:
    names = [field[2] for field in method.arguments.__schema__[3]]
    is_thrift = info.payload is not Payload.PROTOBUF
    try:
        if not is_thrift:
            return protobuf.from_json(cast("Any", method.arguments), request)
        # A field that is not known is a slip of the fingers here.
        return thrift.load_json(method.arguments, request, refuse_unknown=True)
    except (CodecError, ValueError, TypeError) as error:
        # The record of the arguments has a name that is nobody's: `GetUser_args.id: expected a whole number`.
        why = re.sub(rf"^{method.arguments.__schema__[1]}(?:\.|: )", "", str(error)) if is_thrift else str(error)
        fields = ", ".join(names)
        hint = f"`{method.name}` takes {fields}" if fields else f"`{method.name}` takes nothing: leave the request out"
        raise CannotCall(f"the request does not fit: {why}", hint) from error


def _text(info: ServiceInfo, method: MethodInfo, answer: Any) -> str | None:
    if info.payload is Payload.PROTOBUF:
        return protobuf.to_json(answer)
    if method.result is None:
        return None
    fields = [field for field in method.result.__schema__[3] if field[0] == 0]
    if not fields or answer is None:
        return None
    ((_, attribute, name, *_),) = fields
    whole = json.loads(thrift.dump_json(method.result(**{attribute: answer})))
    return json.dumps(whole[name], ensure_ascii=False)

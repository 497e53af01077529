"""Every error of the runtime, on one page.

Exceptions that an IDL declares are not here: a call raises them as themselves, as the generated classes they are.
The words of Kitex's own errors stand in its `pkg/kerrors` and `pkg/remote/trans_errors.go`.

    KitexError
      BizStatusError              the business said no: code, message, extra; the call itself succeeded
      ContractMismatch            generated code and this runtime do not belong together
      UnionError                  a union with no field set, or with several
      OneofError                  a message with several fields of one oneof set
      FrozenRecordError           a change to a record that serves as a map key or set element
      ValidationError             a value that breaks a rule which its IDL states
      ConcurrentMutation          a record was changed while a call owned it (KITEXGEN_SELF_CHECK=1)
      IncompleteHandler           an object that is to serve a service lacks some of its methods
      CodecError
        EncodeError               a record that cannot be written
        DecodeError               bytes, JSON or a dict that cannot be read
      RpcError                    a call that failed
        NoAddress                 nobody to call
        OverLimit                 the server has no room for the call
        ClientClosed              the client was closed before the call
        UnsupportedStreaming      a streaming method over a transport without streams
        TransportError            the connection failed
          ConnectError            ... before it was up
          ConnectionClosed        ... before the answer came
          FrameTooLarge           ... because of a message past the size limit
        ProtocolError             the peer's bytes are no answer to this call
          BadVersion
          MalformedHeader
          ChecksumMismatch
          InvalidMessageType
          WrongMethodName
          OutOfOrderSequence
        StreamError               a stream that failed, with Kitex's number for it
          StreamCanceled          ... because one of the two sides gave it up, or their connection was lost
          StreamClosed            ... because it was used after its end
        RpcTimeout                the call ran past its own allowance
          TimeoutByBusiness       ... past a deadline that the caller's business had set, well before that
          StreamTimeout           ... which was that of a whole stream
          ReceiveTimeout          ... which was that of one message of a stream
        CanceledByBusiness        the caller gave the call up: the cause of the CancelledError that it sees
        ApplicationError          the peer answered: it failed
          UnknownMethod
          UnknownService

Whether a failed call may be tried again follows from the class: read `outcome`, never the text.
"""

from __future__ import annotations

import reprlib
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Self, TypedDict, Unpack

    class Place(TypedDict, total=False):
        """Where a call failed, as far as it is known: what `RpcError` takes."""

        service: str | None
        method: str | None
        remote: str | None


class Outcome(Enum):
    """What is known of the server's part in a call that failed."""

    NOT_SENT = "not sent"
    """The server did not act on the call: trying again cannot do the work twice."""

    UNKNOWN = "unknown"
    """The server may or may not have acted: try again only what may be done twice."""

    ANSWERED = "answered"
    """The server saw the call through and said how it ended: trying again is a new call."""


class KitexError(Exception):
    """The root of all that the runtime raises of its own.

    An error keeps its facts as attributes; those and its cause survive pickling and copying.
    """

    outcome: ClassVar[Outcome] = Outcome.UNKNOWN

    kerror: ClassVar[str] = "internal exception"
    """What Kitex calls such an error (`pkg/kerrors`), for logs and dashboards that services of both share."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The default calls the class with `args`, the finished text, where `__init__` wants the facts.
        return _restore, (type(self), self.args), self.__dict__


def _restore(cls: type[KitexError], args: tuple[object, ...]) -> KitexError:
    return cls.__new__(cls, *args)


# --- records ----------------------------------------------------------------------------------------------------------


class ContractMismatch(KitexError):
    """Generated code asks for a contract that this runtime does not keep.

    `required` is the contract the code was generated for, `provided` the newest that the runtime offers.
    """

    outcome = Outcome.NOT_SENT

    def __init__(self, required: int, provided: int) -> None:
        mend = "upgrade kitexgen" if required > provided else "run `kitexgen gen` again"
        super().__init__(
            f"this code was generated for contract {required} of kitexgen.runtime, which offers {provided}: {mend}"
        )
        self.required = required
        self.provided = provided


class UnionError(KitexError, ValueError):
    """A union must have exactly one field set. `record` is its IDL name, `fields` those of the fields that are set."""

    outcome = Outcome.NOT_SENT

    def __init__(self, record: str, fields: tuple[str, ...]) -> None:
        found = f"{len(fields)} are: {', '.join(fields)}" if fields else "none is"
        super().__init__(f"exactly one field of union {record} must be set, {found}")
        self.record = record
        self.fields = fields


class OneofError(KitexError, ValueError):
    """A oneof of a message may have one field set. `message` and `oneof` are IDL names, `fields` those that are set."""

    outcome = Outcome.NOT_SENT

    def __init__(self, message: str, oneof: str, fields: tuple[str, ...]) -> None:
        super().__init__(f"one field of oneof {message}.{oneof} may be set, {len(fields)} are: {', '.join(fields)}")
        self.message = message
        self.oneof = oneof
        self.fields = fields


class ValidationError(KitexError, ValueError):
    """A value breaks a rule that its IDL states.

    `path` leads to it, "User.tags[3]"; `rule` is the annotation, 'vt.elem.max_size = "8"'.
    """

    outcome = Outcome.NOT_SENT

    def __init__(self, path: str, rule: str, value: object) -> None:
        super().__init__(f"{path}: {reprlib.repr(value)} breaks {rule}")
        self.path = path
        self.rule = rule
        self.value = value


class FrozenRecordError(KitexError, AttributeError):
    """A frozen record cannot be changed: maps and sets may hold it. Make a changed copy with `thrift.replace`.

    `record` is the Python class name, `attribute` what was to change.
    """

    outcome = Outcome.NOT_SENT

    def __init__(self, record: str, attribute: str) -> None:
        super().__init__(f"{record}.{attribute} cannot change: {record} is a map key or set element, and thus frozen")
        self.record = record
        self.attribute = attribute


class ConcurrentMutation(KitexError):
    """Someone changed a record between its hand-over to a call and the moment the call wrote it: nothing was sent.

    `record` and `field` are IDL names; `handed_over` and `changed` are places in the source: `app.py:12 in main`.
    """

    outcome = Outcome.NOT_SENT

    def __init__(self, record: str, field: str, *, handed_over: str, changed: str) -> None:
        super().__init__(
            f"{record}.{field} was changed while a call owned it: handed over at {handed_over}, changed at {changed}"
        )
        self.record = record
        self.field = field
        self.handed_over = handed_over
        self.changed = changed


class IncompleteHandler(KitexError, TypeError):
    """A handler lacks methods of its service, so the server does not start. `missing` has their Python names."""

    outcome = Outcome.NOT_SENT

    def __init__(self, handler: str, service: str, missing: tuple[str, ...]) -> None:
        plural = "s" if len(missing) > 1 else ""
        super().__init__(f"{handler} cannot serve {service}: it has no method{plural} {', '.join(missing)}")
        self.handler = handler
        self.service = service
        self.missing = missing


class CodecError(KitexError):
    """Records and bytes do not come together.

    `reason` says what is wrong, `path` where: `User.manager.tags[3]`, in the names of the IDL, or "" when the fault is
    not inside a record.
    """

    kerror = "remote or network error"

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.reason = reason
        self.path = path

    def within(self, owner: str) -> Self:
        """Put `owner` before the path: the place as it is called one level further out. Returns the error itself.

        A path that starts with a step into a container (`[3]`) is joined as it is, another by a dot.
        """
        joint = "." if self.path and not self.path.startswith("[") else ""
        self.path = f"{owner}{joint}{self.path}"
        self.args = (f"{self.path}: {self.reason}",)
        return self


class EncodeError(CodecError):
    """A record that cannot be written: a value of the wrong type or out of range, a required field that is None."""

    outcome = Outcome.NOT_SENT


class DecodeError(CodecError):
    """Input that cannot be read as the record it should be. The peer did act, but what it said is lost."""

    outcome = Outcome.ANSWERED
    kerror = "remote or network error[remote]"


class BizStatusError(KitexError):
    """What the business says of a call that went well: no money, no such user. A handler raises it, the caller gets it.

    `code` is an i32 other than 0, `message` and `extra` are for whoever called. It travels in the headers of TTHeader;
    over framed and buffered transports it is lost on the way, and the caller gets an empty result, as with Kitex.
    Raises ValueError for a code that is none.
    """

    outcome = Outcome.ANSWERED
    kerror = "biz error"

    def __init__(self, code: int, message: str = "", extra: Mapping[str, str] | None = None) -> None:
        if code == 0 or not -(2**31) <= code < 2**31:
            raise ValueError(f"{code} is no code of a business status: those are 32-bit numbers other than 0")
        super().__init__(f"biz error: code={code}, msg={message}")
        self.code = code
        self.message = message
        self.extra: dict[str, str] = dict(extra or {})


# --- calls ------------------------------------------------------------------------------------------------------------


class RpcError(KitexError):
    """A call that failed.

    `service`, `method` (IDL names) and `remote` (the peer's address) are None as long as nobody knows them: the room
    that moves bytes does not know the method, so the one that does adds it with `during`.
    """

    def __init__(
        self, reason: str, *, service: str | None = None, method: str | None = None, remote: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.service = service
        self.method = method
        self.remote = remote

    def during(self, *, service: str | None = None, method: str | None = None, remote: str | None = None) -> Self:
        """Add what is not known yet; what is known stays. Returns the error itself."""
        self.service = self.service or service
        self.method = self.method or method
        self.remote = self.remote or remote
        return self

    def __str__(self) -> str:
        called = ".".join(name for name in (self.service, self.method) if name)
        place = " at ".join(part for part in (called, self.remote) if part)
        return f"{self.reason} ({place})" if place else self.reason


class NoAddress(RpcError):
    """The client knows no address of the service. Nothing was sent."""

    outcome = Outcome.NOT_SENT


class ClientClosed(RpcError):
    """The client was closed before the call could be sent."""

    outcome = Outcome.NOT_SENT


class OverLimit(RpcError):
    """There is no room for the call, which was not begun.

    In a server its middlewares see it, and callers get INTERNAL_ERROR. A client raises it when all connections of the
    mux pool are full.
    """

    outcome = Outcome.NOT_SENT
    kerror = "request over limit"


class UnsupportedStreaming(RpcError):
    """The method streams, and the transport of this client carries single messages only. Nothing was sent."""

    outcome = Outcome.NOT_SENT


class TransportError(RpcError):
    """The connection failed under the call; whether the server acted on it is unknown."""

    kerror = "remote or network error"


class ConnectError(TransportError):
    """No connection to the peer came up: refused, unreachable, or too slow. Nothing was sent."""

    outcome = Outcome.NOT_SENT
    kerror = "get connection error"


class ConnectionClosed(TransportError):
    """The connection ended before the answer was there; whether the server acted on the call is unknown."""


class FrameTooLarge(TransportError):
    """A message announces more bytes than the limit. `size` and `limit` are in bytes."""

    def __init__(self, size: int, limit: int, **place: Unpack[Place]) -> None:
        super().__init__(f"a message of {size} bytes is past the limit of {limit}", **place)
        self.size = size
        self.limit = limit


class ProtocolError(RpcError):
    """The peer's bytes are not what the protocol asks for here; whether it acted on the call is unknown.

    The connection cannot be used any more: nobody knows where the next message begins.
    """

    kerror = "remote or network error"


# How what else is often met on a port begins.
_OTHER_PROTOCOLS = (
    ((b"PRI * ",), "HTTP/2"),
    ((b"HTTP/", b"GET ", b"POST ", b"PUT ", b"HEAD ", b"DELETE", b"OPTION", b"<!DOCT", b"<html"), "HTTP"),
    ((b"\x16\x03",), "TLS"),
    ((b"SSH-",), "SSH"),
)


class BadVersion(ProtocolError):
    """The bytes do not start as any message does; the peer speaks another protocol or transport.

    `start` holds the first bytes, as many as were looked at.
    """

    def __init__(self, start: bytes, **place: Unpack[Place]) -> None:
        looks = next((f"; it looks like {name}" for signs, name in _OTHER_PROTOCOLS if start.startswith(signs)), "")
        super().__init__(f"bad version: no message starts with {start.hex(' ') or 'nothing'}{looks}", **place)
        self.start = start


class MalformedHeader(ProtocolError):
    """The header in front of a message (a TTHeader, a mesh header) breaks its own rules.

    A Kitex server closes the connection on one without a reply; a client's call fails.
    """


class PayloadRejected(ProtocolError):
    """A validator of the application does not let a payload pass; `validator` is its name.

    A Kitex server closes the connection on one without a reply; a client's call fails.
    """

    kerror = "payload validation error"

    def __init__(self, validator: str, text: str | None = None, **place: Unpack[Place]) -> None:
        super().__init__(text or f"payload validation error: validation failed by {validator}", **place)
        self.validator = validator


class ChecksumMismatch(PayloadRejected):
    """The payload is not what its sender summed up. `computed` and `announced` are CRC-32C in hex."""

    def __init__(self, computed: str, announced: str, **place: Unpack[Place]) -> None:
        super().__init__(
            "crc32c",
            f"payload validation error: validation failed, crc32c is {computed}, the header says {announced}",
            **place,
        )
        self.computed = computed
        self.announced = announced


class InvalidMessageType(ProtocolError):
    """A message of a type that has no place here. `type` is its number: 1 call, 2 reply, 3 exception, 4 oneway."""

    def __init__(self, type: int, **place: Unpack[Place]) -> None:
        super().__init__(f"invalid message type {type}", **place)
        self.type = type


class WrongMethodName(ProtocolError):
    """The reply is to another method than was called. `expected` and `received` are IDL names."""

    def __init__(
        self,
        expected: str,
        received: str,
        *,
        service: str | None = None,
        remote: str | None = None,
    ) -> None:
        super().__init__(
            f"wrong method name, expect={expected}, actual={received}", service=service, method=expected, remote=remote
        )
        self.expected = expected
        self.received = received


class OutOfOrderSequence(ProtocolError):
    """The reply carries another sequence id than the call."""

    def __init__(self, expected: int, received: int, **place: Unpack[Place]) -> None:
        super().__init__(f"out of order sequence response, expect[{expected}], receive[{received}]", **place)
        self.expected = expected
        self.received = received


class RpcTimeout(RpcError):
    """The call ran past its deadline; whether the server acted on it is unknown.

    `seconds` is the allowance, `elapsed` how long the call really took until it was given up, None when not measured.
    """

    kerror = "rpc timeout"

    def __init__(
        self, seconds: float, *, elapsed: float | None = None, reason: str | None = None, **place: Unpack[Place]
    ) -> None:
        text = reason or f"no answer within {seconds:g} s{_after(elapsed)}"
        super().__init__(text, **place)
        self.seconds = seconds
        self.elapsed = elapsed


class TimeoutByBusiness(RpcTimeout):
    """A deadline that the business had set for more than this call came first, well before the call's own allowance.

    `seconds` is what that deadline left for this call, `allowance` what the call could have had, None for no limit.
    """

    kerror = "timeout by business"

    def __init__(
        self, seconds: float, *, allowance: float | None = None, elapsed: float | None = None, **place: Unpack[Place]
    ) -> None:
        own = "none" if allowance is None else f"{allowance:g} s"
        super().__init__(
            seconds,
            elapsed=elapsed,
            reason=f"timeout by business: {seconds:g} s were left, the call's own timeout is {own}{_after(elapsed)}",
            **place,
        )
        self.allowance = allowance


class CanceledByBusiness(RpcError):
    """The caller gave the call up; whether the server acted on it is unknown.

    The task that waited sees asyncio.CancelledError, as it must; this is that error's cause. `allowance` is the call's
    timeout, None for no limit, `elapsed` how long it had taken; both in seconds.
    """

    kerror = "canceled by business"

    def __init__(self, allowance: float | None, elapsed: float, **place: Unpack[Place]) -> None:
        own = "no timeout" if allowance is None else f"a timeout of {allowance:g} s"
        super().__init__(f"canceled by business after {_seconds(elapsed)}, with {own}", **place)
        self.allowance = allowance
        self.elapsed = elapsed


def _after(elapsed: float | None) -> str:
    return "" if elapsed is None else f", given up after {_seconds(elapsed)}"


def _seconds(value: float) -> str:
    """To three digits, or to the second: `:.3g` alone makes 3.6e+03 of an hour."""
    return f"{value:.3g} s" if value < 100 else f"{value:.0f} s"


class StreamCode(IntEnum):
    """The numbers of what can go wrong with a stream; they travel in the exception of an RST frame.

    Source: cloudwego/kitex pkg/remote/trans/ttstream/exception.go.
    """

    APPLICATION = 12001
    """The peer's handler failed. Here that is an ApplicationError, as for a single call."""
    UNEXPECTED_HEADER = 12002
    ILLEGAL_BIZ_ERROR = 12003
    ILLEGAL_FRAME = 12004
    ILLEGAL_OPERATION = 12005
    CONNECTION_CLOSING = 12006
    CANCELED = 12007
    """By the user of the stream."""
    CANCELED_WITH_CAUSE = 12008
    """The same, and a reason was given."""
    CANCELED_DOWNSTREAM = 12009
    CANCELED_UPSTREAM = 12010
    CANCELED_INTERNALLY = 12011
    HANDLER_RETURNED = 12012
    CONNECTION_CLOSED = 12013
    RECEIVE_TIMEOUT = 12014
    STREAM_TIMEOUT = 12015


class StreamError(RpcError):
    """A stream that failed, and neither by an answer of the peer's handler nor with the connection.

    `code` is a `StreamCode`, or what number the peer chose. `side` says whose end of the stream it was: "client" or
    "server". `path` names the services through which a cancel came, the first to cancel first. The text is Kitex's.
    """

    kerror = "streaming protocol error"

    def __init__(
        self, code: int, message: str, *, side: str, path: tuple[str, ...] = (), **place: Unpack[Place]
    ) -> None:
        through = f"[canceled path: {' -> '.join(path)}] " if path else ""
        super().__init__(f"[ttstream error, code={code}] [{side}-side stream] {through}{message}", **place)
        self.code = code
        self.message = message
        self.side = side
        self.path = path


class StreamCanceled(StreamError):
    """One of the two sides gave the stream up before its end; what the other had done by then is unknown."""

    kerror = "streaming canceled"


class StreamClosed(StreamError):
    """The stream was used after its end, or after `close_send`. What was to be sent was not."""

    outcome = Outcome.NOT_SENT


class StreamTimeout(RpcTimeout):
    """The stream was not over within the time that it was given as a whole, and was cancelled."""

    kerror = "streaming timeout"


class ReceiveTimeout(RpcTimeout):
    """The next message of the stream did not come within the time that each is given; the stream was cancelled."""

    kerror = "streaming timeout"


class ApplicationErrorType(IntEnum):
    """The numbers of TApplicationException that have a meaning; others come too, and mean what their sender says.

    0 to 10 are Apache Thrift's, 20 and 21 Kitex's (`pkg/remote/trans_errors.go`).
    """

    UNKNOWN = 0
    UNKNOWN_METHOD = 1
    INVALID_MESSAGE_TYPE = 2
    WRONG_METHOD_NAME = 3
    BAD_SEQUENCE_ID = 4
    MISSING_RESULT = 5
    INTERNAL_ERROR = 6
    PROTOCOL_ERROR = 7
    INVALID_TRANSFORM = 8
    INVALID_PROTOCOL = 9
    UNSUPPORTED_CLIENT_TYPE = 10
    UNKNOWN_SERVICE = 20
    NO_SERVICE_NAME = 21


_DEFAULT_MESSAGES = {
    0: "unknown application exception",
    1: "unknown method",
    2: "invalid message type",
    3: "wrong method name",
    4: "bad sequence ID",
    5: "missing result",
    6: "unknown internal error",
    7: "unknown protocol error",
    8: "Invalid transform",
    9: "Invalid protocol",
    10: "Unsupported client type",
}
"""What is shown when the peer sent no text; the words are those of cloudwego/gopkg protocol/thrift/exception.go."""


class ApplicationError(RpcError):
    """The peer answered with a TApplicationException: it could not, or would not, serve the call.

    `type` is the number on the wire (any i32, `ApplicationErrorType` names the known ones), `message` the peer's text,
    perhaps empty. A handler may raise one itself to choose the number the client sees.
    """

    outcome = Outcome.ANSWERED
    kerror = "remote or network error[remote]"

    def __init__(self, type: int, message: str = "", **place: Unpack[Place]) -> None:
        shown = message or _DEFAULT_MESSAGES.get(type, f"unknown exception type [{type}]")
        super().__init__(shown, **place)
        self.type = type
        self.message = message

    @property
    def type_name(self) -> str:
        """`INTERNAL_ERROR`, or the number as text when it has no name."""
        try:
            return ApplicationErrorType(self.type).name
        except ValueError:
            return str(self.type)

    @staticmethod
    def received(type: int, message: str) -> ApplicationError:
        """The error for what came over the wire, as the subclass that says most."""
        if type == ApplicationErrorType.UNKNOWN_METHOD:
            return UnknownMethod(message)
        if type == ApplicationErrorType.UNKNOWN_SERVICE:
            return UnknownService(message)
        return ApplicationError(type, message)


class UnknownMethod(ApplicationError):
    """The peer has the service but not the method: it did nothing."""

    outcome = Outcome.NOT_SENT

    def __init__(self, message: str = "", **place: Unpack[Place]) -> None:
        super().__init__(ApplicationErrorType.UNKNOWN_METHOD.value, message, **place)


class UnknownService(ApplicationError):
    """The peer has neither service nor method (Kitex's number 20): it did nothing."""

    outcome = Outcome.NOT_SENT

    def __init__(self, message: str = "", **place: Unpack[Place]) -> None:
        super().__init__(ApplicationErrorType.UNKNOWN_SERVICE.value, message, **place)

"""The errors on their page: facts, texts, pickles, and what each class says of trying again."""

from __future__ import annotations

import copy
import pickle

import pytest

from kitexgen.runtime import errors
from kitexgen.runtime.errors import (
    ApplicationError,
    ApplicationErrorType,
    BadVersion,
    BizStatusError,
    CanceledByBusiness,
    ChecksumMismatch,
    ClientClosed,
    ConcurrentMutation,
    ConnectError,
    ConnectionClosed,
    ContractMismatch,
    DecodeError,
    EncodeError,
    FrameTooLarge,
    FrozenRecordError,
    IncompleteHandler,
    InvalidMessageType,
    KitexError,
    MalformedHeader,
    NoAddress,
    OneofError,
    Outcome,
    OutOfOrderSequence,
    OverLimit,
    PayloadRejected,
    ReceiveTimeout,
    RpcError,
    RpcTimeout,
    StreamCanceled,
    StreamClosed,
    StreamError,
    StreamTimeout,
    TimeoutByBusiness,
    UnionError,
    UnknownMethod,
    UnknownService,
    UnsupportedStreaming,
    ValidationError,
    WrongMethodName,
)

NOT_SENT, UNKNOWN, ANSWERED = Outcome.NOT_SENT, Outcome.UNKNOWN, Outcome.ANSWERED

# error, its text, what is known of the server's part
CASES: list[tuple[KitexError, str, Outcome]] = [
    (ContractMismatch(2, 1),
     "this code was generated for contract 2 of kitexgen.runtime, which offers 1: upgrade kitexgen", NOT_SENT),
    (ContractMismatch(0, 1),
     "this code was generated for contract 0 of kitexgen.runtime, which offers 1: run `kitexgen gen` again", NOT_SENT),
    (UnionError("U", ()), "exactly one field of union U must be set, none is", NOT_SENT),
    (UnionError("U", ("a", "b")), "exactly one field of union U must be set, 2 are: a, b", NOT_SENT),
    (OneofError("M", "kind", ("a", "b")), "one field of oneof M.kind may be set, 2 are: a, b", NOT_SENT),
    (FrozenRecordError("Key", "x"), "Key.x cannot change: Key is a map key or set element, and thus frozen", NOT_SENT),
    (ConcurrentMutation("User", "tags", handed_over="a.py:1 in f", changed="b.py:2 in g"),
     "User.tags was changed while a call owned it: handed over at a.py:1 in f, changed at b.py:2 in g", NOT_SENT),
    (IncompleteHandler("H", "User", ("a", "b")), "H cannot serve User: it has no methods a, b", NOT_SENT),
    (ValidationError("User.tags[3]", 'vt.elem.max_size = "2"', "abc"),
     "User.tags[3]: 'abc' breaks vt.elem.max_size = \"2\"", NOT_SENT),
    (OverLimit("no room"), "no room", NOT_SENT),
    (MalformedHeader("bad"), "bad", UNKNOWN),
    (EncodeError("expected str, got int", "User.tags[3]"), "User.tags[3]: expected str, got int", NOT_SENT),
    (DecodeError("the data ends"), "the data ends", ANSWERED),
    (NoAddress("no address of user"), "no address of user", NOT_SENT),
    (ClientClosed("the client is closed", service="User"), "the client is closed (User)", NOT_SENT),
    (UnsupportedStreaming("it streams", service="User", method="Watch"), "it streams (User.Watch)", NOT_SENT),
    (ConnectError("refused", remote="127.0.0.1:1"), "refused (127.0.0.1:1)", NOT_SENT),
    (ConnectionClosed("closed", service="S", method="M", remote="h:1"), "closed (S.M at h:1)", UNKNOWN),
    (FrameTooLarge(17, 16), "a message of 17 bytes is past the limit of 16", UNKNOWN),
    (BadVersion(b"GET "), "bad version: no message starts with 47 45 54 20; it looks like HTTP", UNKNOWN),
    (BadVersion(b"\x16\x03\x01"), "bad version: no message starts with 16 03 01; it looks like TLS", UNKNOWN),
    (BadVersion(b"GETS"), "bad version: no message starts with 47 45 54 53", UNKNOWN),
    (BadVersion(b""), "bad version: no message starts with nothing", UNKNOWN),
    (InvalidMessageType(7), "invalid message type 7", UNKNOWN),
    (WrongMethodName("a", "b", service="S"), "wrong method name, expect=a, actual=b (S.a)", UNKNOWN),
    (OutOfOrderSequence(1, 2, method="M"), "out of order sequence response, expect[1], receive[2] (M)", UNKNOWN),
    (RpcTimeout(0.25, method="M"), "no answer within 0.25 s (M)", UNKNOWN),
    (RpcTimeout(3600.0, elapsed=3600.0012), "no answer within 3600 s, given up after 3600 s", UNKNOWN),
    (RpcTimeout(0.25, elapsed=0.2512), "no answer within 0.25 s, given up after 0.251 s", UNKNOWN),
    (TimeoutByBusiness(0.1, allowance=0.5, elapsed=0.1, service="S", method="M", remote="h:1"),
     "timeout by business: 0.1 s were left, the call's own timeout is 0.5 s, given up after 0.1 s (S.M at h:1)",
     UNKNOWN),
    (TimeoutByBusiness(0.1), "timeout by business: 0.1 s were left, the call's own timeout is none", UNKNOWN),
    (CanceledByBusiness(0.5, 0.1, method="M"),
     "canceled by business after 0.1 s, with a timeout of 0.5 s (M)", UNKNOWN),
    (CanceledByBusiness(None, 0.1), "canceled by business after 0.1 s, with no timeout", UNKNOWN),
    (BizStatusError(1001, "no money", {"k": "v"}), "biz error: code=1001, msg=no money", ANSWERED),
    (PayloadRejected("sign"), "payload validation error: validation failed by sign", UNKNOWN),
    (ChecksumMismatch("00000001", "00000002"),
     "payload validation error: validation failed, crc32c is 00000001, the header says 00000002", UNKNOWN),
    (StreamError(12004, "illegal", side="client"),
     "[ttstream error, code=12004] [client-side stream] illegal", UNKNOWN),
    (StreamCanceled(12007, "stop", side="server", path=("a", "b"), service="S", method="M", remote="h:1"),
     "[ttstream error, code=12007] [server-side stream] [canceled path: a -> b] stop (S.M at h:1)", UNKNOWN),
    (StreamClosed(12005, "closed", side="client", method="M"),
     "[ttstream error, code=12005] [client-side stream] closed (M)", NOT_SENT),
    (StreamTimeout(0.5), "no answer within 0.5 s", UNKNOWN),
    (ReceiveTimeout(0.5, reason="no message came", method="M"), "no message came (M)", UNKNOWN),
    (ApplicationError(6, "biz error: x", method="M"), "biz error: x (M)", ANSWERED),
    (UnknownMethod("unknown method M"), "unknown method M", NOT_SENT),
    (UnknownService(), "unknown exception type [20]", NOT_SENT),
]  # fmt: skip


@pytest.mark.parametrize(("error", "text", "outcome"), CASES, ids=[type(error).__name__ for error, _, _ in CASES])
def test_texts_outcomes_and_pickles(error: KitexError, text: str, outcome: Outcome) -> None:
    assert str(error) == text
    assert error.outcome is outcome
    error.add_note("a note")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == text
        assert twin.__dict__ == error.__dict__


def test_every_error_is_in_the_table() -> None:
    classes = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, KitexError)}
    bases = {KitexError, errors.CodecError, RpcError, errors.TransportError, errors.ProtocolError}
    assert {type(error) for error, _, _ in CASES} == classes - bases


# wire.md §1.6: number, name, text when the peer sends none
@pytest.mark.parametrize(
    ("number", "name", "text"),
    [
        (0, "UNKNOWN", "unknown application exception"),
        (1, "UNKNOWN_METHOD", "unknown method"),
        (2, "INVALID_MESSAGE_TYPE", "invalid message type"),
        (3, "WRONG_METHOD_NAME", "wrong method name"),
        (4, "BAD_SEQUENCE_ID", "bad sequence ID"),
        (5, "MISSING_RESULT", "missing result"),
        (6, "INTERNAL_ERROR", "unknown internal error"),
        (7, "PROTOCOL_ERROR", "unknown protocol error"),
        (8, "INVALID_TRANSFORM", "Invalid transform"),
        (9, "INVALID_PROTOCOL", "Invalid protocol"),
        (10, "UNSUPPORTED_CLIENT_TYPE", "Unsupported client type"),
        (20, "UNKNOWN_SERVICE", "unknown exception type [20]"),
        (21, "NO_SERVICE_NAME", "unknown exception type [21]"),
        (1000, "1000", "unknown exception type [1000]"),
        (-1, "-1", "unknown exception type [-1]"),
    ],
)
def test_numbers_of_application_errors(number: int, name: str, text: str) -> None:
    error = ApplicationError.received(number, "")
    assert (error.type, error.type_name, str(error), error.message) == (number, name, text, "")
    assert ApplicationError.received(number, "words").message == "words"


def test_received_errors_get_the_class_that_says_most() -> None:
    assert type(ApplicationError.received(ApplicationErrorType.UNKNOWN_METHOD, "")) is UnknownMethod
    assert type(ApplicationError.received(20, "")) is UnknownService
    assert type(ApplicationError.received(6, "")) is ApplicationError


def test_what_is_learnt_on_the_way_up_is_added_and_what_is_known_stays() -> None:
    error = ConnectionClosed("closed", remote="h:1")
    assert error.during(service="S", method="M", remote="other") is error
    assert (error.service, error.method, error.remote) == ("S", "M", "h:1")
    assert str(error) == "closed (S.M at h:1)"


def test_a_path_grows_outward() -> None:
    error = EncodeError("expected str, got int")
    for step in ("[3]", "tags", "manager", "User"):
        assert error.within(step) is error
    assert error.path == "User.manager.tags[3]"
    assert str(error) == "User.manager.tags[3]: expected str, got int"
    assert error.reason == "expected str, got int"


@pytest.mark.parametrize("code", [0, 2**31, -(2**31) - 1])
def test_a_business_status_needs_a_code(code: int) -> None:
    with pytest.raises(ValueError, match=f"^{code} is no code of a business status"):
        BizStatusError(code)


def test_a_timeout_by_business_is_a_timeout() -> None:
    assert isinstance(TimeoutByBusiness(1.0), RpcTimeout)
    assert not isinstance(CanceledByBusiness(None, 1.0), RpcTimeout)


def test_what_kitex_calls_them() -> None:
    """Every one that a call can end in has the name that Kitex's `pkg/kerrors` gives it; reference/wire.md 9.2."""
    kitex_names = {
        "internal exception",
        "get connection error",
        "rpc timeout",
        "canceled by business",
        "timeout by business",
        "remote or network error",
        "remote or network error[remote]",
        "request over limit",
        "biz error",
        "payload validation error",
        "streaming protocol error",
        "streaming canceled",
        "streaming timeout",
    }
    assert {type(error).kerror for error, _, _ in CASES} <= kitex_names
    assert [each.kerror for each in (NoAddress, ConnectError, ConnectionClosed, RpcTimeout, UnknownMethod)] == [
        "internal exception",
        "get connection error",
        "remote or network error",
        "rpc timeout",
        "remote or network error[remote]",
    ]
    assert (BizStatusError.kerror, ChecksumMismatch.kerror) == ("biz error", "payload validation error")

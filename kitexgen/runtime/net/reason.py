"""What an operating system error says, for people; and why a connection ended, for calls."""

from __future__ import annotations

import os
import ssl

from kitexgen.runtime.errors import ConnectionClosed, KitexError

_NO_TLS = "TLS: the peer does not speak it"

_TLS_WORDS = {
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "UNEXPECTED_EOF_WHILE_READING": "TLS: the peer closed without a goodbye",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "TLS: the peer sent no certificate, and one is required",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "TLS: the peer requires a certificate of ours, and was given none",
    "TLSV1_ALERT_UNKNOWN_CA": "TLS: the peer does not trust the issuer of our certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "TLS: the peer refuses our certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "TLS: the peer refuses our certificate: it has expired",
    "TLSV1_ALERT_PROTOCOL_VERSION": "TLS: the two sides have no version in common",
    "NO_SHARED_CIPHER": "TLS: the two sides have no cipher in common",
}
"""OpenSSL's reasons that people meet, said so that they see which side to mend."""


def reason(error: OSError) -> str:
    """`Connection refused`: the system's own words for the number, where asyncio has put in others; else the text."""
    if isinstance(error, ssl.SSLError):
        return _tls_reason(error)  # its `errno` is OpenSSL's, not the system's
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__


def told(error: Exception) -> str:
    """What any error says: `reason` for the system's, its text for others."""
    return reason(error) if isinstance(error, OSError) else str(error) or type(error).__name__


def connection_lost(error: Exception | None) -> ConnectionClosed:
    """What calls on a connection fail with that is gone: with its cause, unless it ended in order."""
    lost = ConnectionClosed("connection lost" if error is None else f"connection lost: {told(error)}")
    lost.__cause__ = error
    return lost


def connection_ended(error: KitexError) -> ConnectionClosed:
    """Why a connection ended, for one of those who share it: each gets an error of its own, to be told where it
    happened.
    """
    if type(error) is ConnectionClosed:
        ended = ConnectionClosed(error.reason)
    else:
        ended = ConnectionClosed(f"connection closed after an error: {error}")
    ended.__cause__ = error
    return ended


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: the peer's certificate is refused: {error.verify_message.rstrip('.')}"
    if isinstance(error, ssl.SSLEOFError):
        return _TLS_WORDS["UNEXPECTED_EOF_WHILE_READING"]
    name = error.reason or ""
    return _TLS_WORDS.get(name) or f"TLS: {name.replace('_', ' ').lower() or error.strerror or 'failed'}"

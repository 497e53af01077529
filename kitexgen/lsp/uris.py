"""file: URIs and paths (RFC 8089)."""

from __future__ import annotations

import os
from urllib.parse import quote, unquote, urlsplit


def to_path(uri: str) -> str | None:
    """The absolute path that `uri` names, with `/` between parts; None when it names no file of this system."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    path = unquote(parts.path)
    if os.name == "nt":
        # file:///c:/x has the path /c:/x, file://host/share is a share of another machine.
        path = f"//{parts.netloc}{path}" if parts.netloc else path.lstrip("/")
    return os.path.normpath(path).replace(os.sep, "/")


def to_uri(path: str) -> str:
    path = os.path.abspath(path).replace(os.sep, "/")
    return f"file://{'' if path.startswith('/') else '/'}{quote(path)}"

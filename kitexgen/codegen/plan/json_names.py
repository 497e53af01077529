"""The JSON names of Protobuf that nobody has to write down."""

from __future__ import annotations


def automatic_json_name(name: str) -> str:
    """`user_name` gives `userName`. Source: `ToJsonName` in protobuf's descriptor.cc."""
    first, *words = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in words)

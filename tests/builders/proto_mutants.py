"""Files of Protobuf spoiled in a place or two: a token gone or doubled, a number, a type or a word exchanged.

Most are wrong, each in a way that its author did not think of, and some are right again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

_TOKEN: Final = re.compile(
    r'"(?:[^"\\\n]|\\.)*"' r"|'(?:[^'\\\n]|\\.)*'" r"|//[^\n]*|/\*.*?\*/|[A-Za-z_][A-Za-z0-9_]*|\d[\w.]*|\s+|.",
    re.DOTALL,
)
_SCALARS: Final = (
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64",
    "sfixed32", "sfixed64", "bool", "string", "bytes",
)  # fmt: skip
_WORDS: Final = (
    "optional", "required", "repeated", "message", "enum", "oneof", "map", "reserved", "extensions", "extend",
    "service", "rpc", "returns", "stream", "option", "import", "package", "syntax", "edition", "public", "weak",
    "export", "local", "group", "to", "max", "true", "false", "default", "json_name", "packed", "features",
    "inf", "nan",
)  # fmt: skip
_NUMBERS: Final = (
    "0", "1", "2", "3", "5", "10", "999", "1000", "19000", "20000", "536870911", "536870912", "2147483647",
    "2147483648", "4294967296", "9223372036854775807", "18446744073709551616", "-1", "0x10", "010", "1.5",
    "1e5",
)  # fmt: skip
_HEADS: Final = ('syntax = "proto2";', 'syntax = "proto3";', 'edition = "2023";', 'edition = "2024";')
_FIELD_OPTIONS: Final = (
    "packed = true", "packed = false", "lazy = true", "unverified_lazy = true", "jstype = JS_STRING", "ctype = CORD",
    "deprecated = true", "weak = true", "debug_redact = true", "retention = RETENTION_SOURCE",
    "targets = TARGET_TYPE_FIELD", 'json_name = "a"', "default = 1", 'default = "x"', "default = true",
    "features.field_presence = IMPLICIT", "features.field_presence = LEGACY_REQUIRED",
    "features.message_encoding = DELIMITED", "features.utf8_validation = NONE",
    "features.repeated_field_encoding = EXPANDED", "features.enum_type = CLOSED", "(foo) = 1",
)  # fmt: skip
_STATEMENTS: Final = (
    "option features.field_presence = IMPLICIT;",
    "option features.enum_type = CLOSED;",
    "option features.message_encoding = DELIMITED;",
    "option features.default_symbol_visibility = STRICT;",
    "option optimize_for = LITE_RUNTIME;",
    "option java_generic_services = true;",
    "message ZzSet { option message_set_wire_format = true; extensions 4 to max; }",
    "enum Zz { option allow_alias = true; ZZ_A = 0; ZZ_B = 0; }",
    "enum Zz { ZZ_A = 1; }",
    "message Zz { oneof a { int32 b = 1; } map<string, Zz> m = 2; }",
    "extend google.protobuf.FieldOptions { string zz = 50001; }",
)


class _Tokens:
    """A text cut up: `all` gives it back, `words` are the indexes of what is neither blank nor comment."""

    def __init__(self, text: str) -> None:
        self.all: list[str] = _TOKEN.findall(text)
        self.words = [at for at, token in enumerate(self.all) if not token.isspace() and token[:2] not in {"//", "/*"}]
        self.names = [at for at in self.words if re.match("[A-Za-z_]", self.all[at])]
        self.numbers = [at for at in self.words if self.all[at][0].isdigit()]
        self.scalars = [at for at in self.names if self.all[at] in _SCALARS]
        self.ends = [at for at in self.numbers if "".join(self.all[at + 1 :])[:1] == ";"]

    def name(self, random: Random) -> str:
        return self.all[random.choice(self.names)]


def _delete(tokens: _Tokens, random: Random) -> None:
    tokens.all[random.choice(tokens.words)] = ""


def _double(tokens: _Tokens, random: Random) -> None:
    at = random.choice(tokens.words)
    tokens.all[at] += f" {tokens.all[at]}"


def _number(tokens: _Tokens, random: Random) -> None:
    at = random.choice(tokens.numbers)
    tokens.all[at] = random.choice([*_NUMBERS, tokens.all[random.choice(tokens.numbers)]])


def _type(tokens: _Tokens, random: Random) -> None:
    tokens.all[random.choice(tokens.scalars)] = random.choice([*_SCALARS, tokens.name(random)])


def _rename(tokens: _Tokens, random: Random) -> None:
    tokens.all[random.choice(tokens.names)] = tokens.name(random)


def _word(tokens: _Tokens, random: Random) -> None:
    at = random.choice(tokens.names)
    tokens.all[at] = random.choice([random.choice(_WORDS), f"{random.choice(_WORDS)} {tokens.all[at]}"])


def _swap(tokens: _Tokens, random: Random) -> None:
    one, other = random.choice(tokens.words), random.choice(tokens.words)
    tokens.all[one], tokens.all[other] = tokens.all[other], tokens.all[one]


def _option(tokens: _Tokens, random: Random) -> None:
    tokens.all[random.choice(tokens.ends)] += f" [{random.choice(_FIELD_OPTIONS)}]"


def _statement(tokens: _Tokens, random: Random) -> None:
    tokens.all.append(f"\n{random.choice(_STATEMENTS)}\n")


def _head(tokens: _Tokens, random: Random) -> None:
    text = "".join(tokens.all)
    pattern = r"""(?m)^(syntax|edition)\s*=\s*["'][^"']*["']\s*;"""
    tokens.all[:] = [re.sub(pattern, random.choice(_HEADS), text, count=1)]


_SPOILERS: Final[tuple[Callable[[_Tokens, Random], None], ...]] = (
    _delete, _double, _number, _number, _type, _type, _rename, _rename, _word, _swap, _option, _statement, _head,
)  # fmt: skip


def mutants(texts: list[tuple[str, str]], seed: int) -> Iterator[tuple[str, str]]:
    """Endless spoiled versions of `texts`, pairs of a name and a text: the name, and the new text."""
    random = Random(seed)
    while True:
        name, text = random.choice(texts)
        spoiled = text
        for _ in range(random.choice((1, 1, 1, 2))):
            tokens = _Tokens(spoiled)
            try:
                random.choice(_SPOILERS)(tokens, random)
            except IndexError:
                continue  # the text has nothing of the kind
            spoiled = "".join(tokens.all)
        if spoiled != text:
            yield name, spoiled

"""Random Protobuf files, by one source of chance: messages with every kind of field, in proto2 and in proto3."""

from __future__ import annotations

from random import Random

_SCALARS = (
    *("bool", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64"),
    *("float", "double", "string", "bytes"),
)
_KEYS = tuple(kind for kind in _SCALARS if kind not in ("float", "double", "bytes"))
_UNPACKABLE = ("string", "bytes")
_FAR = (16, 2047, 2048, 18999, 20000, 2**21, 2**29 - 1)


class ProtoSchemas:
    """Files made by one source of chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def text(self, package: str) -> str:
        """A file with an enum and a few messages, which may hold each other."""
        chance = self.chance
        is_old = chance.random() < 0.5
        names = [f"M{index}" for index in range(chance.randint(1, 4))]
        lines = [f'syntax = "proto{2 if is_old else 3}";', f"package {package};"]
        lines.append("enum E { ZERO = 0; ONE = 1; FAR = 300; HUGE = 2147483647; MINUS = -1; }")
        for name in names:
            lines += [f"message {name} {{", *self._fields(names, is_old), "}"]
        return "\n".join(lines) + "\n"

    def _fields(self, names: list[str], is_old: bool) -> list[str]:
        chance = self.chance
        count = chance.choice((0, 1, 3, 6, 12, 20))
        near = chance.sample(range(1, 41), count)
        numbers = [chance.choice(_FAR) if chance.random() < 0.1 else number for number in near]
        lines = []
        for place, number in enumerate(dict.fromkeys(numbers)):
            lines.append(self._field(f"f{place}", number, names, is_old))
        for place in range(chance.choice((0, 0, 1, 2))):
            inside = [f"{self._type(names)} o{place}_{n} = {50 + 10 * place + n};" for n in range(chance.randint(1, 4))]
            lines.append(f"oneof o{place} {{ {' '.join(inside)} }}")
        return lines

    def _type(self, names: list[str]) -> str:
        return self.chance.choice((*_SCALARS, "E", self.chance.choice(names), self.chance.choice(names)))

    def _field(self, name: str, number: int, names: list[str], is_old: bool) -> str:
        chance = self.chance
        kind = chance.random()
        type_ = self._type(names)
        if kind < 0.15:
            return f"map<{chance.choice(_KEYS)}, {type_}> {name} = {number};"
        if kind < 0.4:
            can_pack = type_ not in (*_UNPACKABLE, *names)
            packed = f" [packed = {chance.choice(('true', 'false'))}]" if can_pack and chance.random() < 0.7 else ""
            return f"repeated {type_} {name} = {number}{packed};"
        if not is_old:
            return f"{chance.choice(('', 'optional '))}{type_} {name} = {number};"
        if kind < 0.5:
            label = chance.choice(("optional", "repeated"))
            return f"{label} group {name.upper()} = {number} {{ optional {type_} x = 1; }}"
        return f"{'required' if kind < 0.55 else 'optional'} {type_} {name} = {number};"

"""Content hashes: equal digests, equal meaning. The same on every machine and in every run."""

from __future__ import annotations

import json
from typing import Any

from kitexgen.schema.ids import DeclId, ModuleId
from kitexgen.schema.interchange import declaration_to_json, module_to_json
from kitexgen.schema.module import Schema
from kitexgen.schema.walk import dependencies


class Digests:
    """Digests of one schema. Each declaration is hashed once, however often it is reached."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._meanings: dict[DeclId, str] = {}

    def declaration(self, id: DeclId) -> str:
        """Hex digest of what `id` and all it reaches mean; where they stand in their files does not count."""
        return _hash([[reached.module.path, reached.name, self._meaning(reached)] for reached in self._reach([id])])

    def module(self, id: ModuleId) -> str:
        """Hex digest of a module as it stands, places included, and of what it reaches in others."""
        module = self._schema.module(id)
        reached = self._reach([declaration.id for declaration in module.declarations])
        outside = [[one.module.path, one.name, self._meaning(one)] for one in reached if one.module != id]
        return _hash([module_to_json(module), outside])

    def _meaning(self, id: DeclId) -> str:
        if id not in self._meanings:
            self._meanings[id] = _hash(declaration_to_json(self._schema.find(id), with_spans=False))
        return self._meanings[id]

    def _reach(self, ids: list[DeclId]) -> list[DeclId]:
        """`ids` and everything they lead to, in an order that depends on nothing but the names."""
        reached = set(ids)
        pending = list(ids)
        while pending:
            for target in dependencies(self._schema.find(pending.pop())):
                if target not in reached:
                    reached.add(target)
                    pending.append(target)
        return sorted(reached)


def _hash(data: Any) -> str:
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, and most runs hash nothing here

    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()

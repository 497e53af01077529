"""Random schemas, printed as Thrift and loaded again."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings

from kitexgen.idl import load
from kitexgen.schema import Module, Schema
from kitexgen.schema.interchange import declaration_to_json
from tests.strategies.schemas import schemas, to_thrift


def meaning(module: Module) -> object:
    """What a module says, wherever it says it."""
    return (
        module.id,
        [(namespace.scope, namespace.name) for namespace in module.namespaces],
        [include.target for include in module.includes],
        [declaration_to_json(declaration, with_spans=False) for declaration in module.declarations],
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas(uuids=True))
def test_a_printed_schema_is_read_back(schema: Schema) -> None:
    texts = to_thrift(schema)

    def read(path: Path) -> bytes:
        if path.as_posix() not in texts:
            raise FileNotFoundError(path)
        return texts[path.as_posix()].encode()

    loaded = load([module.id.path for module in schema.modules], read=read)

    assert loaded.schema is not None, loaded.report.diagnostics
    assert [meaning(module) for module in loaded.schema.modules] == [meaning(module) for module in schema.modules]

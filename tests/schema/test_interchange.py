from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.schema import BadInterchange, Schema, from_json, to_json
from tests.strategies.schemas import schemas


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas(uuids=True))
def test_a_schema_survives_json(schema: Schema) -> None:
    assert from_json(json.loads(json.dumps(to_json(schema)))) == schema


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(schemas(), st.data())
def test_what_is_no_schema_is_refused(schema: Schema, data: st.DataObject) -> None:
    """Take any one thing away or put something else in its place: never another exception."""
    broken = json.loads(json.dumps(to_json(schema)))
    spot = broken
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(spot[key], dict | list) and spot[key] and data.draw(st.booleans()):
            spot = spot[key]
            continue
        spot[key] = data.draw(st.sampled_from([None, "x", 7, [], {}, [[]]]))
        break
    with suppress(BadInterchange):
        from_json(broken)


def test_another_version_is_refused() -> None:
    with pytest.raises(BadInterchange, match="version 2 is not 1"):
        from_json({"version": 2, "roots": [], "modules": []})

"""Bytes that other implementations write are read here, and ours there.

Random values of one schema that has everything, and of random schemas.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitexgen.runtime.contract.model import Struct
from kitexgen.runtime.thrift import decode, encode
from kitexgen.runtime.wire.thrift_envelope import ThriftProtocol
from tests.builders.generated import generate_code
from tests.interop.peers import ApachePeer, Peer, ThriftpyPeer, plain
from tests.strategies.idl_texts import random_idl
from tests.strategies.values import is_inhabited, records

pytestmark = pytest.mark.interop

PROTOCOLS: tuple[ThriftProtocol, ...] = ("binary", "compact")
PEERS = ("apache", "thriftpy2")
SINK = Path(__file__).parent / "sink.thrift"
SEEDS = range(60 if os.environ.get("KITEXGEN_CORPUS_FULL") == "1" else 6)


def make_peer(name: str, idl: Path, package: str, folder: Path) -> Peer:
    return ApachePeer(idl, package, folder) if name == "apache" else ThriftpyPeer(idl, package)


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    return generate_code([SINK], tmp_path_factory.mktemp("sink")).module("interop_sink.sink")


@pytest.fixture(scope="module", params=PEERS)
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Peer:
    return make_peer(request.param, SINK, "interop_sink", tmp_path_factory.mktemp("sink_peer"))


def check_both_ways(cls: type[Struct], record: Struct, peer: Peer, protocol: ThriftProtocol) -> None:
    """The peer reads what we wrote; we read what it writes of that, and of the same value made by itself."""
    name: str = cls.__schema__[1]
    theirs = peer.decode(name, encode(record, protocol=protocol), protocol)
    assert plain(cls, theirs) == plain(cls, record)
    assert decode(cls, peer.encode(theirs, protocol), protocol=protocol) == record
    assert decode(cls, peer.encode(peer.mirror(record), protocol), protocol=protocol) == record


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", ["Ordered", "Everything", "Choice", "Refused", "Key"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_sink_both_ways(
    sink: ModuleType, peer: Peer, name: str, protocol: ThriftProtocol, data: st.DataObject
) -> None:
    cls = getattr(sink, name)
    check_both_ways(cls, data.draw(records(cls, utf8_only=True)), peer, protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_are_equal_where_the_order_of_fields_is(
    sink: ModuleType, peer: Peer, protocol: ThriftProtocol, data: st.DataObject
) -> None:
    record = data.draw(records(sink.Ordered, utf8_only=True))
    assert encode(record, protocol=protocol) == peer.encode(peer.mirror(record), protocol)


@pytest.mark.parametrize("peer_name", PEERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_random_schemas_both_ways(seed: int, peer_name: str, tmp_path: Path) -> None:
    idl = tmp_path / f"random_{seed}.thrift"
    idl.write_text(random_idl(seed), encoding="utf-8")
    peer = make_peer(peer_name, idl, f"random_{seed}", tmp_path / "peer")
    module = generate_code([idl], tmp_path).module(f"random_{seed}.random_{seed}")

    @settings(max_examples=60)
    @given(data=st.data())
    def check(data: Any) -> None:
        cls = data.draw(st.sampled_from([c for c in record_classes(module) if is_inhabited(c)]))
        protocol = data.draw(st.sampled_from(PROTOCOLS))
        check_both_ways(cls, data.draw(records(cls, utf8_only=True)), peer, protocol)

    check()


def record_classes(module: ModuleType) -> list[type[Struct]]:
    return [value for name, value in vars(module).items() if name.startswith("R") and name[1:].isdigit()]

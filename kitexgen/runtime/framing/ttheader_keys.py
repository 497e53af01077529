"""The keys of TTHeader's infos: what peers tell each other beside a message.

Integer keys stand in cloudwego/gopkg protocol/ttheader/metakey.go, string keys there and in cloudwego/kitex
pkg/remote/transmeta/metakey.go and pkg/transmeta. All values are text. A key that does not stand here is normal, and is
passed on.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class IntKey(IntEnum):
    """Keys of the integer block. Those without a remark are for proxies: Kitex neither writes nor reads them."""

    MESH_VERSION = 0
    TRANSPORT_TYPE = 1
    """`framed` or `unframed`; written by clients, read by proxies."""
    LOG_ID = 2
    """Read by payload validators."""
    FROM_SERVICE = 3
    """The caller's service name; present even when empty."""
    FROM_CLUSTER = 4
    FROM_IDC = 5
    TO_SERVICE = 6
    """The name the client was made with."""
    TO_CLUSTER = 7
    TO_IDC = 8
    TO_METHOD = 9
    """The method; for a stream it is this that counts, for a single message the name in its envelope."""
    ENV = 10
    DEST_ADDRESS = 11
    """Written by Volo's clients."""
    RPC_TIMEOUT = 12
    """Milliseconds, decimal; only when the caller fixed the timeout by an option."""
    READ_TIMEOUT = 13
    RING_HASH_KEY = 14
    DDP_TAG = 15
    WITH_MESH_HEADER = 16
    """Volo's clients write `3`."""
    CONNECT_TIMEOUT = 17
    """Milliseconds, decimal; only when the caller fixed the timeout by an option."""
    SPAN_CONTEXT = 18
    SHORT_CONNECTION = 19
    FROM_METHOD = 20
    """The method in which the caller made the call, "" when in none; present even when empty."""
    STRESS_TAG = 21
    MSG_TYPE = 22
    """The envelope's message type, decimal: 1 call, 2 reply, 3 exception, 4 oneway. Volo writes one raw byte."""
    HTTP_CONTENT_TYPE = 23
    RAW_RING_HASH_KEY = 24
    LB_TYPE = 25
    CLUSTER_SHARD_ID = 26
    FRAME_TYPE = 27
    """Of a stream's frame: 1 meta, 2 header, 3 data, 4 trailer, 5 rst."""


class StringKey(StrEnum):
    """Keys of the string block that Kitex itself gives a meaning."""

    SERVICE = "isn"
    """The service's name in the IDL, without package."""
    REMOTE_ADDRESS = "rip"
    """`host:port` of the true peer, put in by proxies."""
    TO_CLUSTER = "tc"
    TO_IDC = "ti"
    CONNECT_STARTED = "pcs"
    """This and the four after it: times of a proxy; names only, in Kitex."""
    CONNECT_ENDED = "pce"
    SEND_STARTED = "pss"
    RECEIVE_STARTED = "prs"
    RECEIVE_ENDED = "pre"
    PROCESS_AT_TIME = "K_ProcessAtTime"
    CONNECTION_RESET = "crrst"
    """Any value, Kitex writes `1`: use the reply, then the connection no more."""
    BIZ_STATUS = "biz-status"
    """The code of a business status: an i32, decimal. 0 and what is no i32 mean none."""
    BIZ_MESSAGE = "biz-message"
    BIZ_EXTRA = "biz-extra"
    """A JSON object of strings; left out when empty."""
    CRC32C = "crc32c"
    """Checksum of all that follows the header: `framing.checksum`."""
    CANCEL_PATH = "ttscp"
    """Names of the services through which a stream's cancel came, joined by commas."""
    ACL_TOKEN = "RPC_TRANSIT_gdpr-token"
    """Travels in a block of its own, which has no room for the key."""


PERSISTENT_PREFIX = "RPC_PERSIST_"
"""Metainfo for this hop and all after it."""

TRANSIENT_PREFIX = "RPC_TRANSIT_"
"""Metainfo for this hop alone."""

UPSTREAM_PREFIX = "RPC_TRANSIT_UPSTREAM_"
"""Metainfo that was transient one hop before: for reading only. Test it first: it starts with TRANSIENT_PREFIX too."""

VALIDATOR_PREFIX = "PV_"
"""What the validators of an application say of the payload: `framing.validation`."""

BACKWARD_PREFIX = "RPC_BACKWARD_"
"""What Volo puts before the keys that it sends back, and asks of those it reads; Kitex only has a name for it."""

VALIDATOR_PREFIX = "PV_"
"""Key of a payload validator's value, before the validator's name."""

"""A message of one protocol: envelope and payload together. Does no I/O."""

from kitexgen.runtime.protocol.message import Message
from kitexgen.runtime.protocol.packing import pack, pack_exception, read_body, read_exception, unpack
from kitexgen.runtime.protocol.replies import open_answer, value_of
from kitexgen.runtime.protocol.results import ResultShape, result_shape
from kitexgen.runtime.protocol.sequence import next_sequence_id, sequence_ids

__all__ = [
    "Message",
    "ResultShape",
    "next_sequence_id",
    "open_answer",
    "pack",
    "pack_exception",
    "read_body",
    "read_exception",
    "result_shape",
    "sequence_ids",
    "unpack",
    "value_of",
]

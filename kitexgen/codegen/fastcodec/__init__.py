"""Generated codecs: a record's wire layout, worked out once, printed as functions that write and read it."""

from __future__ import annotations

from kitexgen.codegen.fastcodec.codec import CodecPrinter, CodecText

__all__ = ["CodecPrinter", "CodecText"]

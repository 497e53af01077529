"""Everything here is tried with both codecs."""

from tests.builders.codecs import codec

__all__ = ["codec"]

"""The IDL formatter: keeps every comment, means the same, and changes nothing the second time."""

from kitexgen.fmt.format import Formatted, format_text
from kitexgen.fmt.options import FormatOptions
from kitexgen.fmt.verify import FormatFault

__all__ = ["FormatFault", "FormatOptions", "Formatted", "format_text"]

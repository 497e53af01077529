"""What we tell the author of an IDL file: findings as data, gathered, drawn and explained."""

from kitexgen.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from kitexgen.diagnostics.explain import Page, codes, page
from kitexgen.diagnostics.report import Report
from kitexgen.diagnostics.suggest import nearest

__all__ = ["Diagnostic", "Fix", "Label", "Page", "Report", "Severity", "codes", "nearest", "page"]

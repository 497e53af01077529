"""Diagnostics drawn: for a terminal, for programs, for GitHub Actions, for code scanners.

Each module has one function that takes diagnostics and the texts of their files. Nothing is gathered here, so that a
run that only wants one drawing loads only that one.
"""

__all__: list[str] = []

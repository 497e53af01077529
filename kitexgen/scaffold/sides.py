"""Which side of a service a project is: the one that serves, the one that calls, or both."""

from __future__ import annotations

from enum import Enum


class Sides(Enum):
    """A project that only serves still calls in its tests, and one that only calls has a stand-in for the service."""

    BOTH = "both"
    CLIENT = "client"
    SERVER = "server"

    @property
    def has_client(self) -> bool:
        return self is not Sides.SERVER

    @property
    def has_server(self) -> bool:
        return self is not Sides.CLIENT

    @property
    def handler_file(self) -> str:
        """The file that gains the methods of the service."""
        return "handler.py" if self.has_server else "tests/stand_in.py"

"""How everything names a module or a declaration, so that even recursive types stay frozen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ModuleId:
    """One IDL file, by the path a user knows it by: relative to where it was found, with `/` between parts."""

    path: str

    @property
    def stem(self) -> str:
        """The file name without its last ending: `a/b.c.thrift` gives `b.c`."""
        name = self.path.rpartition("/")[2]
        return name.rpartition(".")[0] or name


@dataclass(frozen=True, slots=True, order=True)
class DeclId:
    """A declaration: its file, and its name in it (dotted for a nested message)."""

    module: ModuleId
    name: str

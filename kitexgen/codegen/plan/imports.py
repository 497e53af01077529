"""ImportSet: the imports of one generated module; collected, named without clashes, printed in isort's order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """`from MODULE import NAME as ALIAS`; `module` as written in the file: "uuid", ".user", "..base.base".

    `alias` equals `name` when the import binds the name itself.
    """

    module: str
    name: str
    alias: str

    @classmethod
    def plain(cls, module: str, name: str) -> Import:
        return cls(module, name, name)


def relative(importer: str, target: str) -> str:
    """How a module spells another one of the same output folder: `a.b.c` finds `a.d.e` as `..d.e`.

    Both are dotted paths of modules, not packages.
    """
    here = importer.split(".")[:-1]
    there = target.split(".")
    shared = 0
    while shared < len(here) and shared < len(there) - 1 and here[shared] == there[shared]:
        shared += 1
    return "." * (len(here) - shared + 1) + ".".join(there[shared:])

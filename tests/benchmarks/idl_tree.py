"""A tree of many Thrift files, like those of the corpus in size: 120 lines a file, comments among them, each including
two others and a base file. Always the same.
"""

from __future__ import annotations

import random
from pathlib import Path

FILES = 500
_RECORDS = 6
_METHODS = 5
_TYPES = ("i64", "i32", "bool", "double", "string", "binary", "list<string>", "map<string, i64>", "set<i32>")
_BASE = """namespace py shop.base

/** What every answer carries. */
struct BaseResp {
  1: required i32 code
  2: optional string message
}

exception Refused {
  1: string why
}
"""


def lay_down_tree(folder: Path, files: int = FILES) -> list[Path]:
    """Write the tree into `folder`; gives the paths in the order of their numbers, the base file first."""
    pick = random.Random(20240601)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "base.thrift"]
    paths[0].write_text(_BASE)
    for number in range(1, files):
        # As in a company's tree: most files include what was there long before them.
        others = sorted({pick.randint(1, max(1, number // 4)) for _ in range(2)} - {number})
        paths.append(folder / f"part{number}.thrift")
        paths[-1].write_text(_text(number, others, pick))
    return paths


def _text(number: int, others: list[int], pick: random.Random) -> str:
    lines = [f"namespace py shop.area{number // 20}.part{number}", "", 'include "base.thrift"']
    lines += (f'include "part{other}.thrift"' for other in others)
    lines += ["", "/** How far it is. */", f"enum State{number} {{", "  NEW = 0", "  PAID = 1", "  SENT = 2", "}"]
    for record in range(_RECORDS):
        lines += ["", f"/** The {record}. record of part {number}: what it holds, and why. */", f"struct R{record} {{"]
        kind = record
        for id in range(1, pick.randint(5, 9)):
            if id % 3 == 0:
                lines.append(f"  // how {pick.choice(('much', 'many', 'often'))}, as the {number}. asked for it")
            lines.append(f"  {id}: {pick.choice(('', 'optional ', 'required '))}{pick.choice(_TYPES)} field{id}")
        lines.append(f"  20: optional State{number} state")
        if others:
            lines.append(f"  21: optional part{pick.choice(others)}.R{kind} other")
        lines.append("}")
    lines += ["", f"service Part{number}Service {{"]
    for method in range(_METHODS):
        kind = method % _RECORDS
        lines.append(f"  /** Gives the R{kind} that was asked for. */")
        lines.append(f"  R{kind} Get{method}(1: R{kind} asked, 2: i64 id) throws (1: base.Refused refused)")
    lines += [f"  base.BaseResp Ping{number}()", "}", ""]
    return "\n".join(lines)

"""What stays between the runs of one process, so that `watch` does not begin anew at every change."""

from __future__ import annotations

from dataclasses import dataclass, field

from kitexgen.driver.disk import Disk
from kitexgen.idl import Trees


@dataclass(frozen=True)
class Session:
    """`trees` of the texts read last, `disk` the contents of files read and written."""

    trees: Trees = field(default_factory=Trees)
    disk: Disk = field(default_factory=Disk)

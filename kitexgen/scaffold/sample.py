"""The sample IDL: notes, in either language."""

from __future__ import annotations

from kitexgen.scaffold.idl_copy import FOLDER, IdlCopy
from kitexgen.scaffold.project_name import ProjectName
from kitexgen.scaffold.sides import Sides
from kitexgen.templating import render


def sample_idl(name: ProjectName, service: str | None, sides: Sides, *, is_proto: bool) -> IdlCopy:
    """Laid out as `kitexgen lint` wants it: a `.proto` file lies in a folder that is called as its package."""
    package = name.package
    root = f"{FOLDER}/{package}/v1/{package}.proto" if is_proto else f"{FOLDER}/{package}.thrift"
    text = render(
        "new/sample.proto.j2" if is_proto else "new/sample.thrift.j2",
        name=name.text,
        package=package,
        service=service or name.service,
        handler_file=sides.handler_file,
    )
    return IdlCopy(files={root: text.encode()}, root=root, include=(FOLDER,) if is_proto else ())

"""From a declaration to the Python generated for it, and back."""

from __future__ import annotations

import os

from lsprotocol import types

from kitexgen.lsp.declared import Declared, declared_in
from kitexgen.lsp.features.definition import found_at
from kitexgen.lsp.lines import Lines
from kitexgen.lsp.python_names import (
    PythonPlace,
    declared_as,
    idl_roots,
    module_name,
    names_at,
    python_file,
    python_place,
    python_span,
)
from kitexgen.lsp.uris import to_path, to_uri
from kitexgen.lsp.workspace import Workspace, is_idl


class NotGenerated(Exception):
    """There is nothing to go to; the message is for the user."""


def open_generated(workspace: Workspace, uri: str, position: types.Position) -> types.Location:
    """The generated Python of what stands at `position`, or of the whole file. Raises NotGenerated."""
    path = to_path(uri)
    if path is None or not is_idl(path):
        raise NotGenerated("this is no .thrift or .proto file")
    analysis, found = found_at(workspace, path, position)
    if analysis.examined.report.has_errors:
        raise NotGenerated("the IDL has errors; mend them first")
    declared = found.declared if found is not None else None
    place = python_place(analysis, declared) if declared is not None else None
    if place is None and analysis.module is not None:
        name = analysis.python_names.modules.get(analysis.module.id)
        place = PythonPlace(name, None, None) if name is not None else None
    file = python_file(analysis.project, place) if place is not None else None
    if place is None or file is None:
        raise NotGenerated(f"there is no generated code of it in {analysis.project.out}: run Generate first")
    lines = Lines(workspace.text(file) or "", workspace.encoding)
    return types.Location(to_uri(file), lines.range(*python_span(lines.text, place)))


def open_idl(workspace: Workspace, uri: str, position: types.Position) -> types.Location:
    """The declaration in the IDL that generated Python at `position` was made of. Raises NotGenerated."""
    path = to_path(uri)
    text = workspace.text(path) if path is not None else None
    if path is None or text is None:
        raise NotGenerated("the file cannot be read")
    project = workspace.project(path)
    roots = [root for root in idl_roots(project, path) if os.path.isfile(root)]
    if not roots:
        raise NotGenerated(f"{os.path.basename(path)} is not listed among the generated files of {project.out}")
    # The names of a file do not depend on which of the files that need it is asked.
    analysis = workspace.analysis(roots[0])
    if analysis.examined.report.has_errors:
        raise NotGenerated(f"{os.path.basename(roots[0])} has errors; mend them first")
    holder, word = names_at(text, Lines(text, workspace.encoding).offset(position))
    wanted = PythonPlace(module_name(project, path), holder, word)
    everything = (declared for module in analysis.examined.schema.modules for declared in declared_in(module))
    found: Declared | None = declared_as(analysis.python_names, everything, wanted)
    if found is None:
        raise NotGenerated("nothing in the IDL has this name")
    return workspace.location(found.name_span)

"""`kitexgen new`: what a fresh project is made of, and how it is laid down over nothing that is there."""

from kitexgen.scaffold.idl_copy import IdlCopy, copied_idl
from kitexgen.scaffold.laying_down import files_below, in_the_way, lay_down
from kitexgen.scaffold.project import project_files, settings_file
from kitexgen.scaffold.project_name import ProjectName
from kitexgen.scaffold.sample import sample_idl
from kitexgen.scaffold.sides import Sides

__all__ = [
    "IdlCopy",
    "ProjectName",
    "Sides",
    "copied_idl",
    "files_below",
    "in_the_way",
    "lay_down",
    "project_files",
    "sample_idl",
    "settings_file",
]

"""`kitexgen new`: what a fresh service is made of. Texts only; writing them is the driver's and the command's."""

from kitexgen.scaffold.idl_copy import IdlCopy, copied_idl
from kitexgen.scaffold.project import ProjectName, first_files, service_files

__all__ = ["IdlCopy", "ProjectName", "copied_idl", "first_files", "service_files"]

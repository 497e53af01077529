"""Renders templates/new/: the files of a fresh project, by path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kitexgen import __version__
from kitexgen.codegen.options import GenerateOptions
from kitexgen.codegen.style import format_lines
from kitexgen.scaffold.idl_copy import IdlCopy
from kitexgen.scaffold.project_name import ProjectName
from kitexgen.scaffold.service_facts import service_facts
from kitexgen.scaffold.sides import Sides
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service
from kitexgen.templating import render

OUT = "kitex_gen"


def settings_file(copy: IdlCopy, sides: Sides, excepted: Sequence[str] = ()) -> dict[str, bytes]:
    """`kitexgen.toml`; `excepted` are the rules of lint that the IDL does not keep."""
    text = render(
        "new/kitexgen.toml.j2",
        idl=copy.root,
        include=copy.include,
        handler_file=sides.handler_file,
        excepted=excepted,
    )
    return {"kitexgen.toml": text.encode()}


def project_files(
    name: ProjectName, schema: Schema, service: Service, copy: IdlCopy, sides: Sides, *, is_sample: bool
) -> dict[str, bytes]:
    """Everything else that is not generated: programs, tests, packaging. The sample has its handler filled in."""
    facts = service_facts(schema, GenerateOptions(), service, OUT)
    values: dict[str, object] = {
        "name": name.text,
        "label": name.label,
        "package": name.package,
        "destination": name.text,
        "version": __version__,
        "sides": sides,
        "facts": facts,
        "types": facts.module.rpartition(".")[0],
        "idl": copy.root,
        "is_proto": copy.root.endswith(".proto"),
        "is_sample": is_sample,
        "example": facts.example,
        # What a method says that `gen` has laid down and nobody has written yet.
        "stub": f"{service.id.name}.{facts.example.method}" if facts.example else "",
        # pytest takes every class that a test imports for one of tests when it is called so.
        "has_test_names": re.search(r"\bTest", facts.test_imports) is not None,
        "method_list": ", ".join(facts.methods.values()),
    }
    return {
        path: _styled(path, render(f"new/{template}", **values)).encode()
        for path, template in _templates(sides, is_sample=is_sample)
    }


def _templates(sides: Sides, *, is_sample: bool) -> Iterator[tuple[str, str]]:
    """Paths in the project, and the templates that they come from."""
    yield from _ALWAYS.items()
    if sides.has_client:
        yield "client.py", "client.py.j2"
    if sides.has_server:
        yield from _OF_SERVERS.items()
    if is_sample:
        yield sides.handler_file, "sample_handler.py.j2"


_ALWAYS = {
    ".dockerignore": "dockerignore.j2",
    ".github/workflows/ci.yml": "ci.yml.j2",
    ".gitignore": "gitignore.j2",
    "Dockerfile": "Dockerfile.j2",
    "Makefile": "Makefile.j2",
    "README.md": "README.md.j2",
    "logs.py": "logs.py.j2",
    "pyproject.toml": "pyproject.toml.j2",
    "settings.py": "settings.py.j2",
    "tests/test_logs.py": "test_logs.py.j2",
    "tests/test_service.py": "test_service.py.j2",
    "tests/test_settings.py": "test_settings.py.j2",
}
_OF_SERVERS = {
    "compose.yaml": "compose.yaml.j2",
    "health.py": "health.py.j2",
    "k8s/deployment.yaml": "k8s/deployment.yaml.j2",
    "k8s/service.yaml": "k8s/service.yaml.j2",
    "server.py": "server.py.j2",
    "tests/test_server.py": "test_server.py.j2",
}


def _styled(path: str, text: str) -> str:
    """Python is formatted: where its lines break depends on how long the names of the IDL are."""
    if not path.endswith(".py"):
        return text
    return "\n".join(format_lines(text.splitlines(), indent=0)) + "\n"

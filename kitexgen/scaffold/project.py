"""Renders templates/new/: the files of a fresh service, by path."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from kitexgen.codegen.options import GenerateOptions
from kitexgen.scaffold.idl_copy import FOLDER, IdlCopy
from kitexgen.scaffold.service_facts import ServiceFacts, service_facts
from kitexgen.schema.module import Schema
from kitexgen.schema.services import Service
from kitexgen.templating import render

# What a distribution may be called (the simple names of PEP 508, lower and upper case alike).
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
OUT = "kitex_gen"


@dataclass(frozen=True, slots=True)
class ProjectName:
    """A project's name, and what follows from it. Raises ValueError, with the reason, for one that cannot be used."""

    text: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.text):
            raise ValueError(
                "a name begins with a letter, goes on with letters, digits, `-`, `_`, `.`, and ends with no sign"
            )

    @property
    def package(self) -> str:
        """`shop-api` gives `shop_api`: the namespace and the file name of the sample IDL."""
        package = re.sub(r"[^a-z0-9]+", "_", self.text.lower())
        return f"{package}_" if keyword.iskeyword(package) else package

    @property
    def service(self) -> str:
        """`shop-api` gives `ShopApiService`."""
        words = re.split(r"[^A-Za-z0-9]+", self.text)
        return "".join(word[:1].upper() + word[1:] for word in words).removesuffix("Service") + "Service"


def first_files(name: ProjectName, service: str | None, copy: IdlCopy | None) -> dict[str, bytes]:
    """What must be there to generate: the IDL (a sample without `copy`), and the configuration."""
    if copy is None:
        root = f"{FOLDER}/{name.package}.thrift"
        sample = render("new/sample.thrift.j2", name=name.text, package=name.package, service=service or name.service)
        copy = IdlCopy(files={root: sample.encode()}, root=root, include=())
    settings = render("new/kitexgen.toml.j2", idl=copy.root, include=copy.include)
    return {**copy.files, "kitexgen.toml": settings.encode()}


def service_files(
    name: ProjectName, schema: Schema, service: Service, idl: str, *, is_sample: bool
) -> dict[str, bytes]:
    """Everything else that is not generated: programs, tests, packaging. The sample has its handler filled in."""
    facts = service_facts(schema, GenerateOptions(), service, OUT)
    templates = dict(_TEMPLATES)
    if is_sample:
        templates["handler.py"] = "sample_handler.py.j2"
    values = _values(name, facts, idl, is_sample)
    return {path: render(f"new/{template}", **values).encode() for path, template in templates.items()}


_TEMPLATES = {
    ".dockerignore": "dockerignore.j2",
    ".github/workflows/ci.yml": "ci.yml.j2",
    ".gitignore": "gitignore.j2",
    "Dockerfile": "Dockerfile.j2",
    "Makefile": "Makefile.j2",
    "README.md": "README.md.j2",
    "client.py": "client.py.j2",
    "pyproject.toml": "pyproject.toml.j2",
    "server.py": "server.py.j2",
    "tests/test_service.py": "test_service.py.j2",
}


def _values(name: ProjectName, facts: ServiceFacts, idl: str, is_sample: bool) -> dict[str, object]:
    return {
        "name": name.text,
        "package": name.package,
        "destination": name.text,
        "facts": facts,
        "idl": idl,
        "is_sample": is_sample,
        "example": facts.example,
        "method_list": ", ".join(facts.methods.values()),
    }

"""What figures depend on: date, machine, interpreter, versions."""

from __future__ import annotations

import datetime
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

_MODULES = {"protobuf": "google.protobuf", "grpcio": "grpc"}
"""Packages whose module has another name."""


def machine_facts() -> Iterator[str]:
    """A line each, of what does not depend on the interpreter."""
    yield f"Date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    yield f"Machine: {_processor()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}"


def facts(packages: Iterable[str]) -> Iterator[str]:
    """A line each; of `packages` those that are installed."""
    yield from machine_facts()
    yield f"Interpreter: {platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
    found = [f"{each} {importlib.metadata.version(each)}" for each in packages if _is_installed(each)]
    if compiler := shutil.which("thrift"):
        said = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
        found.append(f"compiler: {said.stdout.strip()}")
    yield f"Versions: {', '.join(found)}"


def _is_installed(package: str) -> bool:
    name = _MODULES.get(package, package)
    return all(importlib.util.find_spec(".".join(name.split(".")[: end + 1])) for end in range(name.count(".") + 1))


def _processor() -> str:
    """The model, where the system tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or "unknown processor"

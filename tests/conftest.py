"""Fixtures that everyone uses, and nothing else."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from hypothesis import settings

from tests.builders.generated import generate_text

# Machines that run tests are busy: an example that takes long there tells nothing.
settings.register_profile("kitexgen", deadline=None)
settings.load_profile("kitexgen")


@pytest.fixture(autouse=True, scope="session")
def signals() -> None:
    """Who starts tests in the background has signals ignored (`nohup`, `&`), and processes started here would inherit
    that, some of which are to end by them. What is handled is back to normal in those.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """`cli.main.main` turns the collector of cycles off, as its process ends soon: that of the tests does not."""
    yield
    gc.enable()


@pytest.fixture(scope="session")
def generate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModuleType]:
    """`generate(idl_text)`: the package generated from it, imported; it has all types that the IDL declares.

    A service is a module of that package. With `namespace py` in the text the package is another: use
    `tests.builders.generated` then, which also takes several files and options.
    """

    def imported(text: str) -> ModuleType:
        return generate_text(text, tmp_path_factory.mktemp("generated")).module("main")

    return imported

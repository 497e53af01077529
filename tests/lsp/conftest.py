"""Both sets of texts, in a folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.lsp import Texts
from tests.lsp.texts import PROTO, THRIFT


@pytest.fixture
def thrift(tmp_path: Path) -> Texts:
    return Texts(tmp_path, THRIFT)


@pytest.fixture
def proto(tmp_path: Path) -> Texts:
    return Texts(tmp_path, PROTO)

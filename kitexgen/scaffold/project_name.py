"""ProjectName: what a project is called, in each of the places that have rules for names."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from kitexgen.idl.thrift.keywords import KEYWORDS

# What a distribution may be called (the simple names of PEP 508, lower and upper case alike).
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")

_LABEL_LENGTH = 63
"""Of names in Kubernetes (RFC 1035, 2.3.1)."""


@dataclass(frozen=True, slots=True)
class ProjectName:
    """A project's name, and what follows from it. Raises ValueError, with the reason, for one that cannot be used."""

    text: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.text):
            raise ValueError(
                "a name begins with a letter, goes on with letters, digits, `-`, `_`, `.`, and ends with no sign"
            )
        if self.text.lower() == "kitexgen":
            raise ValueError("the project needs the package of that name")

    @property
    def package(self) -> str:
        """`shop-api` gives `shop_api`: the namespace and the file name of the sample IDL."""
        package = re.sub(r"[^a-z0-9]+", "_", self.text.lower())
        return f"{package}_" if keyword.iskeyword(package) or package in KEYWORDS else package

    @property
    def label(self) -> str:
        """`Shop.API` gives `shop-api`: what images and objects of Kubernetes are called."""
        return re.sub(r"[^a-z0-9]+", "-", self.text.lower())[:_LABEL_LENGTH].rstrip("-")

    @property
    def service(self) -> str:
        """`shop-api` gives `ShopApiService`."""
        words = re.split(r"[^A-Za-z0-9]+", self.text)
        return "".join(word[:1].upper() + word[1:] for word in words).removesuffix("Service") + "Service"

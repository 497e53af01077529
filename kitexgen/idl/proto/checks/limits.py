"""Limits of descriptors: how deep packages go, how long names are, how many fields a message has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto.descriptors import ExtensionRange, FileDescriptor, elements
from kitexgen.idl.proto.linked import Linked
from kitexgen.idl.proto.tree import PackageNode

# Source: `kPackageLimit`, `NameLimits`, `kMaxFieldsPerMessage` and the 16 bits of name lengths in descriptor.cc.
_MAX_PACKAGE_DOTS: Final = 100
_MAX_PACKAGE: Final = 511
_MAX_NAME: Final = 65535
_MAX_FIELDS: Final = 65535


def check_limits(linked: Linked) -> Iterator[Diagnostic]:
    for file in linked.files:
        yield from _package(file)
        if len(file.package) + len(file.node.path) + file.span.end - file.span.start <= _MAX_NAME:
            continue  # no name can be that long
        for element in elements(file):
            if not isinstance(element, FileDescriptor | ExtensionRange) and len(element.full_name) > _MAX_NAME:
                yield error("KX0746", f"a full name has at most {_MAX_NAME} letters", element.name_span)
    for message in linked.messages:
        if len(message.fields) > _MAX_FIELDS:
            yield error("KX0746", f"a message has at most {_MAX_FIELDS} fields", message.name_span)


def _package(file: FileDescriptor) -> Iterator[Diagnostic]:
    for item in file.node.items:
        if isinstance(item, PackageNode):
            if item.name.text.count(".") > _MAX_PACKAGE_DOTS:
                yield error("KX0746", f"a package has at most {_MAX_PACKAGE_DOTS + 1} parts", item.name.span)
            if len(item.name.text) > _MAX_PACKAGE:
                yield error("KX0746", f"a package has at most {_MAX_PACKAGE} letters", item.name.span)

"""The option `features` where there are none, and features set to nothing.

Source: `ResolveFeaturesImpl` of descriptor.cc, `ValidateMergedFeatures` of feature_resolver.cc.
"""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.finding import error
from kitexgen.idl.proto.editions import Edition
from kitexgen.idl.proto.interpreted import OptionMessage
from kitexgen.idl.proto.linked import Linked


def check_feature_values(linked: Linked) -> Iterator[Diagnostic]:
    editions = {file.name: file.edition for file in linked.files}
    for (file, _), message in linked.options.messages.items():
        features = message.find("features") if file in editions else None
        if features is None:
            continue
        if not editions[file].is_editions:
            syntax = "proto2" if editions[file] is Edition.PROTO2 else "proto3"
            yield error(
                "KX0767",
                f"{syntax} has no features",
                features.span,
                hint='begin the file with `edition = "2023";` to set features',
            )
        elif isinstance(features.value, OptionMessage):
            yield from _unknown_values(features.value)


def _unknown_values(features: OptionMessage) -> Iterator[Diagnostic]:
    for each in features:
        # In every enum of descriptor.proto's own features zero is the value that says nothing.
        if not each.field.is_extension and each.value == 0:
            yield error(
                "KX0768",
                f"the feature `{each.field.name}` cannot be unknown",
                each.span,
                hint="delete it to inherit what the file or the edition says",
            )

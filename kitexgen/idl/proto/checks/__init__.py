"""What protoc checks once names are known, an idea a file. The order only decides who speaks first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kitexgen.diagnostics.diagnostic import Diagnostic
from kitexgen.idl.proto.checks.defaults import check_defaults
from kitexgen.idl.proto.checks.enum_value_names import check_enum_value_names
from kitexgen.idl.proto.checks.enums import check_enums
from kitexgen.idl.proto.checks.extension_declarations import check_extension_declarations
from kitexgen.idl.proto.checks.extension_ranges import check_extension_ranges
from kitexgen.idl.proto.checks.extensions import check_extensions
from kitexgen.idl.proto.checks.feature_support import check_feature_support
from kitexgen.idl.proto.checks.feature_values import check_feature_values
from kitexgen.idl.proto.checks.field_features import check_field_features
from kitexgen.idl.proto.checks.field_numbers import check_field_numbers
from kitexgen.idl.proto.checks.field_options import check_field_options
from kitexgen.idl.proto.checks.files import check_files
from kitexgen.idl.proto.checks.imports import check_imports
from kitexgen.idl.proto.checks.json_names import check_json_names
from kitexgen.idl.proto.checks.lifetimes import check_lifetimes
from kitexgen.idl.proto.checks.limits import check_limits
from kitexgen.idl.proto.checks.maps import check_maps
from kitexgen.idl.proto.checks.message_sets import check_message_sets
from kitexgen.idl.proto.checks.naming_style import check_naming_style
from kitexgen.idl.proto.checks.proto3 import check_proto3
from kitexgen.idl.proto.checks.reserved import check_reserved
from kitexgen.idl.proto.checks.targets import check_targets
from kitexgen.idl.proto.checks.visibility import check_visibility
from kitexgen.idl.proto.linked import Linked

Check = Callable[[Linked], Iterable[Diagnostic]]

CHECKS: Final[tuple[Check, ...]] = (
    check_field_numbers,
    check_reserved,
    check_extension_ranges,
    check_extensions,
    check_extension_declarations,
    check_message_sets,
    check_enums,
    check_enum_value_names,
    check_maps,
    check_defaults,
    check_json_names,
    check_proto3,
    check_targets,
    check_feature_values,
    check_lifetimes,
    check_feature_support,
    check_field_options,
    check_field_features,
    check_files,
    check_naming_style,
    check_visibility,
    check_limits,
    check_imports,
)

__all__ = ["CHECKS", "Check"]

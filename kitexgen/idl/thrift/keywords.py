"""Words with a meaning in Thrift, and who reserves them.

Source: the lexer of Apache Thrift 0.25 (`thriftl.ll`) and thriftgo's `parser/thrift.peg`.
"""

from __future__ import annotations

from typing import Final

BASE_TYPES: Final = ("bool", "byte", "i8", "i16", "i32", "i64", "double", "string", "binary", "uuid")

# Each keyword with the terminal it is in the grammar. Words that always stand in the same places share one.
KEYWORDS: Final[dict[str, str]] = {
    **dict.fromkeys(BASE_TYPES, "BASE"),
    "void": "VOID",
    "map": "MAP",
    "set": "SET",
    "list": "LIST",
    "include": "INCLUDE",
    "cpp_include": "CPP_INCLUDE",
    "namespace": "NAMESPACE",
    "const": "CONST",
    "typedef": "TYPEDEF",
    "enum": "ENUM",
    **dict.fromkeys(("struct", "union", "exception"), "RECORD"),
    "service": "SERVICE",
    "extends": "EXTENDS",
    "throws": "THROWS",
    **dict.fromkeys(("oneway", "async"), "ONEWAY"),
    **dict.fromkeys(("required", "optional"), "REQUIREMENT"),
    "cpp_type": "CPP_TYPE",
    "xsd_all": "XSD_ALL",
    "xsd_optional": "XSD_OPTIONAL",
    "xsd_nillable": "XSD_NILLABLE",
    "xsd_attrs": "XSD_ATTRS",
}

HEADER_WORDS: Final = ("include", "cpp_include", "namespace")
DEFINITION_WORDS: Final = ("const", "typedef", "enum", "struct", "union", "exception", "service")
REQUIREMENTS: Final = ("required", "optional")
BOOLEANS: Final = frozenset({"true", "false"})

# Kinds of token that open a header or a definition, and those a type can begin with.
TOP_KINDS: Final = frozenset({"INCLUDE", "CPP_INCLUDE", "NAMESPACE", "CONST", "TYPEDEF", "ENUM", "RECORD", "SERVICE"})
TYPE_KINDS: Final = frozenset({"BASE", "MAP", "SET", "LIST", "NAME"})

# Apache 0.25 takes every keyword as the name of a field or argument but these (`thrifty.yy`, rule FieldName).
NOT_FIELD_NAMES_IN_APACHE: Final = frozenset(
    {"cpp_type", "xsd_all", "xsd_optional", "xsd_nillable", "xsd_attrs", "true", "false"}
)

# Headers of one word from before `namespace` (Apache 0.17 recognises them only to refuse them), with the scope that
# took their place.
OLD_HEADERS: Final[dict[str, str]] = {
    "cpp_namespace": "cpp",
    "php_namespace": "php",
    "py_module": "py",
    "perl_package": "perl",
    "ruby_namespace": "rb",
    "smalltalk_category": "smalltalk.category",
    "smalltalk_prefix": "smalltalk.prefix",
    "java_package": "java",
    "cocoa_prefix": "cocoa",
    "xsd_namespace": "xsd",
    "csharp_namespace": "netstd",
    "delphi_namespace": "delphi",
    "js_namespace": "js",
    "st_package": "st",
}

"""Annotations of Thrift that tools give a meaning to.

Sources: Kitex and Hertz (`api.*`, `streaming.mode`), thriftgo (`go.*`), thrift-gen-validator (`vt.*`), and our own
`py.*`.
"""

from __future__ import annotations

from typing import Final

_ON_FIELDS: Final = {
    "api.query": "Hertz: bound to this parameter of the query",
    "api.path": "Hertz: bound to this part of the path",
    "api.header": "Hertz: bound to this header",
    "api.cookie": "Hertz: bound to this cookie",
    "api.body": "Hertz: bound to this key of the body",
    "api.form": "Hertz: bound to this field of the form",
    "api.raw_body": "Hertz: bound to the body as it is",
    "api.http_code": "Hertz: sets the status of the answer",
    "api.js_conv": "Kitex: a 64-bit number that travels as a string in JSON",
    "api.none": "Hertz: not bound at all",
    "api.vd": "Hertz: an expression that is checked",
    "go.tag": "thriftgo: tags of the field in Go",
    "go.name": "thriftgo: the name in Go",
    "go.type": "thriftgo: the type in Go",
    "py.packed": "kitexgen: a list of numbers that is an array.array in Python",
    "vt.const": "validator: equal to this",
    "vt.lt": "validator: less than this",
    "vt.le": "validator: at most this",
    "vt.gt": "validator: greater than this",
    "vt.ge": "validator: at least this",
    "vt.in": "validator: one of these",
    "vt.not_in": "validator: none of these",
    "vt.min_size": "validator: at least so many bytes, or elements",
    "vt.max_size": "validator: at most so many bytes, or elements",
    "vt.min_rune_size": "validator: at least so many characters",
    "vt.max_rune_size": "validator: at most so many characters",
    "vt.pattern": "validator: fits this regular expression",
    "vt.prefix": "validator: begins with this",
    "vt.suffix": "validator: ends with this",
    "vt.contains": "validator: contains this",
    "vt.not_contains": "validator: does not contain this",
    "vt.not_nil": "validator: must be set",
    "vt.defined_only": "validator: a member that the enum has",
    "vt.skip": "validator: the record in it is not checked",
}
_ON_METHODS: Final = {
    "api.get": "Hertz: the route of GET",
    "api.post": "Hertz: the route of POST",
    "api.put": "Hertz: the route of PUT",
    "api.patch": "Hertz: the route of PATCH",
    "api.delete": "Hertz: the route of DELETE",
    "api.options": "Hertz: the route of OPTIONS",
    "api.head": "Hertz: the route of HEAD",
    "api.any": "Hertz: the route of any method",
    "api.baseurl": "Hertz: the address that clients call",
    "api.serializer": "Hertz: how the body is written",
    "streaming.mode": "Kitex: how many messages go each way",
}
_ON_ALL: Final = {"deprecated": "not to be used any more"}

VALUES: Final = {
    "streaming.mode": ("bidirectional", "client", "server", "unary"),
    "py.packed": ("true",),
    "api.js_conv": ("true",),
    "vt.not_nil": ("true",),
    "vt.defined_only": ("true",),
    "vt.skip": ("true",),
    "api.serializer": ("json", "form", "thrift", "pb"),
}


def keys(place: str) -> dict[str, str]:
    """The keys, each with what it says, that mean something on `place`: "field", "method" or something else."""
    return {**{"field": _ON_FIELDS, "method": _ON_METHODS}.get(place, {}), **_ON_ALL}

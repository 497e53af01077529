"""What the search box of the reference finds: every name, with its kind and its place."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kitexgen.plugins.docs.declarations import kind_word
from kitexgen.plugins.docs.html import summary
from kitexgen.plugins.docs.places import Places
from kitexgen.schema.declarations import Enum, Record
from kitexgen.schema.services import Service

# Name, kind, page and anchor, where it stands, first sentence of its comment.
Entry = tuple[str, str, str, str, str]


def search_index(places: Places) -> str:
    """A script, so that a page opened from a disk may load it: browsers refuse to fetch files there."""
    entries = ",\n".join(json.dumps(entry) for entry in _entries(places))
    return f"window.SEARCH_INDEX = [\n{entries}\n];\n"


def _entries(places: Places) -> Iterator[Entry]:
    for module in places.schema.modules:
        file = places.shown_path(module.id)
        yield file, "file", places.file_page(module.id), module.language, summary(module.doc)
        for declaration in module.declarations:
            page, name = places.of(declaration.id), declaration.id.name
            yield name, kind_word(declaration), page, file, summary(declaration.doc)
            match declaration:
                case Record():
                    for field in declaration.fields:
                        yield field.name, "field", f"{page}.{field.name}", name, summary(field.doc)
                case Enum():
                    for member in declaration.members:
                        yield member.name, "member", f"{page}.{member.name}", name, summary(member.doc)
                case Service():
                    for method in declaration.methods:
                        yield method.name, "method", f"{page}#{method.name}", name, summary(method.doc)

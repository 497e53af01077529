"""The frame of every page, the start page, and the pages of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from kitexgen.plugins.docs.declarations import kind_word, section
from kitexgen.plugins.docs.html import Content, Html, code, html, link, paragraphs, summary, tag
from kitexgen.plugins.docs.places import Places
from kitexgen.plugins.docs.words import chips, listed, table
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.module import PACKAGE, Module
from kitexgen.schema.services import Service

# In the order in which a page shows them.
_GROUPS = (
    ("message", "Messages"),
    ("struct", "Structs"),
    ("union", "Unions"),
    ("exception", "Exceptions"),
    ("enum", "Enums"),
    ("typedef", "Typedefs"),
    ("const", "Constants"),
    ("extension", "Extensions"),
)
# Nothing is loaded from elsewhere, and this holds browsers to it.
_POLICY = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src data:"


class Frame:
    """What stands round the body of every page."""

    def __init__(self, title: str, places: Places) -> None:
        self._title = title
        self._groups = tuple(_navigation(places))

    def page(self, path: str, title: str, body: Html) -> str:
        """The text of the page at `path`, which stands in a folder or beside index.html."""
        root = "../" * path.count("/")
        full = self._title if title == self._title else f"{title} · {self._title}"
        head = html(
            Html('<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n<link rel="icon" href="data:,">\n'),
            tag("title", full),
            Html(f'\n<link rel="stylesheet" href="{root}assets/style.css">\n'),
            Html(f'<script src="{root}assets/theme.js"></script>\n'),
            Html(f'<script defer src="{root}assets/search-index.js"></script>\n'),
            Html(f'<script defer src="{root}assets/search.js"></script>\n'),
        )
        content = html(self._header(root), self._navigation(root, path), tag("main", body, id="content"))
        start = f'<!DOCTYPE html>\n<html lang="en" data-root="{root}">\n'
        return f"{start}<head>\n{head}</head>\n<body>\n{content}\n</body>\n</html>\n"

    def _header(self, root: str) -> Html:
        search = Html(
            '<div class="search" role="search"><input id="search" type="search" placeholder="Search  ( / )" '
            'autocomplete="off" spellcheck="false" role="combobox" aria-label="Search" aria-expanded="false" '
            'aria-controls="results"><ul id="results" role="listbox" aria-label="Results" hidden></ul></div>'
        )
        toggle = Html('<button id="theme" type="button" aria-label="Light or dark" title="Light or dark">◐</button>')
        return tag("header", link(self._title, f"{root}index.html", class_="brand"), search, toggle)

    def _navigation(self, root: str, path: str) -> Html:
        parts = []
        for title, entries in self._groups:
            lines = (
                f'<li><a href="{root}{page}"{_CURRENT if page == path else ""}>{name}</a></li>'
                for name, page in entries
            )
            parts.append(html(tag("h2", title), tag("ul", Html("".join(lines)))))
        return tag("nav", *parts, aria_label="Contents")


_CURRENT = ' aria-current="page"'


def _navigation(places: Places) -> Iterator[tuple[str, list[tuple[Html, str]]]]:
    """Groups with a title each, of names and pages; made once, as all pages have them."""
    schema = places.schema

    def entry(text: str, page: str) -> tuple[Html, str]:
        # A line may end behind a folder.
        return Html(escape(text).replace("/", "/<wbr>")), escape(page)

    def files(ids: Iterable[ModuleId]) -> list[tuple[Html, str]]:
        return [entry(places.shown_path(id), places.file_page(id)) for id in ids]

    roots = frozenset(schema.roots)
    groups = (
        ("Services", [entry(each.id.name, places.service_page(each.id)) for each in schema.services()]),
        ("Files", files(schema.roots)),
        ("Included files", files(module.id for module in schema.modules if module.id not in roots)),
    )
    return (group for group in groups if group[1])


def start_body(title: str, places: Places) -> Html:
    services: list[tuple[Content, ...]] = [
        (
            link(each.id.name, places.service_page(each.id)),
            code(places.shown_path(each.id.module)),
            _count(len(each.methods), "method"),
            summary(each.doc),
        )
        for each in places.schema.services()
    ]
    files: list[tuple[Content, ...]] = [
        (
            link(places.shown_path(each.id), places.file_page(each.id)),
            each.language,
            code(places.python_module(each.id)),
            summary(each.doc),
        )
        for each in places.schema.modules
    ]
    return html(
        tag("h1", title),
        tag("h2", "Services") if services else None,
        table(("Service", "File", "Size", "Description"), services),
        tag("h2", "Files"),
        table(("File", "Language", "Python", "Description"), files),
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def file_body(module: Module, places: Places) -> Html:
    includes = [link(each.path, f"../{places.file_page(each.target)}") for each in module.includes]
    services = [each for each in module.declarations if isinstance(each, Service)]
    return html(
        tag("h1", tag("span", "file", class_="kind"), " ", places.shown_path(module.id)),
        tag("p", _about(module), " · Python ", code(places.python_module(module.id)), class_="origin"),
        paragraphs(module.doc),
        chips((), module.options),
        tag("p", tag("strong", "Includes "), listed(includes)) if includes else None,
        _contents(module.id, services, places),
        html(*(_group(word, title, module, places) for word, title in _GROUPS)),
    )


def _about(module: Module) -> Html:
    if module.language == "proto":
        package = module.namespace(PACKAGE)
        syntax = f"edition {module.syntax}" if module.syntax and module.syntax.isdigit() else module.syntax
        return html(syntax, html(" · package ", code(package)) if package else None)
    spaces = [html(each.scope, " ", code(each.name)) for each in module.namespaces if each.scope != PACKAGE]
    return html("Thrift", html(" · namespace ", listed(spaces)) if spaces else None)


def _contents(id: ModuleId, services: list[Service], places: Places) -> Html | None:
    if not services:
        return None
    rows: list[tuple[Content, ...]] = [
        (link(each.id.name, f"../{places.of(each.id)}"), summary(each.doc)) for each in services
    ]
    return html(tag("h2", "Services", id="services"), table(("Service", "Description"), rows))


def _group(word: str, title: str, module: Module, places: Places) -> Html | None:
    sections = [
        section(each, places)
        for each in module.declarations
        if not isinstance(each, Service) and kind_word(each) == word
    ]
    return html(tag("h2", title), *sections) if sections else None


def all_pages(title: str, places: Places) -> Iterable[tuple[str, str, tuple[ModuleId, ...]]]:
    """Path, text and sources of every page."""
    schema, frame = places.schema, Frame(title, places)
    yield "index.html", frame.page("index.html", title, start_body(title, places)), schema.roots
    for module in schema.modules:
        path = places.file_page(module.id)
        yield path, frame.page(path, places.shown_path(module.id), file_body(module, places)), (module.id,)

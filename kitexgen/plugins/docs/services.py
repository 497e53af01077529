"""The page of a service: its methods, and those that it has from others."""

from __future__ import annotations

from collections.abc import Iterator

from kitexgen.plugins.docs.declarations import fields, heading
from kitexgen.plugins.docs.html import Content, Html, code, html, link, paragraphs, tag
from kitexgen.plugins.docs.places import Places
from kitexgen.plugins.docs.words import chips, listed, reference, table, type_words
from kitexgen.schema.ids import ModuleId
from kitexgen.schema.services import Method, Service, Streaming

_STREAMS = {
    Streaming.CLIENT: "client streaming",
    Streaming.SERVER: "server streaming",
    Streaming.BIDIRECTIONAL: "bidirectional streaming",
}


def service_body(service: Service, places: Places) -> Html:
    here = service.id.module
    module = places.schema.module(here)
    python = places.python_name(service.id)
    base = None if service.base is None else html(" · extends ", code(reference(service.base, places, here)))
    return html(
        tag("h1", tag("span", "service", class_="kind"), " ", service.id.name),
        tag(
            "p",
            link(places.shown_path(here), f"../{places.file_page(here)}"),
            f" line {module.line(service.name_span)}",
            html(" · Python ", code(python)) if python else None,
            base,
            class_="origin",
        ),
        paragraphs(service.doc),
        chips(service.annotations, service.options),
        _overview(service, places),
        html(*(_method(method, service, places) for method in service.methods)),
        html(*(_inherited(base, places, here) for base in _bases(service, places))),
    )


def _overview(service: Service, places: Places) -> Html:
    names = places.request.names.methods[service.id]
    rows: list[tuple[Content, ...]] = [
        (link(method.name, f"#{method.name}"), code(names[method.name]), _mode(method)) for method in service.methods
    ]
    return table(("Method", "Python", "Kind"), rows)


def _mode(method: Method) -> str | None:
    return "oneway" if method.is_oneway else _STREAMS.get(method.streaming)


def _method(method: Method, service: Service, places: Places) -> Html:
    here = service.id.module
    line = places.schema.module(here).line(method.name_span)
    name = places.request.names.methods[service.id][method.name]
    throws = [type_words(field.type, places, here) for field in method.throws]
    return tag(
        "section",
        heading("h2", _mode(method) or "method", method.name, method.name),
        tag("p", "Python ", code(name), f" · line {line}", class_="origin"),
        paragraphs(method.doc),
        chips(method.annotations, method.options),
        tag("h3", "Arguments") if method.arguments else None,
        fields(method.arguments, {}, places, service.id, prefix=method.name),
        tag("p", tag("strong", "Returns "), code(_result(method, places, here))),
        tag("p", tag("strong", "Raises "), code(listed(throws))) if throws else None,
        class_="declaration",
        id=method.name,
    )


def _result(method: Method, places: Places, here: ModuleId) -> Html:
    if method.result is None:
        return html("nothing" if method.is_oneway else "void")
    is_stream = method.streaming in (Streaming.SERVER, Streaming.BIDIRECTIONAL)
    return html("stream of " if is_stream else None, type_words(method.result, places, here))


def _bases(service: Service, places: Places) -> Iterator[Service]:
    """The services that it extends, nearest first."""
    while service.base is not None:
        found = places.schema.find(service.base)
        assert isinstance(found, Service)
        service = found
        yield service


def _inherited(base: Service, places: Places, here: ModuleId) -> Html:
    page = f"../{places.of(base.id)}"
    methods = [code(link(method.name, f"{page}#{method.name}")) for method in base.methods]
    return tag("p", "From ", code(reference(base.id, places, here)), ": ", listed(methods), class_="note")

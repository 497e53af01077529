"""What `gen --plugin docs:out=FOLDER` does: pages, the search index, and the script and style they share."""

from __future__ import annotations

from pathlib import Path

from kitexgen.codegen.output import OutputFile
from kitexgen.plugins.api import PluginRequest, PluginResponse
from kitexgen.plugins.docs.pages import Frame, all_pages
from kitexgen.plugins.docs.places import Places
from kitexgen.plugins.docs.search import search_index
from kitexgen.plugins.docs.services import service_body
from kitexgen.plugins.options import unknown_options

_ASSETS = Path(__file__).parent / "assets"


def generate(request: PluginRequest, /) -> PluginResponse:
    """`title` is the one option: the name of the reference, "API reference" if not said."""
    if wrong := unknown_options("docs", request.options, ("title",)):
        return PluginResponse(diagnostics=wrong)
    title = str(request.options.get("title", "API reference"))
    places, roots = Places(request), request.schema.roots
    frame = Frame(title, places)
    files = [OutputFile(path, text, sources) for path, text, sources in all_pages(title, places)]
    for service in request.schema.services():
        path = places.service_page(service.id)
        files.append(
            OutputFile(path, frame.page(path, service.id.name, service_body(service, places)), (service.id.module,))
        )
    files.append(OutputFile("assets/search-index.js", search_index(places), roots))
    for asset in sorted(_ASSETS.iterdir()):
        files.append(OutputFile(f"assets/{asset.name}", asset.read_text(encoding="utf-8"), roots))
    return PluginResponse(files=tuple(files))

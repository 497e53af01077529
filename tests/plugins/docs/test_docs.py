"""The pages as text: nothing is lost, nothing unescaped, no link leads nowhere, nothing is loaded from elsewhere."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from kitexgen.plugins.docs.html import html, link, paragraphs, summary, tag

# Elements that end without an end tag.
_VOID = {"meta", "link", "input", "wbr"}


class Page(HTMLParser):
    """The ids, links and sources of a page; `unclosed` are elements without an end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.unclosed: list[str] = []
        self.feed(text)

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if name not in _VOID:
            self.unclosed.append(name)
        self.ids += [given["id"] or ""] if "id" in given else []
        if name == "a":
            self.links.append(given["href"] or "")
        elif name in ("script", "link"):
            self.sources.append(given.get("src") or given.get("href") or "")

    def handle_endtag(self, name: str) -> None:
        assert self.unclosed.pop() == name


def pages(reference: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in reference.rglob("*.html")}


def test_no_link_leads_nowhere(reference: Path) -> None:
    found = pages(reference)
    assert len(found) > 15
    for path, page in found.items():
        for href in page.links:
            file, _, anchor = href.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target in found, f"{path.name}: {href}"
            assert not anchor or unquote(anchor) in found[target].ids, f"{path.name}: {href}"


def test_pages_are_well_formed_and_load_only_what_stands_beside_them(reference: Path) -> None:
    for path, page in pages(reference).items():
        assert page.unclosed == []
        assert len(page.ids) == len(set(page.ids)), path.name
        for source in page.sources:
            assert source == "data:," or (path.parent / source).is_file()


def test_every_entry_of_the_search_stands_where_it_says(reference: Path) -> None:
    found = pages(reference)
    script = (reference / "assets/search-index.js").read_text()
    entries = json.loads(script[script.index("[") : script.rindex("]") + 1].replace(",\n]", "\n]"))
    assert len(entries) > 300
    for name, kind, href, *_ in entries:
        file, _, anchor = href.partition("#")
        page = found[reference / file]
        assert not anchor or anchor in page.ids, (name, kind, href)
    kinds = {kind for _, kind, *_ in entries}
    assert {"service", "method", "struct", "message", "enum", "member", "field", "typedef", "const", "union"} <= kinds


def test_what_authors_write_is_text(reference: Path) -> None:
    page = (reference / "file/hostile.hostile.html").read_text()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>bold" not in page
    assert "&lt;script&gt;alert(&quot;file&quot;)" in page
    assert '<p class="doc">First. Second &lt;b&gt;bold' in page
    assert page.count('class="doc"') == 3
    assert "<title>hostile.thrift · Shop &amp; Co</title>" in page or "hostile.thrift · Shop &amp; Co" in page


def test_a_service_page_tells_all_of_a_method(reference: Path) -> None:
    page = (reference / "service/shop.orders.orders_service.html").read_text()
    text = re.sub(r"<[^>]+>", " ", page)
    for word in ("placeOrder", "place_order", "Places an order.", "OrderRefused", "catalog.ProductNotFound", "oneway"):
        assert word in text
    assert 'href="../service/shop.catalog.base.html#ping"' in page


def test_a_field_table_has_numbers_names_and_defaults(reference: Path) -> None:
    page = (reference / "file/shop.catalog.catalog.html").read_text()
    row = page[page.index('id="Product.category"') : page.index('id="Product.price"')]
    assert "<code>category</code>" in row
    assert '<a href="../file/shop.catalog.catalog.html#Category">Category</a>' in row
    assert "<code>OTHER</code>" in row
    assert "py.comment = &quot;PNG&quot;" in page


def test_the_words_of_protobuf(reference: Path) -> None:
    page = re.sub(r"<[^>]+>", "", next(reference.glob("file/kitchen.sink.kitchen_sink_*.html")).read_text())
    for word in ("edition 2023", "repeated string", "Reserved: 2 to 4", "one of", "Extends"):
        assert word in page


def test_html_escapes_all_but_html() -> None:
    assert html("<", tag("b", "&"), None) == "&lt;<b>&amp;</b>"
    assert link("a", 'x"y', aria_current=None, class_="k") == '<a href="x&quot;y" class="k">a</a>'
    assert paragraphs(None) == ""
    assert paragraphs("a\n  b\n\nc") == '<p class="doc">a\nb</p><p class="doc">c</p>'
    assert summary("One two. Three.\n\nFour") == "One two."
    assert summary(None) == ""

"""HTML in which nothing is left unescaped by mistake: text is escaped, only `Html` is not."""

from __future__ import annotations

from html import escape


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = str | Html | None


def html(*parts: Content) -> Html:
    """`parts` one after the other, text among them escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts if part))


def tag(name: str, *parts: Content, **attributes: str | None) -> Html:
    """An element; `class_` is the attribute `class`, `aria_label` is `aria-label`. One with None is left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{given}>{html(*parts)}</{name}>")


def link(text: Content, href: str, **attributes: str | None) -> Html:
    return tag("a", text, href=href, **attributes)


def code(*parts: Content) -> Html:
    return tag("code", *parts)


def joined(separator: str, parts: list[Html]) -> Html:
    return Html(escape(separator).join(parts))


def paragraphs(doc: str | None) -> Html:
    """A doc comment, as its author laid it out."""
    if not doc:
        return Html()
    blocks = [block for block in doc.replace("\r\n", "\n").split("\n\n") if block.strip()]
    return html(*(tag("p", _dedented(block), class_="doc") for block in blocks))


def summary(doc: str | None) -> str:
    """The first sentence or line of a doc comment."""
    text = " ".join((doc or "").split("\n\n")[0].split())
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def _dedented(block: str) -> str:
    return "\n".join(line.strip() for line in block.strip().splitlines())

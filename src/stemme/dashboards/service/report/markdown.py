"""The office's markdown: as clean HTML for a page, and as plain nodes for the printer."""

from __future__ import annotations

from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

TAGS = {"p", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br"}
LONGEST = 20_000
"""Signs of one section's text."""

Node = dict[str, Any]
"""What the printer's template knows: `t` is the kind, `c` children, `s` text, `u` an address."""

_KINDS = {
    "paragraph": "p",
    "heading": "h",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "q",
    "strong": "b",
    "em": "i",
    "softbreak": "space",
    "hardbreak": "br",
}


@cache
def _reader() -> MarkdownIt:
    """CommonMark without HTML, pictures and code: a report is prose."""
    made = MarkdownIt("commonmark", {"html": False})
    return made.disable(["image", "code", "fence", "backticks", "html_block", "html_inline"])


def to_html(text: str) -> str:
    """Give clean HTML; every heading is one below a section's, and foreign addresses are marked."""
    tokens = _reader().parse(text[:LONGEST])
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3"
    drawn = _reader().renderer.render(tokens, _reader().options, {})
    return nh3.clean(
        drawn, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )


def to_nodes(text: str) -> list[Node]:
    """Give the same as nodes; nothing of the text is ever read as the printer's own language."""
    tree = SyntaxTreeNode(_reader().parse(text[:LONGEST]))
    return [node for child in tree.children for node in _nodes(child)]


def _nodes(node: SyntaxTreeNode) -> list[Node]:
    children = [one for child in node.children for one in _nodes(child)]
    if node.type == "inline":
        return children
    if node.type == "text":
        return [{"t": "text", "s": node.content}]
    if node.type == "link":
        address = str(node.attrs.get("href", ""))
        safe = address.startswith(("http://", "https://", "mailto:"))
        return [{"t": "a", "u": address, "c": children}] if safe else children
    kind = _KINDS.get(node.type)
    return [{"t": kind, "c": children}] if kind else children

"""Formulas as MathML, which browsers draw themselves: no script, no network, and they print."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
FUNCTIONS = frozenset(
    {"sin", "cos", "tan", "arcsin", "arccos", "arctan", "atan2", "dist", "area", "off", "sign", "tr"}
)
"""Names that have a little room to either side, unless a bracket follows."""
THIN = "0.167em"
NAMED = re.compile(r"\\operatorname\{(\w+)\}")


def mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as MathML.

    What the converter leaves to the browser is said: bars are brackets and not relations, so they have no room
    around them; names of functions are words; a prime is a sign, not a letter.
    """
    text = convert(NAMED.sub(r"\\text{\1}", latex), display=display)
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.fromstring(text)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "mo" and element.text == "|" and element.get("form") is None:
            element.set("lspace", "0")
            element.set("rspace", "0")
        if tag == "mi" and element.text == "′":
            element.tag = f"{{{NAMESPACE}}}mo"
        if tag in ("math", "mrow", "mtd"):
            _give_room(element)
    return ElementTree.tostring(root, encoding="unicode")


def _give_room(row: ElementTree.Element) -> None:
    """Put a thin space before and after the names of functions in a row."""
    children = list(row)
    for at in reversed(range(len(children))):
        first = next(iter(children[at]), children[at])  # of sin², the sin
        if first.text not in FUNCTIONS or children[at].tag.endswith("}mrow"):
            continue
        follower = children[at + 1].text if at + 1 < len(children) else "("
        if follower not in ("(", ")", "|"):
            row.insert(at + 1, _space())
        if at > 0 and children[at - 1].tag.rpartition("}")[2] not in ("mo", "mspace"):
            row.insert(at, _space())


def _space() -> ElementTree.Element:
    return ElementTree.Element(f"{{{NAMESPACE}}}mspace", {"width": THIN})


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _display(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(mathml(node.astext(), "block"))
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

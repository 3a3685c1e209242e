"""Read XML from people who are not fully trusted: no entities, no network, no doctype, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from engine.errors import N_, DefinitionRefused, Problem

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 50_000


def read_xml(content: bytes, file: str) -> etree._Element:
    """Return the root element of ``content``.

    Raises DefinitionRefused, naming file and line, when it is no well-formed XML, is larger than 2 MiB, nests deeper than 100
    elements, or has a document type declaration (entities can hide files and grow without bound).
    """
    if len(content) > MAX_BYTES:
        raise _refused(N_("The file has %(size)d bytes; at most %(limit)d are read."), file, size=len(content), limit=MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
                             remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        raise _refused(N_("This is not well-formed XML: %(reason)s"), file, line=line, reason=str(error)) from error
    if root is None:
        raise _refused(N_("The file is empty; an XML document was expected."), file)
    if root.getroottree().docinfo.doctype:
        raise _refused(N_("A document type declaration (<!DOCTYPE …>) is not allowed."), file, line=1)
    _check_shape(root, file)
    return root


def _check_shape(root: etree._Element, file: str) -> None:
    stack = [(root, 1)]
    count = 0
    while stack:
        element, depth = stack.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise _refused(N_("The document is too deep or too large: at most %(depth)d levels and %(count)d elements are read."),
                           file, line=element.sourceline or 0, depth=MAX_DEPTH, count=MAX_ELEMENTS)
        stack.extend((child, depth + 1) for child in element)


def _refused(template: str, file: str, line: int = 0, **params: object) -> DefinitionRefused:
    problem = Problem(template, params, file=file, line=line, rule="readable")
    return DefinitionRefused(N_("%(file)s cannot be read."), file=file, problems=[problem])

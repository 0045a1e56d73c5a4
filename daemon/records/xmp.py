"""The XMP text of a picture, by which the Finder and Spotlight find its prompt. Pure."""

from __future__ import annotations

from daemon import __version__
from daemon.jobfile.a1111_settings import OURS
from daemon.text.printable import is_unsafe

SOFTWARE = f"{OURS} {__version__}"


def description(prompt: str) -> str:
    """An XMP packet that says what the picture shows."""
    text = _escaped("".join(c for c in prompt if c in "\t\n" or not is_unsafe(c)))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<xmp:CreatorTool>{SOFTWARE}</xmp:CreatorTool>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt>'
        "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )


def _escaped(text: str) -> str:
    """As `xml.sax.saxutils` does it, whose import brings a web client into every supervisor."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""The note in every file that nobody was filmed, photographed or recorded: for people as a sentence, for machines as
the digital source type of the IPTC, https://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic: "mix or
composite of several elements, at least one of which is synthetic". That holds for a drawn portrait and a clip alike.

It travels as XMP (ISO 16684-1), where its part 3 puts it: a text chunk of PNG, a box of MP4, an extension of GIF.
"""

from __future__ import annotations

import struct
import zlib

MARK = "AI-generated character (ChatAnything)"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}">
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{MARK}</rdf:li></rdf:Alt></dc:description>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()
"""Always the same bytes: files are stored under the hash of their content."""

_PNG_HEADER = 8 + 25  # signature and IHDR, which comes first
_KEYWORD = b"XML:com.adobe.xmp"
_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def marked_png(png: bytes) -> bytes:
    """A PNG with the mark, right behind its header (XMP part 3, section 1.1.5)."""
    chunk = b"iTXt" + _KEYWORD + bytes(5) + XMP  # end of keyword, not compressed, no language, no translation
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:_PNG_HEADER] + whole + png[_PNG_HEADER:]


def marked_mp4(mp4: bytes) -> bytes:
    """An MP4 with the mark at its end, where no offset changes (XMP part 3, section 1.2.7.1)."""
    return mp4 + struct.pack(">I", 24 + len(XMP)) + b"uuid" + _BOX + XMP


def marked_gif(gif: bytes) -> bytes:
    """A GIF with the mark before its end (XMP part 3, section 1.1.2). The packet is no chain of blocks, as GIF wants
    it: readers that take its letters for lengths land in the trailer, where every byte leads to its end."""
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
    return gif[:-1] + b"\x21\xff\x0bXMP DataXMP" + XMP + trailer + gif[-1:]

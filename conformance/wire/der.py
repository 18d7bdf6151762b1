"""The few pieces of DER (ITU-T X.690) that certificates need and the cryptography package does not make:
object identifiers and sequences inside ``otherName`` values and raw extensions.
"""

from __future__ import annotations

OBJECT_IDENTIFIER = 0x06
OCTET_STRING = 0x04
SEQUENCE = 0x30


def encode(tag: int, *contents: bytes) -> bytes:
    """Return one tag, length and value; the contents are joined."""
    content = b"".join(contents)
    return bytes([tag]) + _length(len(content)) + content


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def encode_oid(dotted: str) -> bytes:
    """Return an object identifier. Raises ``ValueError`` when the text is not two or more numbers with dots."""
    arcs = [int(arc) for arc in dotted.split(".") if arc.isascii() and arc.isdigit()]
    if len(arcs) < 2 or len(arcs) != dotted.count(".") + 1 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise ValueError(f"{dotted!r} is not an object identifier")
    return encode(OBJECT_IDENTIFIER, *(_base128(arc) for arc in (arcs[0] * 40 + arcs[1], *arcs[2:])))


def _base128(number: int) -> bytes:
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(0x80 | number & 0x7F)
    return bytes(reversed(octets))


def decode(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of the first element and what follows it. Raises ``ValueError``."""
    if len(data) < 2 or data[0] != tag:
        raise ValueError(f"expected DER tag {tag:#04x}")
    start, count = 2, data[1]
    if count & 0x80:
        start = 2 + (count & 0x7F)
        count = int.from_bytes(data[2:start], "big")
    if len(data) < start + count:
        raise ValueError("DER element ends early")
    return data[start : start + count], data[start + count :]


def decode_oid(content: bytes) -> str:
    """Return the dotted text of an object identifier's content. Raises ``ValueError``."""
    if not content or content[-1] & 0x80:
        raise ValueError("object identifier ends early")
    arcs, number = [], 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(number)
            number = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - first * 40, *arcs[1:]))

"""The name of a device in its certificate: HardwareModuleName of RFC 4108 section 5, as IEEE 2030.5-2018
6.11 asks for it in the subject alternative name.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.wire import der

HARDWARE_MODULE_NAME = "1.3.6.1.5.5.7.8.4"


@dataclass(frozen=True, slots=True)
class HardwareModuleName:
    """Type of the hardware, a dotted object identifier below the maker's PEN, and its serial number."""

    hw_type: str
    serial: bytes

    def encode(self) -> bytes:
        """Return the DER sequence. Raises ``ValueError`` when the type is no object identifier."""
        return der.encode(der.SEQUENCE, der.encode_oid(self.hw_type), der.encode(der.OCTET_STRING, self.serial))

    @classmethod
    def decode(cls, data: bytes) -> HardwareModuleName:
        """Read the DER sequence. Raises ``ValueError`` when it is not one."""
        content, rest = der.decode(data, der.SEQUENCE)
        hw_type, after = der.decode(content, der.OBJECT_IDENTIFIER)
        serial, last = der.decode(after, der.OCTET_STRING)
        if rest or last:
            raise ValueError("more than a type and a serial number")
        return cls(der.decode_oid(hw_type), serial)

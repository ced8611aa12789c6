"""Unpacks the body of an answer with a limit that holds: 48 kB on the wire can be 50 MB unpacked."""

from __future__ import annotations

import zlib


class TooLarge(Exception):
    """More bytes than are taken in."""


class Gunzip:
    """Unpacks gzip, members one after the other, with a limit that holds inside a chunk too."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._fed = False

    def feed(self, chunk: bytes, limit: int) -> bytes:
        """Unpacks what has come.

        Raises:
            TooLarge: It is more than `limit` bytes.
            zlib.error: It is not packed as it says.
        """
        out = b""
        while chunk:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            self._fed = True
            out += self._member.decompress(chunk, limit + 1 - len(out))
            if len(out) > limit or self._member.unconsumed_tail:
                raise TooLarge
            chunk = self._member.unused_data
        return out

    def end(self) -> None:
        """Nothing more comes.

        Raises:
            zlib.error: The packed body breaks off.
        """
        if self._fed and not self._member.eof:
            raise zlib.error("the packed body breaks off")

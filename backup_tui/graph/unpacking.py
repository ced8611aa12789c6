"""Unpacks the body of an answer within limits that hold: 48 kB on the wire can be 50 MB unpacked, 30 MB can be 5 GB."""

import gc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from backup_tui.graph.wire import FailureKind, TransportFailure

MOST_OBJECTS = 300_000
"""Objects and lists in one answer: the largest page that fits into the bytes that are taken in has fewer."""

MOST_VALUES = 1_500_000  # values in one answer, as their commas tell


def holds_too_much(body: bytes) -> bool:
    """Whether a body would become more objects than the bytes of an honest one could be. Signs are counted in texts as
    well: that costs a thousandth of parsing, and no memory."""
    return body.count(b"{") + body.count(b"[") > MOST_OBJECTS or body.count(b",") > MOST_VALUES


@contextmanager
def without_collector() -> Iterator[None]:
    """Makes many objects of which none is in a ring: looking for rings meanwhile takes longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class TooLarge(Exception):
    """More bytes than are taken in."""


class Gunzip:
    """Unpacks gzip, members one after the other, with a limit that holds inside a chunk too."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._fed = False

    def feed(self, chunk: bytes, limit: int) -> bytes:
        """Unpacks what has come. Raises `TooLarge`: it is more than `limit` bytes; `zlib.error`: its packing is
        broken."""
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
        """Nothing more comes. Raises `zlib.error`: the compressed body is incomplete."""
        if self._fed and not self._member.eof:
            raise zlib.error("the compressed body is incomplete")


class Unpacker:
    """Takes the chunks of a body and unpacks them, never more than `limit` bytes of all together.

    Args:
        packing: The header `Content-Encoding`; empty where there is none. Raises `zlib.error`: it is unknown.
        limit: Bytes, unpacked.
    """

    def __init__(self, packing: str, limit: int) -> None:
        name = packing.strip().lower()
        if name not in ("identity", "", "gzip", "x-gzip"):
            raise zlib.error(f"unknown compression {name[:20]}")
        self._gunzip = Gunzip() if "gzip" in name else None
        self._left = limit

    def feed(self, chunk: bytes) -> bytes:
        """Unpacks what has come. Raises `TooLarge`: it is more than the limit; `zlib.error`: its packing is broken."""
        part = self._gunzip.feed(chunk, self._left) if self._gunzip else chunk
        self._left -= len(part)
        if self._left < 0:
            raise TooLarge
        return part

    def end(self) -> None:
        """Nothing more comes. Raises `zlib.error`: the compressed body is incomplete."""
        if self._gunzip:
            self._gunzip.end()


def too_large(limit: int, status: int | None) -> TransportFailure:
    """The failure of an answer of more than `limit` bytes."""
    cause = f"larger than {limit // 1024 // 1024} MB"
    return TransportFailure(FailureKind.TOO_LARGE, sent=True, cause=cause, status=status)


def packed_badly(status: int | None) -> TransportFailure:
    """The failure of an answer that cannot be unpacked."""
    cause = "its compression is damaged"
    return TransportFailure(FailureKind.PACKED_BADLY, sent=True, cause=cause, status=status)

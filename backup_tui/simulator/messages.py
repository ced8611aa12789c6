"""Messages between a service in a process of its own and the process that asks it: the length, then msgpack."""

import asyncio
from typing import Any

from msgspec import msgpack

_LENGTH = 4


async def read_message(reader: asyncio.StreamReader) -> Any:
    """Return the next message. Raises ``asyncio.IncompleteReadError``: the other side closed."""
    size = int.from_bytes(await reader.readexactly(_LENGTH))
    return msgpack.decode(await reader.readexactly(size))


def write_message(writer: asyncio.StreamWriter, message: object) -> None:
    """Send a message."""
    packed = msgpack.encode(message)
    writer.write(len(packed).to_bytes(_LENGTH) + packed)

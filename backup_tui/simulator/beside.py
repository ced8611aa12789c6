"""The service in a process of its own beside the one that asks, over a pair of sockets: `beside(PATHS)`.

The first message from here holds the points that the history
restores; then every request `(number, scope, body)` is answered with `(number, status, headers, body)`, and with status
0 where the connection was dropped. It ends when the other side closes, however that ended.
"""

import asyncio
import os
import socket
import sys
from typing import Any

from backup_tui.simulator.app import create_app
from backup_tui.simulator.control.faults import ConnectionDropped
from backup_tui.simulator.domain.points import point_id
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.messages import read_message, write_message
from backup_tui.simulator.settings import Settings


def known_points(service: Service) -> list[tuple[str, str, str, str, str, bool]]:
    """Whose points the history restores, which the service never tells: the point's id, the unit's id, its service, its
    address or name, its URL, and whether the point is an express one."""
    return [
        (
            point_id(artifact.unit, artifact.moment),
            artifact.unit.id,
            artifact.unit.workload.key,
            artifact.unit.address or artifact.unit.name or "",
            artifact.unit.url or "",
            artifact.express,
        )
        for session in service.sessions.values()
        for artifact in session.artifacts
    ]


def main() -> None:
    """Serves until the other side of the socket that is standard input closes."""
    speed = float(sys.argv[1])
    with socket.socket(fileno=os.dup(0)) as ours:
        asyncio.run(_serve(ours, speed))


async def _serve(ours: socket.socket, speed: float) -> None:
    app = create_app(Settings(speed=speed))
    reader, writer = await asyncio.open_connection(sock=ours)
    write_message(writer, known_points(app.state.service))
    answers: set[asyncio.Task[None]] = set()
    while True:
        try:
            number, scope, body = await read_message(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        answer = asyncio.create_task(_answer(app, writer, number, scope, body))
        answers.add(answer)
        answer.add_done_callback(answers.discard)


async def _answer(app: Any, writer: asyncio.StreamWriter, number: int, scope: dict[str, Any], body: bytes) -> None:
    parts: list[bytes] = []
    start: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    try:
        await app({**scope, "headers": [tuple(pair) for pair in scope["headers"]]}, receive, send)
    except ConnectionDropped:
        write_message(writer, (number, 0, (), b""))
    else:
        write_message(writer, (number, start["status"], start["headers"], b"".join(parts)))

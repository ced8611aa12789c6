"""The service in a process of its own beside the one that asks, over a pair of sockets: `beside(PATHS)`.

The first message from here holds what the service knows of its past and never tells; then every request
`(number, scope, body)` is answered with `(number, status, headers, body)`, and with status 0 where the connection was
dropped. It ends when the other side closes, however that ended.
"""

import asyncio
import os
import socket
import sys
from typing import Any

from backup_tui.simulator.app import create_app
from backup_tui.simulator.control.faults import ConnectionDropped
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.messages import read_message, write_message
from backup_tui.simulator.settings import Settings, in_scene


def known_past(service: Service) -> dict[str, list[tuple[Any, ...]]]:
    """What the service never tells of its sessions, and who drafts from here would know: ``sessions`` with the id, the
    label in the story of the scene, the service, when it was made and activated (seconds since 1970; None for a draft)
    and the object id of who made it; ``points`` with the session, the point's id, its moment, the unit's id, its
    address or name, its URL, the destination, and whether the point is an express one."""
    labels = {session_id: label for label, session_id in service.labels.items()}
    return {
        "sessions": [
            (
                session.id,
                labels.get(session.id, ""),
                session.workload.key,
                session.created,
                session.activated,
                session.created_by.user_id or "",
            )
            for session in service.sessions.values()
        ],
        "points": [
            (
                session.id,
                artifact.point_id,
                artifact.moment,
                artifact.unit.id,
                artifact.unit.address or artifact.unit.name or "",
                artifact.unit.url or "",
                artifact.destination,
                artifact.express,
            )
            for session in service.sessions.values()
            for artifact in session.artifacts
        ],
    }


def main() -> None:
    """Serves until the other side of the socket that is standard input closes."""
    speed, scene = sys.argv[1:3]
    with socket.socket(fileno=os.dup(0)) as ours:
        asyncio.run(_serve(ours, in_scene(scene, float(speed))))


async def _serve(ours: socket.socket, settings: Settings) -> None:
    app = create_app(settings)
    reader, writer = await asyncio.open_connection(sock=ours)
    write_message(writer, known_past(app.state.service))
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

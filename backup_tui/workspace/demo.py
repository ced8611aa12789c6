"""The demo: who signs in, the simulated service that answers, and what it knows of its past."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.config import Settings, Token
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.store.likely_names import likely_name

DEMO_SPEED = 60  # how many times faster restores run in the demo

USUAL = "usual"  # the scene that the demo begins in unless another one is named

DEMO_URL = "http://127.0.0.1/v1.0"

_CLAIMS = {
    "tid": "1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10",
    "oid": "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    "upn": "adele.vance@contoso.com",
    "name": "Adele Vance",
    "scp": "BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All BackupRestore-Monitor.Read.All",
}
"""The simulated service takes any token, and this one's claims as they are."""


def demo_token(claims: Mapping[str, object] | None = None) -> Token:
    """A token with the demo's claims or others, unsigned and without an end."""
    text = base64.urlsafe_b64encode(json.dumps(claims or _CLAIMS).encode()).decode().rstrip("=")
    return Token(f"e30.{text}.demo")


def recorded_claims(path: Path) -> Mapping[str, object]:
    """Who made a recording, as a token would say. Raises `UsageError`: it cannot be read."""
    from backup_tui.graph.recording import Replay

    return Replay(path).claims


def demo_service(scene: str = USUAL) -> Any:
    """A new simulated service (an ASGI application) whose restores run `DEMO_SPEED` times as fast."""
    from backup_tui.simulator.app import create_app
    from backup_tui.simulator.settings import in_scene

    return create_app(in_scene(scene, DEMO_SPEED))


class DemoSession(Struct, frozen=True):
    """A restore session of the demo's past, with what only who drafted it can know."""

    id: str
    label: str  # what it is in the story of the scene: `plan 2`, `drill 1`; empty for a session outside of it
    service: Service
    destination: Destination
    created: datetime
    started: datetime | None  # when it was started (UTC); `None` for a draft
    by: str  # object id of who drafted it; empty for an application
    points: tuple[PointUnit, ...]  # what it restores, in its order; points of units without a name are missing


def demo_past(service: Any) -> tuple[DemoSession, ...]:
    """The sessions of a demo whose service is in this process, oldest first."""
    from backup_tui.simulator.beside import known_past

    return read_past(known_past(service.state.service))


def points_of(past: Iterable[DemoSession]) -> tuple[PointUnit, ...]:
    """Whose points the sessions go back to."""
    return tuple(point for session in past for point in session.points)


def read_past(known: Mapping[str, Iterable[Sequence[Any]]]) -> tuple[DemoSession, ...]:
    """The sessions, oldest first, from what `simulator.beside.known_past` says of them."""
    sessions = list(known["sessions"])
    services = {one[0]: Service(one[2]) for one in sessions}
    places: dict[str, Destination] = {}
    points: dict[str, list[PointUnit]] = {}
    for session_id, point_id, moment, unit_id, name, url, destination, express in known["points"]:
        places[session_id] = Destination(destination)
        if name := name or likely_name(url, copy=False):
            at = datetime.fromtimestamp(moment, UTC)
            point = PointUnit(point_id, unit_id, name, services[session_id], at, express=express)
            points.setdefault(session_id, []).append(point)
    return tuple(
        DemoSession(
            session_id,
            label,
            services[session_id],
            places[session_id],
            datetime.fromtimestamp(created, UTC),
            None if started is None else datetime.fromtimestamp(started, UTC),
            by,
            tuple(points.get(session_id, ())),
        )
        for session_id, label, _, created, started, by in sessions
    )


APPROVED_AFTER = 20.0
"""Seconds after which the demo's sign-in is approved automatically, for people without a browser on that machine."""

REHEARSAL = (
    "This is a rehearsal: the page, the account and the tenant are simulated. No password is asked for.",
    f"Open the page in a browser on this machine and follow it, or wait: after {APPROVED_AFTER:.0f} s the demo "
    "continues as if you had done so. With a real tenant, this looks the same.",
)
"""What the demo's sign-in says of itself."""


@contextmanager
def served_demo(settings: Settings) -> Iterator[Settings]:
    """The settings as they are; for a demo that begins at a sign-in, with a service that listens on a free port of this
    machine, for msal speaks to an authority over a connection. Raises `OSError`: no port can be had."""
    if not settings.demo_sign_in or settings.sign_in is None:
        yield settings
        return
    from backup_tui.simulator.server import running
    from backup_tui.simulator.settings import in_scene

    with running(in_scene(settings.scene or USUAL, DEMO_SPEED)) as served:
        switches = served.service.authority.switches
        switches.sign_in, switches.after = "approve", APPROVED_AFTER
        sign_in = replace(
            settings.sign_in, authority=served.base_url.removesuffix("/v1.0") + "/_authority", tenant="contoso.com"
        )
        yield replace(settings, graph_url=served.base_url, sign_in=sign_in)

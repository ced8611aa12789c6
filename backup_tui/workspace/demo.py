"""The demo: who signs in, and the simulated service that answers."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from backup_tui.config import Settings, Token
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Service
from backup_tui.store.likely_names import likely_name

DEMO_SPEED = 60
"""How many times faster restores run in the demo."""

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


def demo_service() -> Any:
    """A new simulated service (an ASGI application) whose restores run `DEMO_SPEED` times as fast."""
    from backup_tui.simulator.app import create_app
    from backup_tui.simulator.settings import Settings as Simulated

    return create_app(Simulated(speed=DEMO_SPEED))


def demo_points(service: Any) -> tuple[PointUnit, ...]:
    """Whose points the demo's restores go back to, as if this machine had drafted them: the service never tells."""
    from backup_tui.simulator.beside import known_points

    return points_of(known_points(service.state.service))


def points_of(known: Iterable[tuple[str, str, str, str, str, bool]]) -> tuple[PointUnit, ...]:
    """The points with a name, from what `simulator.beside.known_points` says of them."""
    points = (
        PointUnit(point_id, unit_id, name or likely_name(url, copy=False), Service(service), express=express)
        for point_id, unit_id, service, name, url, express in known
    )
    return tuple(point for point in points if point.unit_name)


APPROVED_AFTER = 20.0
"""Seconds after which the demo's sign-in is approved automatically, for people without a browser on that machine."""


@contextmanager
def served_demo(settings: Settings) -> Iterator[Settings]:
    """The settings as they are; for a demo that begins at a sign-in, with a service that listens on a free port of this
    machine, for msal speaks to an authority over a connection. Raises `OSError`: no port can be had."""
    if not settings.demo_sign_in or settings.sign_in is None:
        yield settings
        return
    from backup_tui.simulator.server import running
    from backup_tui.simulator.settings import Settings as Simulated

    with running(Simulated(speed=DEMO_SPEED)) as served:
        switches = served.service.authority.switches
        switches.sign_in, switches.after = "approve", APPROVED_AFTER
        sign_in = replace(
            settings.sign_in, authority=served.base_url.removesuffix("/v1.0") + "/_authority", tenant="contoso.com"
        )
        yield replace(settings, graph_url=served.base_url, sign_in=sign_in)

"""Makes the pictures of README.md and docs/: `python screenshots/make.py [FOLDER]`.

They come from the simulated tenant, in this process, with every clock standing still, so the same code makes the same
SVG files on every machine. The one of README.md gets a PNG beside it, for those who show no SVG; that takes
`rsvg-convert`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from drawing import drawn
from textual import events
from textual.pilot import Pilot

from backup_tui.config import Settings, Token
from backup_tui.models.clock import ManualClock
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain import clock as simulator_clock
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.ui.app import BackupTui
from backup_tui.ui.start import make_app
from backup_tui.workspace import Workspace

SIZE = (100, 30)
NOW = datetime(2026, 11, 22, 14, 32, 10, tzinfo=UTC)
Clock = ManualClock | simulator_clock.ManualClock
CLAIMS = {
    "tid": "f00d0000-0000-4000-8000-00000000cafe",
    "oid": "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    "upn": "adele.vance@contoso.com",
    "name": "Adele Vance",
    "scp": "BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All",
}
IN_README = "overview"
ZOOM = 1.5
"""Pixels of a PNG for one of its SVG."""
TURNS = 2_000
"""How many turns of the loop a picture may wait for what it shows."""


PLAN = """\
version = 1
name = "ransom-22nov"
service = "onedrive"
list = "names.csv"
before = "2026-11-22 14:17"
zone = "Europe/Berlin"
to = "in-place"

[limits]
units_per_session = 120

[[wave]]
name = "directors"
members = ["wave=directors"]

[[wave]]
name = "finance"
members = ["wave=finance"]
needs_yes = false

[[wave]]
name = "the rest"
"""


class Camera:
    """The program on a simulated service, and a folder for its pictures."""

    def __init__(self, pilot: Pilot[Any], service: Service, clocks: Sequence[Clock], folder: Path) -> None:
        self.pilot = pilot
        self.service = service
        self.clocks = clocks
        self.folder = folder

    @property
    def app(self) -> BackupTui:
        """The running program."""
        app = self.pilot.app
        assert isinstance(app, BackupTui)
        return app

    @property
    def text(self) -> str:
        """What the screen shows, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    async def until(self, words: str) -> None:
        """Lets the program run until it shows these words.

        Raises:
            LookupError: It does not.
        """
        await self.until_so(lambda: words in self.text, words)

    async def until_so(self, happened: Callable[[], bool], what: str) -> None:
        """Lets the program run until a condition holds.

        Raises:
            LookupError: It does not come.
        """
        for _ in range(TURNS):
            if happened():
                return
            await self.pilot.pause(0.005)
        raise LookupError(f"never seen: {what}\n{self.text}")

    async def press(self, *keys: str) -> None:
        """Presses keys, one after another."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Types a text as a person does, so that it is not taken for a paste."""
        await self.pilot.press(*text)

    async def paste(self, text: str) -> None:
        """Pastes a text."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    def advance(self, minutes: float) -> None:
        """Moves all clocks on."""
        for clock in self.clocks:
            clock.advance(minutes * 60)

    def accounts(self, count: int) -> list[str]:
        """Addresses of OneDrive accounts, one of which is held and cannot be restored in place."""
        units = [unit for unit in self.service.tenant.units["onedrive"] if unit.policy and unit.address]
        held = next(unit.address for unit in units if unit.trait == "held")
        sound = [unit.address for unit in units if unit.trait == "sound" and not unit.error]
        return [held, *sound][:count]

    def write_plan(self, folder: Path) -> Path:
        """Writes a plan of OneDrive accounts, without those of the restore that runs, and its list."""
        names = [self.accounts(1)[0], *self.accounts(900)[300:]]
        waves = ["directors"] * 40 + ["finance"] * 240 + [""] * (len(names) - 280)
        rows = "".join(f"{name},{wave}\n" for name, wave in zip(names, waves, strict=True))
        (folder / "names.csv").write_text(f"address,wave\n{rows}", encoding="utf-8")
        file = folder / "ransom-22nov.toml"
        file.write_text(PLAN, encoding="utf-8")
        return file

    async def take(self, name: str) -> None:
        """Takes a picture once everything that is under way has been drawn."""
        await self.pilot.pause(0.3)
        file = self.folder / f"{name}.svg"
        file.write_text(drawn(self.app, "backup-tui"), encoding="utf-8")
        print(file)


def token_of(domain: str) -> Token:
    """The token of an administrator of a tenant."""
    claims = CLAIMS | {"upn": f"adele.vance@{domain}"}
    return Token(f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.x")


def app_on(settings: Settings, clock: ManualClock, service: Any) -> BackupTui:
    """The program on a simulated service."""
    return make_app(Workspace(settings, clock=clock, service=service))


@asynccontextmanager
async def camera(
    folder: Path, units: int = 300, size: tuple[int, int] = SIZE, program: Callable[..., BackupTui] = app_on
) -> AsyncIterator[Camera]:
    """Opens the program with all clocks at `NOW`, on a tenant of so many units. `program`: what makes the app."""
    clock, service_clock = ManualClock(NOW), simulator_clock.ManualClock(NOW)
    service = create_app(Simulated(units=units, speed=1), service_clock)
    with tempfile.TemporaryDirectory() as state:
        settings = Settings(
            graph_url="http://127.0.0.1/v1.0",
            token=token_of("contoso.com"),
            profile="production",
            tz="Europe/Berlin",
            state_dir=Path(state),
        )
        app = program(settings, clock, service)
        async with app.run_test(size=size) as pilot:
            yield Camera(pilot, service.state.service, (clock, service_clock), folder)


async def walk(folder: Path) -> None:
    """The main job, with a picture at each of its stations."""
    async with camera(folder) as see:
        await see.until("Needs you")
        await see.until("last unit finished")
        await see.press("4")
        for service in ("Exchange", "OneDrive", "SharePoint"):
            await see.until(f"[{service}")
            await see.until("✓ protected")
            await see.press("tab")
        await see.press("1")
        await see.until_so(lambda: "  … " not in see.text, "how many units are protected")
        await see.take("overview")

        await see.press("3")
        await see.until("1 running")
        await see.take("sessions")

        await see.press("n")
        await see.until("New restore")
        await see.press("enter")
        await see.paste("\n".join(see.accounts(14)))
        await see.until("14 OneDrive accounts")
        await see.press("enter")
        await see.type("2026-11-22 14:17")
        await see.press("enter")
        await see.until("standard")
        await see.press("enter", "right")
        await see.until("rolled back")
        await see.take("new-restore")

        await see.press("tab", "tab", "enter")
        await see.until("overwrite 14 contoso")
        await see.take("review")

        await see.type("overwrite 14 contoso")
        await see.press("enter")
        await see.until("you can disconnect")
        await see.press("enter")
        await see.until("▌OneDrive")
        see.advance(minutes=64)
        await see.press("r")
        await see.until("1 failed")
        await see.press("exclamation_mark")
        await see.until("✗ failed")
        await see.take("session")


async def incident(folder: Path) -> None:
    """A plan, from its check to the middle of its second wave."""
    async with camera(folder, units=3000) as see:
        await see.until("Needs you")
        with tempfile.TemporaryDirectory() as plans:
            file = see.write_plan(Path(plans))
            await see.press("n")
            await see.until("New restore")
            await see.press("enter")
            await see.paste(f"@{file}")
            await see.press("enter")
            await see.until("READY")
            if "L leave out" in see.text:
                await see.press("L")
                await see.until("left out. u")
            await see.take("plan-check")
            await see.press("d")
            await see.until("Incident ransom-22nov")
        await see.until("needs your yes")
        await see.press("c")
        await see.until("the service has no cancel")
        phrase = re.search(r"overwrite \d+ contoso", see.text)
        assert phrase is not None
        await see.type(phrase[0])
        await see.press("enter")
        await see.until("AGREED")
        await see.press("enter")
        await see.until("Incident ransom-22nov")
        for _ in range(20):
            see.advance(minutes=5)
            await see.pilot.pause(0.05)
        await see.press("r", "j")
        await see.until("» restoring")
        await see.take("incident")


async def pictures(folder: Path) -> None:
    """Takes all of them."""
    await walk(folder)
    await incident(folder)


def main(folder: Path) -> None:
    """Takes all of them, and turns the one of README.md into a PNG, too."""
    asyncio.run(pictures(folder))
    picture = folder / f"{IN_README}.svg"
    png = picture.with_suffix(".png")
    subprocess.run(["rsvg-convert", f"--zoom={ZOOM}", f"--output={png}", str(picture)], check=True)
    print(png)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "pictures")

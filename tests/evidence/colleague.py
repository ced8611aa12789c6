"""A second machine: a state folder of its own, another person, the same service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from office import ADELE, Office

from backup_tui.simulator.settings import Settings

RYAN = replace(ADELE, user="ryan.bauer@contoso.com", name="Ryan", object_id="11111111-44d7-43e1-9a83-5f2406dee5bd")


@asynccontextmanager
async def colleague_of(office: Office, folder: Path) -> AsyncIterator[Office]:
    """The workplace of a colleague."""
    other = Office(Settings(units=1, history=False), folder)
    other.app, other.service = office.app, office.service
    other.clock, other.service_clock = office.clock, office.service_clock
    async with other.stack:
        yield await other.open(RYAN)

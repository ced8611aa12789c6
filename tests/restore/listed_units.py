"""A unit as the index of names needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Unit:
    """A protected one, unless it says otherwise."""

    id: str
    address: str = ""
    title: str = ""
    object_id: str = ""
    status: str = "protected"
    policy_id: str = "policy"
    created: datetime | None = None
    deleted: bool = False

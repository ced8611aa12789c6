"""Identifiers and times as the service writes them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import md5
from typing import TypeVar

from backup_tui.simulator.http.errors import Refusal

T = TypeVar("T")

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)?)?")


@lru_cache(maxsize=16_384, typed=True)
def guid(*parts: object) -> str:
    """Return the GUID that always belongs to these parts (a digest, so it is cheap and needs no storage)."""
    digest = md5("/".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}"


@lru_cache(maxsize=16_384, typed=True)
def number(*parts: object) -> int:
    """Return the 32-bit number that always belongs to these parts."""
    return int.from_bytes(md5("/".join(map(str, parts)).encode(), usedforsecurity=False).digest()[:4], "big")


def is_guid(text: str) -> bool:
    """Return whether all of a text is a GUID, with hyphens and in any case."""
    return _GUID.fullmatch(text) is not None


@lru_cache(maxsize=16_384)
def iso(moment: float | None) -> str | None:
    """Write seconds since 1970 as ISO 8601 in UTC; milliseconds only where there are any."""
    if moment is None:
        return None
    thousandths = round(moment * 1000)
    # Not by strftime, which writes the years before 1000 with fewer digits.
    text = datetime.fromtimestamp(thousandths // 1000, UTC).replace(tzinfo=None).isoformat()
    rest = thousandths % 1000
    return f"{text}.{rest:03d}Z" if rest else f"{text}Z"


def seconds_of(text: str) -> float:
    """Read ISO 8601; without a zone it is UTC. Raises ValueError if the text is not such a time."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a date and time: {text!r}")
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone is None or zone in "Zz" else zone
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}{offset}")
    return moment.timestamp() + (float(f"0.{fraction}") if fraction else 0.0)


def by_guid(
    known: Mapping[str, T],
    identifier: str,
    malformed: tuple[str, str],
    unknown: tuple[str, str],
    fits: Callable[[T], bool] = lambda _: True,
) -> T:
    """Return what a request names by its GUID.

    Args:
        known: What can be named, by id.
        malformed: Code and text of the refusal (400) of what is not a GUID.
        unknown: Code of the refusal (404) of an id that nothing has, and what such a thing is called.
        fits: Whether something is where it was looked for; what is not counts as unknown.
    """
    if not is_guid(identifier):
        raise Refusal(400, *malformed)
    found = known.get(identifier.lower())
    if found is None or not fits(found):
        code, what = unknown
        raise Refusal(404, code, f"{what} {identifier} was not found.")
    return found

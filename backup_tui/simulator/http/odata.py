"""System query options: read in every spelling, and refused when nothing reads them.

Names are accepted with ``$`` plain or percent-encoded, in any case, and without it where the pages omit it. An option
that would change the answer but that an operation does not know is a 400, never silently ignored.
"""

import re
from collections import UserDict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from backup_tui.simulator.http.errors import bad_request

_KNOWN = frozenset({"filter", "orderby", "top", "skip", "count", "select", "expand", "search", "skiptoken"})
_ZONE = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:\d\d)\b", re.IGNORECASE)
_HARMLESS = frozenset({"count", "format"})  # what may go unread: ``$count=false`` says nothing, JSON is the only format


_NOT_ALWAYS = frozenset({"policyid", "displayname", "email"})  # properties that some rows of a list leave out


class Options(UserDict[str, str]):
    """The options of one request by lower-case name without ``$``; remembers which were looked at.

    Neither ``in`` nor ``data``, which holds all as they were sent, counts as looking.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self._read.add(name)
        return self.data[name]

    def unread(self) -> list[str]:
        """Return the names of options that nothing looked at."""
        return [name for name in self.data if name not in self._read and name not in _HARMLESS]


def read_options(query: str) -> Options:
    """Read the query of an address."""
    values: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        plain = name.lower().removeprefix("$")
        if plain not in _KNOWN and plain != "format":
            if name.startswith("$"):
                raise bad_request(f"The query option '{name}' is not supported.")
            continue  # not a system option: the service's clients may send their own
        if plain in values:
            raise bad_request(f"Query option '${plain}' was specified more than once.")
        # A plus sign that was not encoded is a space by now; times carry one before their zone.
        values[plain] = _ZONE.sub(r"\1+\2", value)
    return Options(values)


def finish(options: Options, body: dict[str, Any] | None) -> dict[str, Any] | None:
    """Apply ``$select`` to an entity (lists have been paged with it), and refuse options that were not looked at."""
    unread = options.unread()
    if unread == ["select"] and body is not None and not isinstance(body.get("value"), list):
        check_names(selected_names(options["select"]), [body])
        return selected(body, options["select"])
    if unread:
        raise bad_request(f"The query option '${unread[0]}' is not supported here.")
    return body


def whole_number(options: Mapping[str, str], name: str) -> int | None:
    """Read an option that is a whole number, 0 or more; None without it. Refuses with 400 ``BadRequest``."""
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise bad_request(f"Invalid value '{text}' for ${name}.")
    return int(text)


def wants_count(options: Mapping[str, str]) -> bool:
    """Read ``$count``. Refuses with 400 ``BadRequest``."""
    text = options.get("count", "false").lower()
    if text not in ("true", "false"):
        raise bad_request(f"Invalid value '{text}' for $count.")
    return text == "true"


def selected(row: dict[str, Any], select: str | None) -> dict[str, Any]:
    """Return the members of an object that ``$select`` names, with its id and annotations."""
    names = selected_names(select)
    if not names:
        return row
    return {name: value for name, value in row.items() if name.startswith("@") or name.lower() in (*names, "id")}


def selected_names(select: str | None) -> set[str]:
    """Return the lower-case names in a ``$select``; none when it is about everything."""
    if select is None or select.strip() == "*":
        return set()
    names = {name.strip().lower() for name in select.split(",")}
    if not all(names):
        raise bad_request(f"Invalid $select: {select}")
    return names


def check_names(names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse properties, also nested ones (``createdBy/user/id``), that none of the rows given has.

    They would otherwise quietly make the answer of a list another one.
    """
    known = {name.lower() for row in rows for name in row}
    for name in names:
        if known and name.partition("/")[0].lower() not in known | _NOT_ALWAYS:
            raise bad_request(f"Could not find a property named '{name}'.")

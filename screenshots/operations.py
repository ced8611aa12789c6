"""Writes docs/operations.md from operations.txt: `python screenshots/operations.py`.

A test holds the rows against the pages, the client, the simulated service, the keys and the commands, and the page
against the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from backup_tui.models.services import Service
from backup_tui.text_tables import read_table

FILE = Path(__file__).with_name("operations.txt")
PAGE = Path(__file__).parents[1] / "docs" / "operations.md"
ROOT = "/solutions/backupRestore"
SERVICES = {"e": Service.EXCHANGE, "o": Service.ONEDRIVE, "s": Service.SHAREPOINT}

SCREENS = {
    "Overview": "OverviewScreen",
    "Policies": "PoliciesScreen",
    "Policy": "PolicyDetail",
    "Sessions": "SessionsScreen",
    "Session": "SessionDetail",
    "Units": "UnitsScreen",
    "Activity": "ActivityScreen",
    "Points": "UnitPoints",
    "Files": "FilesScreen",
    "New-restore": "NewRestore",
    "Plan-check": "PlanCheckScreen",
    "Service": "ServiceDetail",
    "Applications": "AppsScreen",
    "Statistics": "StatisticsScreen",
}
"""What the table calls a screen, and its class."""


class OperationRow(Struct, frozen=True):
    """One operation of the service.

    Attributes:
        method: Of HTTP.
        path: Below `ROOT`, with `{id}` for each id; empty for the root itself.
        service: The one whose names it has; None where it is of none.
        call: Where the client makes the request, in `graph/requests/`; empty where it makes none.
        keys: Screen and key, as in `SCREENS`.
        commands: Words of commands.
        test: File and name of a test that goes the whole way.
    """

    method: str
    path: str
    service: Service | None
    call: str
    keys: tuple[tuple[str, str], ...]
    commands: tuple[str, ...]
    test: str

    @property
    def reachable(self) -> bool:
        return bool(self.keys or self.commands)


def rows() -> list[OperationRow]:
    """All operations, one for each service that has it."""
    return [row for line in read_table(FILE) for row in _expanded(line)]


def _expanded(line: dict[str, str]) -> Iterable[OperationRow]:
    keys = tuple((key.split()[0], key.split()[1]) for key in _listed(line["key"]))
    for word in line["of"].split() or ("",):
        service, path = SERVICES.get(word), line["path"]
        for member in re.findall(r"<(\w+)>", path):
            path = path.replace(f"<{member}>", str(getattr(SERVICES[word].names, member)))
        commands = tuple(_listed(line["command"]))
        yield OperationRow(line["method"], path, service, line["call"], keys, commands, line["test"])


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def page(operations: Sequence[OperationRow], documented: dict[str, list[list[str]]]) -> str:
    """The page: how many of the documented operations are reachable, and each with its ways.

    Args:
        operations: The rows.
        documented: Method and path of every documented operation, by version.
    """
    known = {same(row.method, f"{ROOT}/{row.path}".rstrip("/")): row for row in operations}
    counts = Counter(
        (version, known[same(*each)].reachable) for version, all_of_it in documented.items() for each in all_of_it
    )
    lines = [
        "# The operations of the service",
        "",
        "Every operation that the API reference documents below `/solutions/backupRestore`, with the key, the command",
        "and a test that reach it. This page is made of `screenshots/operations.txt`; `tests/unit/test_operations.py`",
        "fails where a row and the pages, the client, the simulated service, a screen, a command or a test disagree.",
        "",
        *(f"- {version}: {counts[version, True]} of {len(each)} reachable." for version, each in documented.items()),
        "",
        "A key is written with its screen: `Policy +` is `+` on the detail of a policy. Service is opened with `enter`",
        "on the rows about it on the Overview, or with `b` on `T`. Lists are read while their screen is shown.",
    ]
    for version, all_of_it in documented.items():
        lines += ["", f"## {version}", "", "| Operation | Key | Command | Test |", "|---|---|---|---|"]
        lines += [_line(method, path, known[same(method, path)]) for method, path in all_of_it]
    return "\n".join(lines) + "\n"


def _line(method: str, path: str, row: OperationRow) -> str:
    if not row.reachable:
        return f"| `{method} {_short(path)}` | | not reachable | |"
    keys = "<br>".join(f"{screen} `{key}`" for screen, key in row.keys)
    commands = "<br>".join(f"`{words}`" for words in row.commands)
    return f"| `{method} {_short(path)}` | {keys} | {commands} | `{row.test}` |"


def _short(path: str) -> str:
    return re.sub(r"\{[^}]*id\}", "{id}", path.removeprefix(ROOT), flags=re.IGNORECASE) or "/"


def same(method: str, path: str) -> tuple[str, str]:
    """What two spellings of one operation have in common: names of ids and the casing do not count."""
    plain = re.sub(r"\{[^}]+\}", "{}", path.replace("microsoft.graph.", "graph."))
    return method, plain.rstrip("/").lower()


if __name__ == "__main__":
    import json

    source = Path(__file__).parents[1] / "tests" / "data" / "documented_operations.json"
    PAGE.write_text(page(rows(), json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")

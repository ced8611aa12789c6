"""`python -m benchmarks [GROUP ...]`: prints each figure with its spread, its budget and the baseline beside it.

Figures depend on the machine, so times stand as ratios to a baseline that ran in turn with them; nothing here passes
or fails. What ends a measurement is always something that only the thing measured can have brought (a row of the
service, the row that a key moves to), and where that does not come there is an error and no figure.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from benchmarks import drafting, files, installed, live, long_list, plans, reading, starting
from benchmarks.figures import Figure, table

GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "start": starting.figures,
    "list": long_list.figures,
    "read": reading.figures,
    "idle": live.idle,
    "busy": live.busy,
    "draft": drafting.figures,
    "plan": plans.figures,
    "files": files.figures,
    "size": installed.figures,
}


def main(wanted: list[str]) -> int:
    """Runs the groups that are named, or all of them.

    Returns:
        2 when a group is not known, else 0.
    """
    if unknown := [name for name in wanted if name not in GROUPS]:
        print(f"no group {', '.join(unknown)}; there are: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    found: list[Figure] = []
    for name in wanted or GROUPS:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        found.extend(GROUPS[name]())
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

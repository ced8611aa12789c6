"""`python -m benchmarks [GROUP ...]`: prints each budget with its figure and the baseline measured beside it.

Figures depend on the machine, so times stand as ratios where a baseline exists; nothing here passes or fails.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from benchmarks import drafting, installed, live, long_list, starting
from benchmarks.figures import Figure, table

GROUPS: dict[str, Callable[[], Iterator[Figure]]] = {
    "starting": starting.figures,
    "long-list": long_list.figures,
    "live": live.figures,
    "drafting": drafting.figures,
    "installed": installed.figures,
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
        found += GROUPS[name]()
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A tree of places that are read when they are opened, as the rows of a list. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backup_tui.restore.files.places import Place

ROOT = ""  # path of the site itself, which has no row

_REST = "\n"


@dataclass(slots=True)
class Node:
    """A place in the tree."""

    place: Place  # what it is
    depth: int  # how far it is moved in
    children: dict[str, None] = field(default_factory=dict)  # paths of what is inside it, in the order in which it came
    opened: bool = False  # whether that is shown
    reading: bool = False  # whether it is being read now
    more: bool = True  # whether there is more of it than was read
    problem: str = ""  # why it could not be read; empty when it could


class Tree:
    """Places by path, and which of them are open."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self._rows: list[str] | None = None
        self._sites: tuple[str, ...] = ()

    def start(self, tops: Sequence[Place]) -> None:
        """Begins with the sites of a point; the first is the root, the others are rows below what is in it."""
        self.nodes = {top.path: Node(top, -1 if number == 0 else 0) for number, top in enumerate(tops)}
        self._sites = tuple(top.path for top in tops[1:])
        if tops:
            self.nodes[ROOT].opened = True
        self.touch()

    def touch(self) -> None:
        """Something about the rows is different."""
        self._rows = None

    def add(self, path: str, places: Iterable[Place]) -> None:
        """Takes a page of what is inside a place."""
        node = self.nodes[path]
        for place in places:
            if place.path not in self.nodes:
                self.nodes[place.path] = Node(place, node.depth + 1)
            node.children[place.path] = None
        self.touch()

    def read_anew(self, path: str) -> None:
        """What was read of the inside of a place is no longer shown; it is about to be read in another way."""
        node = self.nodes[path]
        node.children, node.more = {}, True
        self.touch()

    def close(self, path: str) -> None:
        self.nodes[path].opened = False
        self.touch()

    def rows(self) -> list[str]:
        """Paths in the order shown; below an open place that has more, a row of its own (`is_rest`)."""
        if self._rows is None:
            self._rows = []
            if ROOT in self.nodes:
                self._gather(ROOT, self._rows)
            for site in self._sites:
                self._rows.append(site)
                if self.nodes[site].opened:
                    self._gather(site, self._rows)
        return self._rows

    def _gather(self, path: str, rows: list[str]) -> None:
        """Adds what is inside an open place; without recursion, since nobody limits how deep folders are."""
        waiting = [(path, iter(self.nodes[path].children))]
        while waiting:
            place, children = waiting[-1]
            child = next(children, None)
            if child is None:
                waiting.pop()
                if self.nodes[place].more:
                    rows.append(place + _REST)
                continue
            rows.append(child)
            if self.nodes[child].opened:
                waiting.append((child, iter(self.nodes[child].children)))


def is_rest(key: str) -> bool:
    """Whether a row stands for what was not read yet."""
    return key.endswith(_REST)


def whose_rest(key: str) -> str:
    """Path of the place whose rest a row stands for."""
    return key.removesuffix(_REST)


def parents_of(path: str) -> tuple[str, ...]:
    """The places that have to be open for a path to be seen, the site first."""
    parts = path.split("/")[1:-1]
    return (ROOT, *("/" + "/".join(parts[: end + 1]) for end in range(len(parts))))

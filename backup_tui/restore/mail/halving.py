"""Which point of a mailbox is searched next, to find where the hits change with few searches. Pure.

Points are places from 0 (the oldest) up. Where there were more hits before than after, the part that has the fall is
halved; so a fall between the first and the last place is found with at most log2 of their number of searches, however
the hits go up and down between them.
"""

from collections.abc import Collection, Mapping
from itertools import pairwise

MOST_SEARCHES = 12
"""Searches of one mailbox that nobody is asked about; they find a change within a week, since points are ten minutes
apart."""

LOOKS = 5  # so many places are searched where nothing differs, before it is called unchanged


def next_place(count: int, hits: Mapping[int, int], without: Collection[int] = ()) -> int | None:
    """The place to search next; `None` when nothing is left to find out.

    Args:
        count: How many places there are.
        hits: The places that were searched.
        without: Places without a point; they are passed over.
    """
    for end in (_first(range(count - 1, -1, -1), without), _first(range(count), without)):
        if end is None:
            return None
        if end not in hits:
            return end
    change = change_in(hits)
    if change is not None:
        return _middle(*change, without)
    if len(hits) >= LOOKS:
        return None
    gaps = sorted(pairwise(sorted(hits)), key=lambda gap: gap[0] - gap[1])
    return next((place for gap in gaps if (place := _middle(*gap, without)) is not None), None)


def change_in(hits: Mapping[int, int]) -> tuple[int, int] | None:
    """Two neighbors among the searched places between which hits disappeared, the latest such; where there are none,
    two between which the first ones appeared; `None` when nothing changed so."""
    pairs = list(pairwise(sorted(hits)))
    falls = [pair for pair in pairs if hits[pair[0]] > hits[pair[1]]]
    if falls:
        return falls[-1]
    return next((pair for pair in pairs if hits[pair[0]] == 0 < hits[pair[1]]), None)


def _first(places: range, without: Collection[int]) -> int | None:
    return next((place for place in places if place not in without), None)


def _middle(before: int, after: int, without: Collection[int]) -> int | None:
    """The place between two others that halves what is between them."""
    half = (before + after) // 2
    for away in range(after - before):
        for place in (half - away, half + away):
            if before < place < after and place not in without:
                return place
    return None

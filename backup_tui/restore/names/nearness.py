"""How close two names are: a bounded edit distance, and the closest of 100,000 without comparing them all."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_EDITS = 2  # more slips of the finger than this, and it is taken for another name

MOST_COMPARED = 150_000  # most full comparisons for one list; about a second of work, reached only by a wrong list


@dataclass(slots=True)
class Effort:
    """How much more work the names of one list may cause. `left`: full comparisons that may still be made."""

    left: int = MOST_COMPARED


def edits(one: str, other: str, limit: int = MAX_EDITS) -> int:
    """How many letters have to be changed, added, dropped or swapped with their neighbour. Returns the number, or
    `limit + 1` when it is larger than `limit`."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, facing in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != facing))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing
            now.append(min(cost, before_last[column - 2] + 1) if swapped else cost)
        if min(now) > limit and min(last) > limit:
            return limit + 1  # a swap reaches back two rows, hence both
        before_last, last = last, now
    return min(last[-1], limit + 1)


def split_key(key: str) -> tuple[str, str]:
    """Splits a compared name into what many share and what tells it apart: domain and person, folder and site."""
    if "@" in key:
        local, _, domain = key.rpartition("@")
        return domain, local
    folder, _, last = key.rpartition("/")
    return folder, last


class NearNames:
    """The names of a tenant, laid out so that the nearest ones to a mistyped one are found quickly. Names are grouped
    by domain or folder. Only groups that are near themselves are looked into, there only names of a similar length, and
    of those only the ones with nearly the same letters are compared in full."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._groups: dict[str, dict[int, list[tuple[int, str, str]]]] = {}
        for key in keys:
            group, tail = split_key(key)
            self._groups.setdefault(group, {}).setdefault(len(tail), []).append((_letters(tail), tail, key))

    def nearest(self, key: str, effort: Effort) -> tuple[str, ...]:
        """The keys with the fewest edits from `key`, at most `MAX_EDITS`; several when they are equally near. Empty
        once the effort is used up: no answer is better than a wrong one."""
        group, tail = split_key(key)
        most = MAX_EDITS if len(tail) >= 5 else 1
        letters = _letters(tail)
        best: list[str] = []
        for other_group, by_length in self._groups.items():
            apart = edits(group, other_group, most)
            if apart > most:
                continue
            for length in range(len(tail) - most + apart, len(tail) + most - apart + 1):
                for other_letters, other, found in by_length.get(length, ()):
                    # One edit changes at most two members of the set of letters.
                    if (letters ^ other_letters).bit_count() > 2 * (most - apart):
                        continue
                    effort.left -= 1
                    if effort.left < 0:
                        return ()
                    distance = apart + edits(tail, other, most - apart)
                    if distance < most or (distance == most and not best):
                        best, most = [found], distance
                    elif distance == most:
                        best.append(found)
        return tuple(sorted(set(best)))


def _letters(text: str) -> int:
    bits = 0
    for char in text:
        bits |= 1 << (ord(char) & 63)
    return bits

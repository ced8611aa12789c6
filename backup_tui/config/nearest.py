"""Suggests the closest valid name."""

from collections.abc import Collection, Iterable


def nearest(word: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of `names` that `word` probably means, in any case; empty if none is similar enough (0 to 1)."""
    from difflib import get_close_matches  # late: only a mistake needs it

    by_lower = {name.lower(): name for name in names}
    return next((by_lower[name] for name in get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)), "")


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """The hint for a misspelt name: the one that was probably meant, or else what is given, or all that are known."""
    known = list(names)
    near = nearest(word, known)
    return f"Did you mean {near}?" if near else otherwise or f"Known are {', '.join(known)}."


def slip_of(word: str, names: Iterable[str], first: Collection[str] = ()) -> str:
    """The one of `names` that `word` is a slip of the fingers of, in any case; empty if it can be another word.
    `first`: names that come before others that are as near."""
    allowed = 1 if len(word.lstrip("-")) < _LONG else 2
    near = [(slips(word.lower(), name.lower()), name not in first, name) for name in names]
    return min((one for one in near if one[0] <= allowed), default=(0, False, ""))[2]


_LONG = 9  # letters of a word in which two slips are still a misspelling and not another word


def slips(typed: str, meant: str) -> int:
    """How many letters were left out, added, mistaken or exchanged with the next one."""
    before, last = [0] * (len(meant) + 1), list(range(len(meant) + 1))
    for row, letter in enumerate(typed, start=1):
        now = [row]
        for column, other in enumerate(meant, start=1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == meant[column - 2] and other == typed[row - 2]:
                least = min(least, before[column - 2] + 1)
            now.append(least)
        before, last = last, now
    return last[-1]

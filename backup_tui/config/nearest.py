"""Suggests the closest valid name."""

from collections.abc import Iterable


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

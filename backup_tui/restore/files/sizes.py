"""Sizes in words."""

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def size_words(size: int | None) -> str:
    """`310 KB`, `4.2 MB`, with units of 1,024 as a site shows them; `?` when it is not reported."""
    if size is None:
        return "?"
    amount, place = float(size), 0
    while amount >= 999.5 and place < len(_UNITS) - 1:
        amount, place = amount / 1024, place + 1
    if not place:
        return f"{size:,} bytes"
    return f"{amount:,.1f} {_UNITS[place]}" if amount < 9.95 else f"{amount:,.0f} {_UNITS[place]}"

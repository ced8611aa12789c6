"""Addresses in a narrow column: the domain or host that nearly all share appears once, in the column's heading."""

from collections import Counter
from collections.abc import Iterable

MOST_SHARE = 0.8  # share of the addresses from which on their common part is left out of their rows


def shared_part(addresses: Iterable[str]) -> str:
    """`@contoso.com` or `https://contoso.sharepoint.com`, where at least 80 % of the addresses have it; else empty.
    `addresses`: addresses of accounts and sites; empty ones do not count."""
    parts = Counter(_part(address) for address in addresses if address)
    ((part, count),) = parts.most_common(1) or [("", 0)]
    return part if count >= MOST_SHARE * parts.total() else ""


def _part(address: str) -> str:
    scheme, found, rest = address.partition("://")
    if found:
        host, slash, _path = rest.partition("/")
        return f"{scheme}://{host}" if slash and host else ""
    local, at, domain = address.rpartition("@")
    return f"@{domain}" if local and at and domain else ""


def without_part(address: str, part: str) -> str:
    """The address without the part that its column names; whole where it has another one."""
    if part.startswith("@"):
        return address.removesuffix(part) or address
    return address.removeprefix(part) or address


def shown_part(part: str) -> str:
    """The part as a column's heading says it: `@contoso.com`, `contoso.sharepoint.com`."""
    return part.partition("://")[2] or part

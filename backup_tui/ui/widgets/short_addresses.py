"""Addresses of sites in a narrow column: the start that all share is said once, the end is never cut."""

from __future__ import annotations

from collections.abc import Iterable


def shared_start(addresses: Iterable[str]) -> str:
    """`https://contoso.sharepoint.com`, when all addresses that are given begin with that scheme and host; else empty.

    Args:
        addresses: Addresses, empty ones do not count.
    """
    given = [address for address in addresses if address]
    if not given:
        return ""
    scheme, found, rest = given[0].partition("://")
    host, slash, _path = rest.partition("/")
    start = f"{scheme}://{host}"
    if not (found and slash and host):
        return ""
    return start if all(address.startswith(f"{start}/") for address in given) else ""


def without_start(address: str, start: str) -> str:
    """The address without the start that all share."""
    return address.removeprefix(start) or address

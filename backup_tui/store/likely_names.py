"""What the address of a result suggests about a unit without a name: likely, and shown only as such. Pure.

The address of a OneDrive has an underscore for every character of a sign-in name that is not a letter or digit, so the
reverse is a guess. A copy of an account or a site ends in R and a number.
"""

import re
from urllib.parse import unquote, urlsplit

_COPY = re.compile(r"R\d+$")
_SECOND_LEVEL = frozenset({"ac", "co", "com", "gov", "net", "onmicrosoft", "org"})
"""Labels before the last one of a domain that belong to its end: `co_uk`, `contoso_onmicrosoft_com`."""


def likely_name(result: str | None, *, copy: bool) -> str:
    """The name behind an address: `lee.gu`, `https://contoso.sharepoint.com/sites/finance`; else empty."""
    if not result or "://" not in result:
        return ""
    address = _COPY.sub("", result.rstrip("/")) if copy else result.rstrip("/")
    path = unquote(urlsplit(address).path)
    if not path.startswith("/personal/"):
        return address if path else ""
    parts = path.removeprefix("/personal/").split("_")
    ending = 3 if len(parts) > 3 and parts[-2] in _SECOND_LEVEL else 2
    return ".".join(parts[:-ending]) if len(parts) > ending else path.removeprefix("/personal/")

"""Takes people and places out of what a service answered, the same one always by the same name, and keeps ids.

Ids are what a support case needs, and say nothing outside of the tenant. Names, addresses, subjects, paths, hosts do.
"""

import re
from typing import Any
from urllib.parse import urlsplit

_NAMES = (
    *("name", "title", "subject", "description", "label", "performedby", "modifiedby"),
    *("expression", "query", "path"),
)
"""How members end, in lower case, whose value names somebody or something: `displayName`, `restoredSiteName`."""

REPLAYED_AT = "http://127.0.0.1"  # where a recording answers

_PLACES = frozenset({"sites", "personal", "teams"})

_MAIL = re.compile(r"(?<![\w.+%!#$&*^~-])[\w.+%!#$&*^~-]+(?:'{1,2}[\w.+%-]+){0,4}@[\w-]+(?:\.[\w-]+)+")
"""Begins only where no such character is before, or a long text without an address would take for ever."""
_OWN_HOST = re.compile(r"\b[\w-]{1,63}\.(?:sharepoint|onmicrosoft)\.com\b", re.ASCII | re.IGNORECASE)
_URL = re.compile(r"https?://[^\s\"'<>]+")


class Redactor:
    """Replaces names in one recording. `host`: of the service; its addresses lead to the next page, so they are kept,
    as those of `REPLAYED_AT`. `domain`: of the tenant, such as `contoso.com`; empty if it is not known."""

    def __init__(self, host: str, domain: str = "") -> None:
        self._host = host
        label = re.escape(domain.partition(".")[0])
        self._tenant = re.compile(rf"\b{label}\b", re.IGNORECASE) if label else None
        self._known: dict[tuple[str, str], int] = {}

    def value(self, value: Any, member: str = "") -> Any:
        """A JSON value without names; `member` is what it is the value of."""
        if isinstance(value, dict):
            return {name: self.value(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.value(one, member) for one in value]
        if not isinstance(value, str) or not value:
            return value
        if member.casefold().endswith(_NAMES) and not _MAIL.fullmatch(value):
            return f"{member[:1].upper()}{member[1:]} {self._number(member, value)}"
        return self.text(value)

    def text(self, text: str) -> str:
        """A text without the addresses in it."""
        for pattern, put in ((_URL, self._url), (_MAIL, self._mail), (_OWN_HOST, self._own_host)):
            text = pattern.sub(put, text)
        return text if self._tenant is None else self._tenant.sub("example", text)

    def _mail(self, found: re.Match[str]) -> str:
        return f"person-{self._number('mail', found[0].casefold())}@example.com"

    def _url(self, found: re.Match[str]) -> str:
        try:
            parts = urlsplit(found[0])
        except ValueError:  # no address, such as http://[::1
            return f"http://host-{self._number('host', found[0])}.example.com"
        if found[0].startswith(f"{REPLAYED_AT}/"):
            return found[0]
        if parts.hostname == self._host:
            return self.text(f"{REPLAYED_AT}{parts.path}?{parts.query}".rstrip("?"))
        host = f"host-{self._number('host', parts.netloc.casefold())}.example.com"
        segments = [segment for segment in parts.path.split("/") if segment]
        kept = [one if one in _PLACES else f"part-{self._number('part', one)}" for one in segments]
        return "/".join([f"{parts.scheme}://{host}", *kept])

    def _own_host(self, found: re.Match[str]) -> str:
        return f"host-{self._number('host', found[0].casefold())}.example.com"

    def _number(self, kind: str, name: str) -> int:
        return self._known.setdefault((kind, name), len(self._known) + 1)

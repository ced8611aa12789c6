"""Where to sign in: which hosts are contacted, and which pages a person is sent to.

Secrets and refresh tokens go to the authority, so nothing that an answer says can lead them elsewhere; and a page is
only shown when it is Microsoft's or the authority's own, because people type their passwords there.
"""

from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from msgspec import Struct

from backup_tui.graph.address import DEFAULT_PORTS, is_link_local, is_loopback

LOGIN_HOSTS = frozenset(
    {
        "login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net",
        "login.microsoftonline.us", "login.chinacloudapi.cn", "login.partner.microsoftonline.cn",
    }
)  # fmt: skip
"""Where Microsoft signs people and applications in; they name each other in their answers."""

PAGE_HOSTS = LOGIN_HOSTS | {"microsoft.com", "www.microsoft.com", "aka.ms"}
"""Where a person may be sent to type in a code."""

_MOST_URL = 4096


def split_url(url: str) -> SplitResult | None:
    """A URL taken apart; `None` when it is none, or holds what no URL holds."""
    if len(url) > _MOST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        fine = parts.hostname and parts.scheme in DEFAULT_PORTS and parts.port != 0
    except ValueError:
        return None
    if not fine or parts.username is not None or parts.password is not None:
        return None
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS[parts.scheme]


class Destination(Struct, frozen=True):
    """Where a request really goes."""

    url: str  # what is spoken to
    forwarded: bool = False  # it is written as https by msal and goes as http to this machine


class AuthorityOrigin:
    """The authority of a profile, an address without the tenant: `https://login.microsoftonline.com`.

    msal speaks only to https. An authority on this machine may speak http, so what msal addresses to it as https is
    sent as http, and it is told so. Raises ValueError for no address, or one without encryption over a network.
    """

    def __init__(self, authority: str) -> None:
        parts = split_url(authority.rstrip("/"))
        if parts is None or parts.query or parts.fragment:
            raise ValueError("the authority is not an address")
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise ValueError("the authority would be contacted without encryption")
        self._parts = parts
        self._origin = _origin(parts)
        self._plain = parts.scheme == "http"
        self._microsoft = self._origin in {("https", host, 443) for host in LOGIN_HOSTS}

    @property
    def label(self) -> str:
        """For people: the host, with the port where it is not the usual one."""
        return self._parts.netloc

    def for_msal(self, tenant: str) -> str:
        """The authority with its tenant as msal wants it: always https."""
        path = f"{self._parts.path}/{quote(tenant, safe='')}"
        return urlunsplit(("https", self._parts.netloc, path, "", ""))

    def destination(self, url: str) -> Destination | None:
        """Where a request of msal's goes; `None` when it must not be sent."""
        parts = split_url(url)
        if parts is None:
            return None
        if self._plain:
            if parts.netloc.lower() != self._parts.netloc.lower():
                return None
            return Destination(urlunsplit(parts._replace(scheme="http")), forwarded=True)
        origin = _origin(parts)
        if origin == self._origin or (self._microsoft and origin[0] == "https" and origin[1:] in _MICROSOFT):
            return Destination(url)
        return None

    def page(self, url: str) -> str:
        """A page for a person, as it can be opened; empty when it is neither Microsoft's nor the authority's own."""
        parts = split_url(url)
        if parts is None:
            return ""
        if self._plain and parts.netloc.lower() == self._parts.netloc.lower():
            return urlunsplit(parts._replace(scheme="http"))
        if _origin(parts) == self._origin:
            return url
        known = parts.scheme == "https" and (parts.hostname or "").lower() in PAGE_HOSTS and parts.port in (None, 443)
        return url if known else ""

    def consent_page(self, tenant: str, client_id: str) -> str:
        """Where an administrator allows the application what it asks for.

        Page: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
        """
        path = f"{self._parts.path}/{quote(tenant, safe='')}/adminconsent"
        return urlunsplit(self._parts._replace(path=path, query=f"client_id={quote(client_id, safe='')}"))


_MICROSOFT = frozenset((host, 443) for host in LOGIN_HOSTS)


def managed_identity_destination(url: str) -> Destination | None:
    """Where a managed identity is asked: this machine, or the address of its cloud on its own wire; `None` else."""
    parts = split_url(url)
    if parts is None:
        return None
    host = parts.hostname or ""
    return Destination(url) if is_loopback(host) or is_link_local(host) else None

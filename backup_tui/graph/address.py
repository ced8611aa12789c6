"""Where the service is: which addresses are accepted, and what is read from them.

A bearer token is worth as much as the right to overwrite every mailbox of a tenant, so it is sent to Microsoft
Graph, to this machine, or to a host that was named on purpose; never in clear over a network."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from backup_tui.config import CLOUDS
from backup_tui.errors import UsageError

GLOBAL_HOST = "graph.microsoft.com"
NATIONAL_CLOUDS = {urlsplit(cloud.graph).hostname: cloud.name for cloud in CLOUDS.values() if not cloud.offered}
"""The other clouds of Microsoft Graph; the pages of the Backup Storage API say that it is not offered there."""

VERSIONS = ("v1.0", "beta")

BETA_HINT = 'Use an address that ends in /beta, or api_version = "beta" in the profile.'
"""What to do where something exists in the beta version only."""

DEFAULT_PORTS = {"http": 80, "https": 443}
ROOT_PATH = "/solutions/backupRestore"


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    name = host.lower().strip("[]")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_link_local(host: str) -> bool:
    """Whether `host` is an address on this machine's own wire (169.254.0.0/16 or fe80::/10), where hosts in a cloud
    find what belongs to their machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_link_local
    except ValueError:
        return False


class ServiceAddress(Struct, frozen=True):
    """A checked address of the service; made by `parse_address`. `base_url`: without a slash at its end; the last
    segment is the version: `https://graph.microsoft.com/v1.0`, `http://127.0.0.1:8365/beta`."""

    base_url: str

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.base_url)

    @property
    def version(self) -> str:
        return self.base_url.rsplit("/", 1)[-1]

    @property
    def without_version(self) -> str:
        """The service itself, whichever version is spoken: `https://graph.microsoft.com`."""
        return self.base_url.rsplit("/", 1)[0]

    @property
    def scheme(self) -> str:
        return self._parts.scheme

    @property
    def host(self) -> str:
        return self._parts.hostname or ""

    @property
    def port(self) -> int:
        return self._parts.port or DEFAULT_PORTS[self.scheme]

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what a page link must share with this address."""
        return self.scheme, self.host, self.port

    @property
    def label(self) -> str:
        """For people: the host, with the port where it is not the usual one."""
        return self.host if self.port == DEFAULT_PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def path(self) -> str:
        return self._parts.path

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)

    def needs_beta(self, what: str) -> None:
        """Refuses what the service has in its beta version only, before anything is sent. Raises `UsageError`: the
        service is not spoken to in its beta version."""
        if self.version != "beta":
            why = f"{what} exists only in the beta version of the service."
            raise UsageError.unsent(why, "version", self.version, BETA_HINT)


def parse_address(url: str, trusted_hosts: Iterable[str] = ()) -> ServiceAddress:
    """Checks an address that a person gave. Raises `UsageError`: it is not an address, has no version, would send the
    token in clear, or names a host that is neither Microsoft Graph, this machine nor trusted."""

    def refused(what: str, hint: str) -> UsageError:
        return UsageError.unsent(what, "--graph-url", url, hint)

    example = "Use an address like https://graph.microsoft.com/v1.0."
    text = url.strip()
    shown = "This" if "@" in text else repr(url)  # What is before an @ may be a password.
    if any(ord(char) <= 0x20 or char == "\\" for char in text):
        raise refused("The service address has a space or a control character.", example)
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise refused(f"{shown} isn't a service address.", example) from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise refused(f"{shown} isn't a service address.", example)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise refused("The service address can have only a host, a port and a path.", example)
    path = parts.path.rstrip("/")
    version = path.rsplit("/", 1)[-1].lower()
    if version not in VERSIONS:
        raise refused(f"The service address {text!r} does not end in a version.", "Add /v1.0 (or /beta) at its end.")
    if parts.scheme == "http" and not is_loopback(host):
        raise refused(
            f"{host} would be contacted without encryption, so the sign-in could be read on the way.",
            "Use https; plain http is for this machine only.",
        )
    trusted = {name.strip().lower() for name in trusted_hosts}
    if host != GLOBAL_HOST and not is_loopback(host) and host not in trusted:
        if host in NATIONAL_CLOUDS:
            raise refused(
                f"{host} is the {NATIONAL_CLOUDS[host]} cloud, where Microsoft does not offer this service.",
                f"If that has changed, allow it with --trust-host {host}.",
            )
        raise refused(
            f"{host} isn't a known address of Microsoft Graph, so the sign-in is not sent to it.",
            f"If you trust it: --trust-host {host}.",
        )
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port is None or port == DEFAULT_PORTS[parts.scheme] else f":{port}"
    prefix = path[: len(path) - len(version)]
    return ServiceAddress(f"{parts.scheme}://{shown_host}{shown_port}{prefix}{version}")

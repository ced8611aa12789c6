"""What holds for every connection that this program makes: whom it trusts, and by way of which proxy it goes."""

import os
import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from msgspec import Struct

from backup_tui.errors import ConfigError
from backup_tui.graph.address import is_link_local, is_loopback
from backup_tui.models.text import safe


class Proxy(Struct, frozen=True):
    """A proxy that the environment names. `url`: its URL; may hold a password."""

    variable: str
    url: str

    def __repr__(self) -> str:
        return f"Proxy({self.variable}, {self.label})"

    @property
    def label(self) -> str:
        """Host and port, for people; no password."""
        try:
            parts = urlsplit(self.url)
            return f"{parts.hostname or '?'}:{parts.port or 80}"
        except ValueError:
            return "?"


def trust() -> ssl.SSLContext:
    """The certificates that the operating system trusts, or those of `SSL_CERT_FILE`."""
    import truststore  # only https needs it

    _check_key_log(os.environ.get("SSLKEYLOGFILE", ""))
    named = os.environ.get("SSL_CERT_FILE")
    if not named:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=named)
    except OSError as error:
        why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror or "it cannot be read"
        raise ConfigError.unsent(
            f"The file in SSL_CERT_FILE cannot be used ({safe(named, 200)}: {why}).",
            "SSL_CERT_FILE",
            named,
            "Set SSL_CERT_FILE to a PEM file, or unset it.",
        ) from None


def _check_key_log(named: str) -> None:
    """Python opens the file that `SSLKEYLOGFILE` names for every context, and fails with it, whatever it is for."""
    if not named:
        return
    try:
        with open(named, "ab") as file:
            file.write(b"# backup-tui\n")  # a full disk is found now, and not in the middle of a change
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or "no such name"
        raise ConfigError.unsent(
            f"The file in SSLKEYLOGFILE cannot be written ({why}).",
            "SSLKEYLOGFILE",
            named,
            "Unset SSLKEYLOGFILE, or set it to a file that you can write.",
        ) from None


def proxy_of(scheme: str, host: str) -> Proxy | None:
    """The proxy for a host; never one for this machine or for what is only on its own wire. Raises `ConfigError`: the
    environment names something that isn't an address; nothing of it is shown, since it may hold a password."""
    if is_loopback(host) or is_link_local(host) or proxy_bypass(host):
        return None
    proxies = getproxies_environment()
    for key in (scheme, "all"):
        url = proxies.get(key)
        if url:
            name = f"{key}_proxy"
            variable = name if name in os.environ else name.upper()
            proxy = Proxy(variable, url if "://" in url else f"http://{url}")
            if not _is_address(proxy.url):
                raise unusable_proxy(Proxy(variable, ""))
            return proxy
    return None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0 and "@" not in parts.path + parts.query + parts.fragment
    except ValueError:
        return False


def unusable_proxy(proxy: Proxy | None) -> ConfigError:
    """What to say when the environment names a proxy that cannot be one."""
    name = proxy.variable if proxy else ""
    return ConfigError.unsent(
        "The proxy in the environment cannot be used.",
        name,
        proxy.label if proxy and proxy.url else "",
        f"Let {name} name an http:// proxy, with / # ? and @ in its password written as %2F %23 %3F and %40; "
        "or take it out of the environment.",
    )

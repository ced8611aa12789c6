"""Resolves which cloud is used and where to sign in, and refuses every place that was not named on purpose."""

import ipaddress
from urllib.parse import urlsplit

from backup_tui.config import variables as var
from backup_tui.config.clouds import CLOUDS, GLOBAL, Cloud, clouds_of_host
from backup_tui.config.nearest import did_you_mean
from backup_tui.config.origins import SettingSource, Sources, refused
from backup_tui.errors import ConfigError


def resolve_cloud(sources: Sources, graph_url: str, trusted: frozenset[str]) -> Cloud:
    """The cloud that is named, or else the one to which the named service or authority belongs.

    Args:
        graph_url: Address of the service when one is named.
        trusted: Hosts that were named with `--trust-host`.

    Raises:
        ConfigError: The cloud is unknown; Microsoft does not offer the service there and it is not forced; or the
            addresses belong to another cloud.
    """
    key = sources.text("cloud", variable=var.CLOUD_VARIABLE, key="cloud")
    origin = sources.origin("cloud")
    named = CLOUDS.get(key)
    if key and named is None:
        what = f"unknown cloud {key[:40]!r}"
        raise refused(origin.words, what, did_you_mean(key, CLOUDS), key, certainty="")
    authority = sources.text("authority", flag="--authority", variable=var.AUTHORITY_VARIABLE, key="authority")
    of_graph, of_authority = clouds_of_host(_host(graph_url)), clouds_of_host(_host(authority))
    cloud = named or next(iter(of_graph or of_authority), GLOBAL)
    for clouds, address in ((of_graph, graph_url), (of_authority, authority)):
        if clouds and cloud not in clouds:
            raise ConfigError.unsent(
                f"{_host(address)} belongs to the {clouds[0].name} cloud, the other settings to {cloud.name}.",
                origin.words if named else "cloud",
                address,
                "Name one cloud, and only addresses of that cloud.",
            )
    forced = sources.flag("cloud_forced", key="cloud_forced")
    if sources.flags.get("force_cloud"):
        forced = True
        sources.settle("cloud_forced", True, SettingSource("flag", "--force-cloud"))
    if not cloud.offered and (named or of_authority) and not (forced or cloud.hosts & trusted):
        raise ConfigError.unsent(
            f"Microsoft does not offer this service in its {cloud.name} cloud (Backup Storage API reference).",
            origin.words if named else "authority",
            cloud.key,
            "If that has changed: --force-cloud, or cloud_forced = true in the profile.",
        )
    sources.settle("cloud", cloud.key, origin)
    return cloud


def resolve_authority(sources: Sources, cloud: Cloud, trusted: frozenset[str]) -> str:
    """Where to sign in: a known cloud, this machine, or a host named on purpose. Raises ConfigError for another."""
    given = sources.text("authority", flag="--authority", variable=var.AUTHORITY_VARIABLE, key="authority")
    if not given:
        return sources.settle("authority", cloud.authority, sources.origin("cloud"))
    place = sources.origin("authority").words
    example = f"Use an address like {cloud.authority}; name the tenant separately (--tenant)."

    def wrong(what: str, hint: str = example) -> ConfigError:
        return refused(place, what, hint, given)

    try:
        parts = urlsplit(given)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise wrong("this isn't an address to sign in at") from None
    if parts.scheme not in ("http", "https") or not host or any(ord(char) <= 0x20 or char == "\\" for char in given):
        raise wrong("this isn't an address to sign in at")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise wrong("an address to sign in at has only a host, a port and a path")
    known, path = clouds_of_host(host), parts.path.rstrip("/")
    if known and (path or port not in (None, 443) or host in _graph_hosts()):
        raise wrong(f"{host} must be written as https://{host}, with nothing after it")
    if parts.scheme == "http" and not is_this_machine(host):
        raise wrong(
            f"{host} would be contacted without encryption, so the sign-in could be read on the way",
            "Use https; plain http is for this machine only.",
        )
    if not known and not is_this_machine(host) and host not in trusted:
        raise wrong(
            f"{host} isn't a known Microsoft authority, so nothing is sent to it",
            f"If you trust it: --trust-host {host}.",
        )
    shown = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{shown}{'' if port in (None, default) else f':{port}'}{path}"


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _graph_hosts() -> frozenset[str]:
    return frozenset(_host(cloud.graph) for cloud in CLOUDS.values())

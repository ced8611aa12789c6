"""The clouds of Microsoft: where users sign in, where Microsoft Graph is, and whether this service is offered there.

Hosts from https://learn.microsoft.com/graph/deployments. That the Backup Storage API is offered in the worldwide
cloud alone is on each of its pages (table "This API is available in the following national cloud deployments").
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from msgspec import Struct


class Cloud(Struct, frozen=True):
    """One of Microsoft's clouds."""

    key: str  # what `config.toml` calls it
    name: str  # what people call it
    authority: str  # where users sign in, without a tenant or a slash at its end
    graph: str  # Microsoft Graph there, without a version
    offered: bool = False  # whether Microsoft offers the Backup Storage API there
    aliases: tuple[str, ...] = ()  # further addresses of the same authority

    @property
    def scope(self) -> str:
        """What a token is asked for: everything that was consented to for Microsoft Graph of this cloud."""
        return f"{self.graph}/.default"

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that belong to this cloud: of its authority and of Microsoft Graph."""
        return frozenset(urlsplit(url).hostname or "" for url in (self.authority, self.graph, *self.aliases))


_USGOV = "https://login.microsoftonline.us"

CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        cloud.key: cloud
        for cloud in (
            Cloud(
                "global", "worldwide", "https://login.microsoftonline.com", "https://graph.microsoft.com", offered=True
            ),
            Cloud("usgov-l4", "US Government L4", _USGOV, "https://graph.microsoft.us"),
            Cloud("usgov-l5", "US Government L5 (DOD)", _USGOV, "https://dod-graph.microsoft.us"),
            Cloud(
                "china",
                "China operated by 21Vianet",
                "https://login.chinacloudapi.cn",
                "https://microsoftgraph.chinacloudapi.cn",
                aliases=("https://login.partner.microsoftonline.cn",),
            ),
        )
    }
)
"""Every cloud by its key, the worldwide one first."""

GLOBAL = CLOUDS["global"]


def clouds_of_host(host: str) -> tuple[Cloud, ...]:
    """The clouds to which a host belongs; two share one authority, so there may be more than one."""
    return tuple(cloud for cloud in CLOUDS.values() if host.lower() in cloud.hosts)

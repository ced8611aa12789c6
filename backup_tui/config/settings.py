"""What the command line said, and everything that is settled before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from backup_tui.config.clouds import GLOBAL, Cloud
from backup_tui.config.origins import Resolved
from backup_tui.config.resolve_sign_in import NOTHING_SAID, NoSignIn
from backup_tui.config.sign_in import SignInSettings
from backup_tui.config.token import Token
from backup_tui.config.zones import named_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DEFAULT_VERSION = "v1.0"
DEFAULT_LOCK_WAIT = 10.0
DEFAULT_POLL_SECONDS = 5.0


class Flags(Struct, frozen=True):
    """What was given on the command line; `None`, `False` or empty means not given.

    Attributes:
        graph_url: `--graph-url`.
        trust_hosts: `--trust-host`, each of them.
        demo: `--demo`.
        read_only: `--read-only`.
        profile: `--profile`.
        tz: `--tz`.
        lock_wait: `--lock-wait`, seconds.
        log_level: `--log-level`.
        client_id: `--client-id`.
        tenant: `--tenant`.
        sign_in: `--sign-in`; empty when it was given without a way to sign in, `None` when it was not given.
        authority: `--authority`.
        secret_fd: `--secret-fd`, a descriptor that is read to its end.
        force_cloud: `--force-cloud`.
    """

    graph_url: str | None = None
    trust_hosts: tuple[str, ...] = ()
    demo: bool = False
    read_only: bool = False
    profile: str | None = None
    tz: str | None = None
    lock_wait: float | None = None
    log_level: str | None = None
    client_id: str | None = None
    tenant: str | None = None
    sign_in: str | None = None
    authority: str | None = None
    secret_fd: int | None = None
    force_cloud: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is settled before anything is opened.

    Attributes:
        graph_url: Address of the service with its version; not yet checked against the known clouds. Unused in a demo.
        trusted_hosts: Hosts beside the worldwide cloud that the person named: `--trust-host`, or a forced cloud's.
        token: The ready-made token; `None` when none was given or another flow is used, and in a demo.
        demo: Everything happens in the simulated tenant that ships inside.
        read_only: Nothing may be changed.
        profile: Name of the profile; empty when there is none.
        tz: Name of the zone of the times.
        tz_settled: `False` when nobody chose the zone and the machine only says UTC: ask once.
        state_dir: Folder of the journal; `None` in a demo, which has a temporary one.
        lock_wait: Seconds that a command waits for another instance that is changing things.
        bell: The terminal's bell rings when a restore ends.
        cache_last_view: The first screen's rows are kept for the next start.
        log_level: One of `LOG_LEVELS`.
        colour: Colour of the first line, one of `COLOURS`; empty for the theme's own.
        word: Word in the first line; may be empty.
        tenant: Directory id or domain that the sign-in must be for; empty when any will do.
        sign_in: How one signs in; `None` in a demo without `--sign-in`, and where nothing says how.
        no_sign_in: Why `sign_in` is `None`; only what needs the service minds.
        demo_sign_in: The demo begins at a sign-in.
        cloud: The cloud of the service.
        poll_seconds: Seconds between two looks at a running restore.
        profiles: Names of all profiles of the file, in its order.
        config_path: Where `config.toml` is, or would be.
        config_exists: Whether it is there.
        settled: Each setting as it may be shown, with where it came from.
        flags: What the command line said.
    """

    graph_url: str = f"{GLOBAL.graph}/{DEFAULT_VERSION}"
    trusted_hosts: tuple[str, ...] = ()
    token: Token | None = None
    demo: bool = False
    read_only: bool = False
    profile: str = ""
    tz: str = "UTC"
    tz_settled: bool = True
    state_dir: Path | None = None
    lock_wait: float = DEFAULT_LOCK_WAIT
    bell: bool = False
    cache_last_view: bool = True
    log_level: str = "warning"
    colour: str = ""
    word: str = ""
    tenant: str = ""
    sign_in: SignInSettings | None = None
    no_sign_in: NoSignIn = NOTHING_SAID
    demo_sign_in: bool = False
    cloud: Cloud = GLOBAL
    poll_seconds: float = DEFAULT_POLL_SECONDS
    profiles: tuple[str, ...] = ()
    config_path: Path | None = None
    config_exists: bool = False
    settled: Mapping[str, Resolved] = field(default_factory=dict, compare=False, repr=False)
    flags: Flags = field(default=Flags(), compare=False, repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The zone that `tz` names."""
        return named_zone(self.tz)

    def need_sign_in(self) -> SignInSettings:
        """How one signs in.

        Raises:
            SignInError: Nothing says how, or something is missing for it (`NoSignIn`).
        """
        if self.sign_in is None:
            raise self.no_sign_in.error()
        return self.sign_in

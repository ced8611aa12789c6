"""Settings: flags before environment before `config.toml` before defaults, each checked where it comes from.

The one exception in order is the zone of the times: `TZ` belongs to the whole machine, so the file, which is ours,
comes before it (`--tz`, file, `TZ`, machine). A token is read from the environment only, never from a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backup_tui.config.file import VERSIONS, read_config
from backup_tui.config.nearest import nearest
from backup_tui.config.token import Token
from backup_tui.config.zones import named_zone, settle_zone
from backup_tui.errors import ConfigError, UsageError
from backup_tui.paths import STATE_DIR_VARIABLE, config_file, state_dir

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DEFAULT_HOST_URL = "https://graph.microsoft.com"
DEFAULT_VERSION = "v1.0"
DEFAULT_LOCK_WAIT = 10.0

TOKEN_VARIABLE = "BACKUP_TUI_ACCESS_TOKEN"
URL_VARIABLE = "BACKUP_TUI_GRAPH_URL"
READ_ONLY_VARIABLE = "BACKUP_TUI_READ_ONLY"
FAIL_POINT_VARIABLE = "BACKUP_TUI_FAIL_POINT"

VARIABLES: Mapping[str, str] = {
    TOKEN_VARIABLE: "A ready-made access token for Microsoft Graph.",
    URL_VARIABLE: "Address of the service; its last segment is the version.",
    READ_ONLY_VARIABLE: "1 opens everything to read only, 0 does not.",
    STATE_DIR_VARIABLE: "Folder of the journal and the kept forms.",
    FAIL_POINT_VARIABLE: "For the tests only: the point at which the process ends itself.",
}
"""Every variable of ours with its sentence; another one that begins the same is a spelling mistake and refused."""


@dataclass(frozen=True, slots=True)
class Flags:
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
    """

    graph_url: str | None = None
    trust_hosts: tuple[str, ...] = ()
    demo: bool = False
    read_only: bool = False
    profile: str | None = None
    tz: str | None = None
    lock_wait: float | None = None
    log_level: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is settled before anything is opened.

    Attributes:
        graph_url: Address of the service with its version; not yet checked against the known clouds. Unused in a demo.
        trusted_hosts: Hosts beside the known clouds that the person named with `--trust-host`.
        token: The ready-made token; `None` when none was given, and in a demo.
        demo: Everything happens in the simulated tenant that ships inside.
        read_only: Nothing may be changed.
        profile: Name of the profile; empty when there is none.
        tz: Name of the zone of the times.
        tz_settled: `False` when nobody chose the zone and the machine only says UTC: ask once.
        state_dir: Folder of the journal; `None` in a demo, which has a temporary one.
        lock_wait: Seconds that a command waits for another instance that is changing things.
        log_level: One of `LOG_LEVELS`.
        colour: Colour of the first line, one of `COLOURS`; empty for the theme's own.
        word: Word in the first line; may be empty.
        tenant: Directory id or domain that the sign-in must be for; empty when any will do.
    """

    graph_url: str = f"{DEFAULT_HOST_URL}/{DEFAULT_VERSION}"
    trusted_hosts: tuple[str, ...] = ()
    token: Token | None = None
    demo: bool = False
    read_only: bool = False
    profile: str = ""
    tz: str = "UTC"
    tz_settled: bool = True
    state_dir: Path | None = None
    lock_wait: float = DEFAULT_LOCK_WAIT
    log_level: str = "warning"
    colour: str = ""
    word: str = ""
    tenant: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The zone that `tz` names."""
        return named_zone(self.tz)


def load_settings(flags: Flags, environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Settles every setting.

    Args:
        flags: What the command line says.
        environ: The process's environment when not given.
        file: Read instead of the usual `config.toml`.

    Raises:
        UsageError: Flags that do not go together, an unknown profile or zone.
        ConfigError: A file or a variable holds something that cannot be used; says which and where.
    """
    env = os.environ if environ is None else environ
    _refuse_unknown_variables(env)
    path = file or config_file()
    top, profiles = read_config(path)
    if flags.demo:
        _refuse_with_demo(flags, env)
    name, profile = ("", {}) if flags.demo else _choose_profile(flags, top, profiles, path)
    tz, settled = settle_zone(flags.tz or "", str(profile.get("tz", "") or top.get("tz", "")), path, env)
    in_file = bool(profile.get("read_only", top.get("read_only", False)))
    from_env = _switch(env, READ_ONLY_VARIABLE)
    lock_wait = float(str(top.get("lock_wait", DEFAULT_LOCK_WAIT))) if flags.lock_wait is None else flags.lock_wait
    if not 0 <= lock_wait <= 3600:
        raise UsageError(
            f"--lock-wait {lock_wait:g} is not between 0 and 3600 seconds.", field="--lock-wait", value=f"{lock_wait:g}"
        )
    return Settings(
        graph_url=_settle_url(flags, env, profile),
        trusted_hosts=flags.trust_hosts,
        token=None if flags.demo else _token(env),
        demo=flags.demo,
        read_only=flags.read_only or (in_file if from_env is None else from_env),
        profile=name,
        tz=tz,
        tz_settled=settled,
        state_dir=None if flags.demo else state_dir(env),
        lock_wait=lock_wait,
        log_level=flags.log_level or str(top.get("log_level", "warning")),
        colour=str(profile.get("colour", "")),
        word=str(profile.get("word", "")),
        tenant=str(profile.get("tenant", "")),
    )


def _refuse_unknown_variables(env: Mapping[str, str]) -> None:
    for name in sorted(env):
        if name.startswith("BACKUP_TUI_") and name not in VARIABLES:
            near = nearest(name, VARIABLES)
            raise ConfigError(
                f"The environment variable {name} is not known.",
                field=name,
                certain="It would change nothing, so nothing was started.",
                way_out=f"Did you mean {near}?" if near else f"Known are {', '.join(sorted(VARIABLES)[:4])}.",
            )


def _refuse_with_demo(flags: Flags, env: Mapping[str, str]) -> None:
    given = {
        "--graph-url": flags.graph_url,
        "--profile": flags.profile,
        TOKEN_VARIABLE: env.get(TOKEN_VARIABLE),
        URL_VARIABLE: env.get(URL_VARIABLE),
    }
    for name, value in given.items():
        if value:
            raise UsageError(
                f"--demo and {name} do not go together: the demo never speaks to a real service.",
                field=name,
                value="" if name == TOKEN_VARIABLE else value,
                certain="Nothing was started.",
                way_out=f"Leave out {name}."
                if name.startswith("--")
                else f"Run it as: env -u {name} backup-tui --demo",
            )


def _switch(env: Mapping[str, str], name: str) -> bool | None:
    value = env.get(name, "").strip().lower()
    if not value:
        return None
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ConfigError(f"{name} is {value[:40]!r}.", field=name, value=value, way_out="Set it to 1 or to 0.")


def _token(env: Mapping[str, str]) -> Token | None:
    value = env.get(TOKEN_VARIABLE, "").strip()
    if value.lower().startswith("bearer "):
        value = value[7:].strip()
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigError(
            f"{TOKEN_VARIABLE} holds characters that no token has (a space, a line end or the like).",
            field=TOKEN_VARIABLE,
            certain="It was not sent anywhere.",
            way_out="Copy the token again, in one piece.",
        )
    return Token(value)


def _settle_url(flags: Flags, env: Mapping[str, str], profile: Mapping[str, object]) -> str:
    version = str(profile.get("api_version", ""))
    sources = (
        ("--graph-url", flags.graph_url),
        (URL_VARIABLE, env.get(URL_VARIABLE, "").strip()),
        ("graph_url of the profile", str(profile.get("graph_url", ""))),
    )
    for name, value in sources:
        if not value:
            continue
        last = value.rstrip("/").rpartition("/")[2].lower()
        if version and last in VERSIONS and last != version:
            raise UsageError(
                f"{name} ends in {last}, and api_version of the profile says {version}.",
                field=name,
                value=value,
                certain="Nothing was sent.",
                way_out="Make them the same, or take api_version out: the address names the version by itself.",
            )
        return value
    return f"{DEFAULT_HOST_URL}/{version or DEFAULT_VERSION}"


def _choose_profile(
    flags: Flags, top: Mapping[str, object], profiles: Mapping[str, Mapping[str, object]], path: Path
) -> tuple[str, Mapping[str, object]]:
    name = flags.profile or str(top.get("default_profile", ""))
    if not name:
        return "", {}
    if name in profiles:
        return name, profiles[name]
    near = nearest(name, profiles)
    known = f"Known are {', '.join(profiles)}." if profiles else f"{path} has no profile yet."
    raise UsageError(
        f"There is no profile {name[:60]!r}.",
        field="--profile" if flags.profile else "default_profile",
        value=name,
        way_out=f"Did you mean {near}?" if near else known,
    )

"""Settings: flags before environment before `config.toml` before defaults, each checked where it comes from.

Exceptions in order: `TZ` and `AZURE_*` belong to the whole machine, so the file, which is ours, comes before them. A
secret is read from the environment, a private file or a descriptor only, never from `config.toml` or an argument.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from backup_tui.config import variables as var
from backup_tui.config.clouds import GLOBAL, Cloud
from backup_tui.config.file import VERSIONS, ConfigFile, read_config
from backup_tui.config.nearest import nearest
from backup_tui.config.origins import DEFAULT, Origin, Sources
from backup_tui.config.settle_sign_in import (
    NOTHING_SAID,
    NoSignIn,
    demo_sign_in,
    settle_authority,
    settle_cloud,
    settle_flow,
    settle_sign_in,
    settle_tenant,
)
from backup_tui.config.sign_in import SignInSettings
from backup_tui.config.token import Token
from backup_tui.config.zones import named_zone, settle_zone
from backup_tui.errors import ConfigError, UsageError
from backup_tui.paths import STATE_DIR_VARIABLE, config_file, state_dir

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DEFAULT_VERSION = "v1.0"
DEFAULT_LOCK_WAIT = 10.0
DEFAULT_POLL_SECONDS = 5.0


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
        origins: Where each setting came from.
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
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)
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
    var.refuse_unknown_variables(env)
    config = read_config(file or config_file())
    given = {one.name: getattr(flags, one.name) for one in fields(flags)}
    if flags.demo:
        _refuse_with_demo(flags, env)
        # Neither variables nor profiles say anything about a tenant that ships inside.
        sources = Sources(given, {}, ConfigFile(config.path, top=config.top, exists=config.exists))
    else:
        if flags.sign_in == "":
            raise UsageError(
                "--sign-in needs a way to sign in; without one it belongs to --demo.",
                field="--sign-in",
                certain="Nothing was started.",
                way_out="For example: --sign-in device-code",
            )
        sources = Sources(given, env, config)
        sources.profile = _choose_profile(sources)
    tz, settled = _zone(sources, env)
    common = {
        "demo": flags.demo,
        "read_only": _read_only(sources, env),
        "profile": sources.profile,
        "tz": tz,
        "tz_settled": settled,
        "lock_wait": _lock_wait(sources),
        "log_level": sources.text("log_level", flag="--log-level", key="log_level", top=True, default="warning"),
        "profiles": tuple(config.profiles),
        "config_path": config.path,
        "config_exists": config.exists,
        "origins": sources.origins,
        "flags": flags,
    }
    if flags.demo:
        asked = flags.sign_in is not None
        return Settings(**common, sign_in=demo_sign_in() if asked else None, demo_sign_in=asked)  # type: ignore[arg-type]
    return Settings(**common, **_of_the_service(sources, state_dir(env)))  # type: ignore[arg-type]


def settings_of_profile(settings: Settings, profile: str) -> Settings:
    """The settings with another profile of the same file.

    What the command line said of the service and the sign-in was meant for the profile it was started with, so it
    does not go along; what it said of this machine does.

    Args:
        settings: Those in use.
        profile: Name of the other profile; empty for none.

    Raises:
        UsageError: There is no such profile.
        ConfigError: A file or a variable holds something that cannot be used.
    """
    kept = settings.flags
    flags = replace(
        kept,
        profile=profile,
        graph_url=None,
        client_id=None,
        tenant=None,
        sign_in=None,
        authority=None,
        secret_fd=None,
        force_cloud=False,
    )
    return load_settings(flags, file=settings.config_path)


def _of_the_service(sources: Sources, state: Path) -> dict[str, object]:
    """The settings that a demo does not have: the service, the sign-in, and how its profile looks."""
    flags = sources.flags
    named = tuple(str(host) for host in flags.get("trust_hosts") or ())  # type: ignore[attr-defined]
    trusted = frozenset(host.strip().lower() for host in named)
    url = sources.text("graph_url", flag="--graph-url", variable=var.URL_VARIABLE, key="graph_url")
    version = sources.text("api_version", key="api_version")
    cloud = settle_cloud(sources, url, trusted)
    if not cloud.offered and sources.origins["cloud"] is not DEFAULT:
        named = (*named, *sorted(cloud.hosts - trusted))
    authority = settle_authority(sources, cloud, trusted)
    token = _token(sources.env)
    flow = settle_flow(sources, token=token is not None)
    tenant = settle_tenant(sources, flow)
    sign_in = settle_sign_in(sources, flow, tenant, cloud, authority, state)
    usable = isinstance(sign_in, SignInSettings)
    sources.origins["state_dir"] = (
        Origin("variable", STATE_DIR_VARIABLE) if sources.env.get(STATE_DIR_VARIABLE, "").strip() else DEFAULT
    )
    sources.origins["trusted_hosts"] = Origin("flag", "--trust-host") if trusted else DEFAULT
    poll = sources.value("poll_seconds", key="poll_seconds", default=DEFAULT_POLL_SECONDS)
    return {
        "graph_url": _settle_url(sources, url, version, cloud),
        "trusted_hosts": named,
        "token": token if flow == "token" else None,
        "state_dir": state,
        "colour": sources.text("colour", key="colour"),
        "word": sources.text("word", key="word"),
        "tenant": tenant,
        "sign_in": sign_in if usable else None,
        "no_sign_in": NOTHING_SAID if usable else sign_in,
        "cloud": cloud,
        "poll_seconds": float(str(poll)),
    }


def _refuse_with_demo(flags: Flags, env: Mapping[str, str]) -> None:
    given = {
        "--graph-url": flags.graph_url,
        "--profile": flags.profile,
        "--client-id": flags.client_id,
        "--tenant": flags.tenant,
        "--authority": flags.authority,
        "--secret-fd": flags.secret_fd,
        "--force-cloud": flags.force_cloud,
    }
    for name, value in given.items():
        if value is not None and value is not False:
            raise UsageError(
                f"--demo and {name} do not go together: the demo never speaks to a real service.",
                field=name,
                value=str(value),
                certain="Nothing was started.",
                way_out=f"Leave out {name}.",
            )
    if flags.sign_in:
        raise UsageError(
            f"--demo signs in at a simulated authority, so --sign-in takes no {flags.sign_in[:40]!r} there.",
            field="--sign-in",
            value=flags.sign_in,
            certain="Nothing was started.",
            way_out="Write --demo --sign-in, with nothing behind it; a command stands before it.",
        )
    variables = [name for name in (*var.SIGN_IN_VARIABLES, var.URL_VARIABLE) if env.get(name, "").strip()]
    if variables:
        raise UsageError(
            f"--demo and {', '.join(variables)} do not go together: the demo never speaks to a real service.",
            field=variables[0],
            certain="Nothing was started.",
            way_out=f"Run it as: env {' '.join(f'-u {name}' for name in variables)} backup-tui --demo",
        )


def _zone(sources: Sources, env: Mapping[str, str]) -> tuple[str, bool]:
    asked = sources.text("tz", flag="--tz", key="tz", top=True)
    origin = sources.origins["tz"]
    from_flag = origin.kind == "flag"
    zone, settled = settle_zone(asked if from_flag else "", "" if from_flag else asked, sources.file.path, env)
    if not asked:
        sources.origins["tz"] = Origin("variable", "TZ") if env.get("TZ") else Origin("machine", "this machine")
    return zone, settled


def _read_only(sources: Sources, env: Mapping[str, str]) -> bool:
    in_file = bool(sources.value("read_only", key="read_only", top=True, default=False))
    from_env = var.switch(env, var.READ_ONLY_VARIABLE)
    if sources.flags.get("read_only"):
        sources.origins["read_only"] = Origin("flag", "--read-only")
        return True
    if from_env is not None:
        sources.origins["read_only"] = Origin("variable", var.READ_ONLY_VARIABLE)
        return from_env
    return in_file


def _lock_wait(sources: Sources) -> float:
    given = sources.flags.get("lock_wait")
    if given is None:
        return float(str(sources.value("lock_wait", key="lock_wait", top=True, default=DEFAULT_LOCK_WAIT)))
    sources.origins["lock_wait"] = Origin("flag", "--lock-wait")
    seconds = float(str(given))
    if not 0 <= seconds <= 3600:
        raise UsageError(
            f"--lock-wait {seconds:g} is not between 0 and 3600 seconds.", field="--lock-wait", value=f"{seconds:g}"
        )
    return seconds


def _token(env: Mapping[str, str]) -> Token | None:
    value = env.get(var.TOKEN_VARIABLE, "").strip()
    if value.lower().startswith("bearer "):
        value = value[7:].strip()
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigError(
            f"{var.TOKEN_VARIABLE} holds characters that no token has (a space, a line end or the like).",
            field=var.TOKEN_VARIABLE,
            certain="It was not sent anywhere.",
            way_out="Copy the token again, in one piece.",
        )
    return Token(value)


def _settle_url(sources: Sources, url: str, version: str, cloud: Cloud) -> str:
    if not url:
        sources.origins["graph_url"] = sources.origins["api_version"] if version else sources.origins["cloud"]
        return f"{cloud.graph}/{version or DEFAULT_VERSION}"
    last = url.rstrip("/").rpartition("/")[2].lower()
    if version and last in VERSIONS and last != version:
        origin = sources.origins["graph_url"]
        name = "graph_url of the profile" if origin.kind == "file" else origin.words
        raise UsageError(
            f"{name} ends in {last}, and api_version of the profile says {version}.",
            field=name,
            value=url,
            certain="Nothing was sent.",
            way_out="Make them the same, or take api_version out: the address names the version by itself.",
        )
    return url


def _choose_profile(sources: Sources) -> str:
    name = sources.text("profile", flag="--profile", variable=var.PROFILE_VARIABLE)
    if not name and sources.flags.get("profile") is None:
        name = str(sources.value("profile", key="default_profile", top=True, default=""))
    profiles = sources.file.profiles
    if not name or name in profiles:
        return name
    near = nearest(name, profiles)
    known = f"Known are {', '.join(profiles)}." if profiles else f"{sources.file.path} has no profile yet."
    origin = sources.origins["profile"]
    raise UsageError(
        f"There is no profile {name[:60]!r}.",
        field="default_profile" if origin.kind == "file" else origin.words,
        value=name,
        way_out=f"Did you mean {near}?" if near else known,
    )

"""Settles every setting: flags before environment before `config.toml` before defaults, checked where it comes from.

Exceptions in order: `TZ` and `AZURE_*` belong to the whole machine, so the file, which is ours, comes before them. A
secret is read from the environment, a private file or a descriptor only, never from `config.toml` or an argument.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from backup_tui.config import variables as var
from backup_tui.config.clouds import Cloud
from backup_tui.config.file import VERSIONS, read_config
from backup_tui.config.keys import written_key
from backup_tui.config.limits import KNOWN_LIMITS, LIMITS, ServiceLimits
from backup_tui.config.nearest import did_you_mean
from backup_tui.config.origins import DEFAULT, SettingSource, Sources
from backup_tui.config.resolve_cloud import resolve_authority, resolve_cloud
from backup_tui.config.resolve_sign_in import NOTHING_SAID, demo_sign_in, resolve_flow, resolve_sign_in, resolve_tenant
from backup_tui.config.resolve_zone import resolve_zone
from backup_tui.config.settings import DEFAULT_LOCK_WAIT, DEFAULT_POLL_SECONDS, DEFAULT_VERSION, SCENES, Flags, Settings
from backup_tui.config.sign_in import SignInSettings
from backup_tui.config.token import Token
from backup_tui.errors import ConfigError, UsageError
from backup_tui.paths import STATE_DIR_VARIABLE, config_file, state_dir

_SSH_VARIABLE = "SSH_CONNECTION"
_OF_THE_PROFILE = ("graph_url", "client_id", "tenant", "sign_in", "authority", "secret_fd", "force_cloud")
"""Flags that are meant for the profile that the program was started with."""


def load_settings(flags: Flags, environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Settles every setting.

    Args:
        environ: The process's environment when not given.
        file: Read instead of the usual `config.toml`.

    Raises:
        UsageError: Flags that do not go together, an unknown profile or zone.
        ConfigError: A file or a variable holds something that cannot be used; says which and where.
    """
    env = os.environ if environ is None else environ
    var.refuse_unknown_variables(env)
    config = read_config(file or config_file())
    given = {name: getattr(flags, name) for name in Flags.__struct_fields__}
    inside = flags.demo or flags.replay is not None
    if inside:
        _refuse_with_demo(flags, env)
        # Neither variables nor profiles say anything about a tenant that ships inside.
        sources = Sources(given, {}, replace(config, profiles={}))
    else:
        if flags.sign_in == "":
            message = "--sign-in needs a flow, except with --demo."
            raise _not_started(message, "--sign-in", "For example: --sign-in device-code")
        sources = Sources(given, env, config)
        sources.profile = _choose_profile(sources)
    tz, settled = _zone(sources, env)
    common = {
        "demo": inside,
        "scene": _scene(flags),
        "record": Path(flags.record) if flags.record else None,
        "replay": Path(flags.replay) if flags.replay else None,
        "read_only": _read_only(sources, env) or flags.replay is not None,
        "profile": sources.profile,
        "tz": tz,
        "tz_settled": settled,
        "lock_wait": _lock_wait(sources),
        "bell": sources.flag("bell", key="bell", top=True),
        "window_title": sources.flag("window_title", key="window_title", top=True),
        "notify": sources.text("notify", key="notify", top=True, default="off"),
        "mouse": sources.flag("mouse", key="mouse", top=True, default=True),
        "links": sources.text("links", key="links", top=True, default="auto"),
        "progress": sources.text("progress", key="progress", top=True, default="auto"),
        "on_event": sources.words("on_event"),
        "two_people": sources.flag("two_people", key="two_people"),
        "cache_last_view": sources.flag("cache_last_view", key="cache_last_view", top=True, default=True),
        "item_key": sources.text("item_key", key="item_key", default="id"),
        "limits": _limits(sources),
        "low_bandwidth": _low_bandwidth(sources, env),
        "keys": _keys(sources),
        "log_level": sources.text("log_level", flag="--log-level", key="log_level", top=True, default="warning"),
        "theme": sources.text("theme", flag="--theme", key="theme", top=True),
        "profiles": tuple(config.profiles),
        "config_path": config.path,
        "config_exists": config.exists,
        "settled": sources.settled,
        "flags": flags,
    }
    if inside:
        asked = flags.sign_in is not None
        return Settings(**common, sign_in=demo_sign_in() if asked else None, demo_sign_in=asked)  # type: ignore[arg-type]
    return Settings(**common, **_of_the_service(sources, state_dir(env)))  # type: ignore[arg-type]


def settings_of_profile(settings: Settings, profile: str) -> Settings:
    """The settings with another profile of the same file.

    What the command line said of the service and the sign-in was meant for the profile it was started with, so it does
    not go along; what it said of this machine does. Raises `UsageError`: the profile is unknown; `ConfigError`: a file
    or a variable holds something that cannot be used."""
    flags = replace(settings.flags, profile=profile, **{name: getattr(Flags(), name) for name in _OF_THE_PROFILE})
    return load_settings(flags, file=settings.config_path)


def _of_the_service(sources: Sources, state: Path) -> dict[str, object]:
    """The settings that a demo does not have: the service, the sign-in, and how its profile looks."""
    flags = sources.flags
    named = tuple(str(host) for host in flags.get("trust_hosts") or ())  # type: ignore[attr-defined]
    trusted = frozenset(host.strip().lower() for host in named)
    url = sources.text("graph_url", flag="--graph-url", variable=var.URL_VARIABLE, key="graph_url")
    version = sources.text("api_version", key="api_version")
    cloud = resolve_cloud(sources, url, trusted)
    if not cloud.offered and sources.origin("cloud") is not DEFAULT:
        named = (*named, *sorted(cloud.hosts - trusted))
    authority = resolve_authority(sources, cloud, trusted)
    token = _token(sources.env)
    flow = resolve_flow(sources, token=token is not None)
    tenant = resolve_tenant(sources, flow)
    sign_in = resolve_sign_in(sources, flow, tenant, cloud, authority, state)
    usable = isinstance(sign_in, SignInSettings)
    moved = sources.env.get(STATE_DIR_VARIABLE, "").strip()
    sources.settle("state_dir", str(state), SettingSource("variable", STATE_DIR_VARIABLE) if moved else DEFAULT)
    sources.settle(
        "trust_host", ", ".join(sorted(trusted)), SettingSource("flag", "--trust-host") if trusted else DEFAULT
    )
    sources.resolve_secret("token", SettingSource("variable", var.TOKEN_VARIABLE) if token is not None else DEFAULT)
    poll = sources.number("poll_seconds", key="poll_seconds", default=DEFAULT_POLL_SECONDS)
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
        "poll_seconds": poll,
    }


def _scene(flags: Flags) -> str:
    if flags.scene and flags.scene not in SCENES:
        known = f"Known: {', '.join(SCENES)}."
        hint = did_you_mean(flags.scene, SCENES, known)
        raise _not_started(f"The demo has no scene {flags.scene[:40]!r}.", "--demo", hint, flags.scene)
    return flags.scene or SCENES[0]


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
            message = f"--demo and {name} cannot be combined: the demo never contacts a real service."
            raise _not_started(message, name, f"Leave out {name}.", str(value))
    if flags.sign_in:
        message = (
            f"--demo signs in at a simulated authority, so --sign-in takes no flow there (not {flags.sign_in[:40]!r})."
        )
        hint = "Write --demo --sign-in with nothing after it; put a command before it."
        raise _not_started(message, "--sign-in", hint, flags.sign_in)
    variables = [name for name in (*var.SIGN_IN_VARIABLES, var.URL_VARIABLE) if env.get(name, "").strip()]
    if variables:
        message = f"--demo and {', '.join(variables)} cannot be combined: the demo never contacts a real service."
        hint = f"Run it as: env {' '.join(f'-u {name}' for name in variables)} backup-tui --demo"
        raise _not_started(message, variables[0], hint)


def _not_started(message: str, field: str, hint: str, value: str = "") -> UsageError:
    return UsageError(message, field=field, value=value, certainty="Nothing was started.", hint=hint)


def _zone(sources: Sources, env: Mapping[str, str]) -> tuple[str, bool]:
    asked = sources.text("tz", flag="--tz", key="tz", top=True)
    origin = sources.origin("tz")
    flag, in_file = (asked, "") if origin.kind == "flag" else ("", asked)
    zone, settled, origin = resolve_zone(flag, in_file, origin, env)
    sources.settle("tz", zone, origin)
    return zone, settled


def _read_only(sources: Sources, env: Mapping[str, str]) -> bool:
    in_file = sources.flag("read_only", key="read_only", top=True)
    from_env = var.switch(env, var.READ_ONLY_VARIABLE)
    if sources.flags.get("read_only"):
        return sources.settle("read_only", True, SettingSource("flag", "--read-only"))
    if from_env is not None:
        return sources.settle("read_only", from_env, SettingSource("variable", var.READ_ONLY_VARIABLE))
    return in_file


def _low_bandwidth(sources: Sources, env: Mapping[str, str]) -> bool:
    in_file = sources.flag("low_bandwidth", key="low_bandwidth", top=True)
    if sources.flags.get("low_bandwidth"):
        return sources.settle("low_bandwidth", True, SettingSource("flag", "--low-bandwidth"))
    if sources.origin("low_bandwidth") is DEFAULT and env.get(_SSH_VARIABLE, "").strip():
        return sources.settle("low_bandwidth", True, SettingSource("machine", f"{_SSH_VARIABLE}, set by SSH"))
    return in_file


def _limits(sources: Sources) -> ServiceLimits:
    return ServiceLimits(
        **{
            key: sources.count(f"limits.{key}", getattr(LIMITS, key), known.basis)
            for key, known in KNOWN_LIMITS.items()
        }
    )


def _keys(sources: Sources) -> Mapping[str, tuple[str, ...]]:
    for command, keys in sources.file.keys.items():
        place = SettingSource("file", sources.file.place("", f"keys.{command}"))
        sources.settle(f"keys.{command}", " ".join(map(written_key, keys)), place)
    return sources.file.keys


def _lock_wait(sources: Sources) -> float:
    given = sources.flags.get("lock_wait")
    if given is None:
        return sources.number("lock_wait", key="lock_wait", top=True, default=DEFAULT_LOCK_WAIT)
    seconds = float(str(given))
    sources.settle("lock_wait", seconds, SettingSource("flag", "--lock-wait"))
    if not 0 <= seconds <= 3600:
        message = f"--lock-wait {seconds:g} is not between 0 and 3600 seconds."
        raise UsageError(message, field="--lock-wait", value=f"{seconds:g}")
    return seconds


def _token(env: Mapping[str, str]) -> Token | None:
    value = env.get(var.TOKEN_VARIABLE, "").strip()
    if value.lower().startswith("bearer "):
        value = value[7:].strip()
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigError(
            f"{var.TOKEN_VARIABLE} contains characters that no token has, such as a space or a line break.",
            field=var.TOKEN_VARIABLE,
            certainty="It was not sent anywhere.",
            hint="Copy the token again, in one piece.",
        )
    return Token(value)


def _settle_url(sources: Sources, url: str, version: str, cloud: Cloud) -> str:
    if not url:
        url = f"{cloud.graph}/{version or DEFAULT_VERSION}"
        return sources.settle("graph_url", url, sources.origin("api_version" if version else "cloud"))
    last = url.rstrip("/").rpartition("/")[2].lower()
    if version and last in VERSIONS and last != version:
        origin = sources.origin("graph_url")
        name = "graph_url of the profile" if origin.kind == "file" else origin.words
        raise UsageError.unsent(
            f"{name} ends in {last}, and api_version of the profile says {version}.",
            name,
            url,
            "Make them the same, or remove api_version: the address includes the version.",
        )
    return url


def _choose_profile(sources: Sources) -> str:
    name = sources.text("profile", flag="--profile", variable=var.PROFILE_VARIABLE)
    if not name and sources.flags.get("profile") is None:
        name = sources.text("profile", key="default_profile", top=True)
    profiles = sources.file.profiles
    if not name or name in profiles:
        return name
    known = f"Known: {', '.join(profiles)}." if profiles else f"{sources.file.path} has no profile yet."
    origin = sources.origin("profile")
    raise UsageError(
        f"Unknown profile {name[:60]!r}.",
        field="default_profile" if origin.kind == "file" else origin.words,
        value=name,
        hint=did_you_mean(name, profiles, known),
    )

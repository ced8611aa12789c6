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

COLOURS = ("red", "orange", "yellow", "green", "blue", "magenta", "cyan", "grey")
LOG_LEVELS = ("debug", "info", "warning", "error")
VERSIONS = ("v1.0", "beta")


class Token:
    """A bearer token that does not show itself in a repr, a log or a traceback."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The token itself, for the one place that puts it into a request header."""
        return self._value

    def __repr__(self) -> str:
        return "Token(hidden)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class FileKey:
    """One key that `config.toml` may hold.

    Attributes:
        kind: `text`, `flag` (true or false) or `seconds`.
        sentence: What it does.
        choices: The only values allowed; empty when any text is.
    """

    kind: str
    sentence: str
    choices: tuple[str, ...] = ()


TOP_KEYS: Mapping[str, FileKey] = {
    "default_profile": FileKey("text", "The profile that is used when --profile is not given."),
    "tz": FileKey("text", "Zone in which times are typed and shown, such as Europe/Berlin."),
    "read_only": FileKey("flag", "true opens everything to read only."),
    "lock_wait": FileKey("seconds", "How long a command waits while another instance is changing things (0 to 3600)."),
    "log_level": FileKey("text", "How much is written to the log file.", LOG_LEVELS),
}
PROFILE_KEYS: Mapping[str, FileKey] = {
    "graph_url": FileKey("text", "Address of the service; its last segment is the version."),
    "api_version": FileKey("text", "Version of the service when graph_url is not given.", VERSIONS),
    "read_only": FileKey("flag", "true opens this profile to read only."),
    "tz": FileKey("text", "Zone in which times are typed and shown with this profile."),
    "colour": FileKey("text", "Colour of the first line.", COLOURS),
    "word": FileKey("text", "A word that stands in the first line, such as PRODUCTION (at most 16 characters)."),
    "tenant": FileKey("text", "Directory id or domain that the sign-in must be for; another opens read-only."),
}
_SECRETS = frozenset({"token", "access_token", "password", "secret", "client_secret", "refresh_token"})


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
    top, profiles = _read_file(path)
    if flags.demo:
        _refuse_with_demo(flags, env)
    name, profile = ("", {}) if flags.demo else _choose_profile(flags, top, profiles, path)
    tz, settled = _settle_zone(flags, env, str(profile.get("tz", "") or top.get("tz", "")), path)
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


def named_zone(name: str, field: str = "Zone") -> ZoneInfo:
    """The time zone of that name, in any case: `europe/berlin` is `Europe/Berlin`.

    Raises:
        UsageError: There is no such zone; names the nearest one.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    asked = name.strip()
    try:
        if asked and asked.isascii() and asked.isprintable():
            return ZoneInfo(asked)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # answered below, with the name that was probably meant
    known = {zone.lower(): zone for zone in available_timezones()}
    spelled = asked.lower().replace(" ", "_")
    if spelled in known:
        return ZoneInfo(known[spelled])
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known.values())}
    close = by_city.get(spelled) or _nearest(spelled, known) or _nearest(spelled, by_city)
    meant = known.get(close, by_city.get(close, close))
    raise UsageError(
        f"There is no time zone {asked[:60]!r}.",
        field=field,
        value=asked,
        way_out=f"Did you mean {meant}?" if meant else "Zones are named like Europe/Berlin or UTC.",
    )


def _nearest(word: str, names: Mapping[str, object] | tuple[str, ...]) -> str:
    from difflib import get_close_matches  # late: only a mistake needs it

    return next(iter(get_close_matches(word.lower(), list(names), n=1, cutoff=0.6)), "")


def _refuse_unknown_variables(env: Mapping[str, str]) -> None:
    for name in sorted(env):
        if name.startswith("BACKUP_TUI_") and name not in VARIABLES:
            near = _nearest(name, {variable.lower(): 1 for variable in VARIABLES}).upper()
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
    near = _nearest(name, dict.fromkeys(profiles, 1))
    known = f"Known are {', '.join(profiles)}." if profiles else f"{path} has no profile yet."
    raise UsageError(
        f"There is no profile {name[:60]!r}.",
        field="--profile" if flags.profile else "default_profile",
        value=name,
        way_out=f"Did you mean {near}?" if near else known,
    )


def _settle_zone(flags: Flags, env: Mapping[str, str], in_file: str, path: Path) -> tuple[str, bool]:
    if flags.tz:
        return named_zone(flags.tz, "--tz").key, True
    if in_file:
        return named_zone(in_file, f"tz in {path}").key, True
    for asked in (env.get("TZ", ""), _machine_zone()):
        name = asked.removeprefix(":")
        if "zoneinfo/" in name:
            name = name.rpartition("zoneinfo/")[2]
        if not name:
            continue
        try:
            key = named_zone(name, "TZ").key
        except UsageError:
            continue  # `TZ` may hold a rule such as CET-1CEST: no name to show, so the person is asked once
        return key, key not in ("UTC", "Etc/UTC", "UCT", "Universal", "Zulu") or asked == env.get("TZ")
    return "UTC", False


def _machine_zone() -> str:
    try:
        target = os.path.realpath("/etc/localtime")
        if "zoneinfo/" in target:
            return target.rpartition("zoneinfo/")[2]
        return Path("/etc/timezone").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""  # a machine without a zone: the person is asked once


def _read_file(path: Path) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}, {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path} cannot be read ({reason}).", field=str(path)) from error
    import tomllib  # late: most machines have no file

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path} is not TOML: {error}.", field=str(path), way_out='A line looks like: tz = "Europe/Berlin"'
        ) from error
    profiles = data.pop("profile", {})
    if not isinstance(profiles, dict) or not all(isinstance(value, dict) for value in profiles.values()):
        raise _wrong(path, text, "", "profile", "a profile is a section of its own", "Write [profile.NAME].")
    _check_keys(path, text, "", data, TOP_KEYS)
    for name, values in profiles.items():
        _check_keys(path, text, name, values, PROFILE_KEYS)
    return data, profiles


def _check_keys(
    path: Path, text: str, profile: str, values: Mapping[str, object], known: Mapping[str, FileKey]
) -> None:
    for key, value in values.items():
        if key.lower() in _SECRETS:
            way_out = f"Take it out of the file and give the token in {TOKEN_VARIABLE}."
            raise _wrong(path, text, profile, key, "a secret is never read from this file", way_out)
        rule = known.get(key)
        if rule is None:
            near = _nearest(key, known)
            elsewhere = "It belongs into a [profile.NAME] section." if key in PROFILE_KEYS else ""
            known_words = f"Known here are {', '.join(known)}."
            meant = f"Did you mean {near}?" if near else known_words
            raise _wrong(path, text, profile, key, "this key is not known", elsewhere or meant)
        _check_value(path, text, profile, key, value, rule)


def _check_value(path: Path, text: str, profile: str, key: str, value: object, rule: FileKey) -> None:
    if rule.kind == "flag" and not isinstance(value, bool):
        raise _wrong(path, text, profile, key, f"{value!r:.40} is neither true nor false", "Write true or false.")
    if rule.kind == "seconds" and (
        isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600
    ):
        raise _wrong(path, text, profile, key, f"{value!r:.40} is no number from 0 to 3600", "Give seconds.")
    if rule.kind != "text":
        return
    if not isinstance(value, str) or not value.isprintable():
        raise _wrong(path, text, profile, key, f"{value!r:.40} is no text", f'Write {key} = "..."')
    if rule.choices and value not in rule.choices:
        near = _nearest(value, rule.choices)
        meant = f"Did you mean {near}?" if near else f"It is one of {', '.join(rule.choices)}."
        raise _wrong(path, text, profile, key, f"{value!r:.40} cannot be used", meant)
    if key == "word" and len(value) > 16:
        raise _wrong(path, text, profile, key, "the word is longer than 16 characters", "Take a shorter one.")
    if key == "tz":
        try:
            named_zone(value)
        except UsageError as error:
            raise _wrong(path, text, profile, key, f"there is no time zone {value!r:.40}", error.way_out) from error


def _wrong(path: Path, text: str, profile: str, key: str, why: str, way_out: str) -> ConfigError:
    line = _line_of(text, profile, key)
    place = f"{path}, line {line}" if line else str(path)
    named = f"{key} of profile {profile}" if profile else key
    return ConfigError(f"{place}: {named}: {why}.", field=key, value=place, way_out=way_out)


def _line_of(text: str, profile: str, key: str) -> int:
    """Number of the line that holds `key`, 0 when it cannot be told (tomllib gives no positions)."""
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip()
        if word.startswith("["):
            section = word.strip("[] ").removeprefix("profile.").strip("\"'")
        elif section == profile and word.partition("=")[0].strip().strip("\"'") == key:
            return number
    return 0

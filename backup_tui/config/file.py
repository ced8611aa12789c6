"""`config.toml`: which keys it may hold, and where exactly one of them is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backup_tui.config.nearest import nearest
from backup_tui.config.zones import named_zone
from backup_tui.errors import ConfigError, UsageError

COLOURS = ("red", "orange", "yellow", "green", "blue", "magenta", "cyan", "grey")
LOG_LEVELS = ("debug", "info", "warning", "error")
VERSIONS = ("v1.0", "beta")


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


def read_config(path: Path) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """Reads and checks `config.toml`.

    Returns:
        The keys at its top, and the profiles by name; nothing when there is no file.

    Raises:
        ConfigError: It cannot be read, or holds something that cannot be used; names file, line and key.
    """
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
            way_out = "Take it out of the file and give the token in BACKUP_TUI_ACCESS_TOKEN."
            raise _wrong(path, text, profile, key, "a secret is never read from this file", way_out)
        rule = known.get(key)
        if rule is None:
            near = nearest(key, known)
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
        near = nearest(value, rule.choices)
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

"""`config.toml`: which keys it may hold, and where exactly one of them is wrong."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.config.clouds import CLOUDS
from backup_tui.config.keys import own_keys
from backup_tui.config.limits import KNOWN_LIMITS
from backup_tui.config.nearest import did_you_mean
from backup_tui.config.sign_in import CACHES, FLOWS
from backup_tui.config.zones import named_zone
from backup_tui.errors import ConfigError, UsageError

COLOURS = ("red", "orange", "yellow", "green", "blue", "magenta", "cyan", "grey")
LOG_LEVELS = ("debug", "info", "warning", "error")
VERSIONS = ("v1.0", "beta")
THEMES = ("terminal", "midnight", "paper", "contrast")  # the looks of the screens, the default first
NOTIFY = ("off", "osc9", "osc777")
"""How a desktop notification is asked of the terminal; 9 is understood by more, 777 has a title."""
CHOICES = ("auto", "on", "off")
"""Whether the terminal is sent something that not every one has; `auto` asks what is known of it."""
ITEM_KEYS = ("id", "itemKey", "both")
"""Names under which a file that is added to a draft of a OneDrive account can be sent; the words of
`models.granular.ItemKeyForm`."""
POLL_SECONDS = (5.0, 300.0)  # least and most seconds between two reads of a running restore


class FileKey(Struct, frozen=True):
    """One key that `config.toml` may hold."""

    # `text`, `name` (text without blanks), `zone`, `path`, `flag` (true or false), `seconds`, `port`, `count` or
    # `command` (a list of words)
    kind: str
    sentence: str  # what it does
    choices: tuple[str, ...] = ()  # the only values allowed; empty when any text is
    least: float = 0  # of a number
    most: float = 3600  # of a number
    longest: int = 10_000  # characters of a text


_LIMITS = "limits"
_KEYS = "keys"
_LIMIT_KEYS: Mapping[str, FileKey] = {
    f"{_LIMITS}.{key}": FileKey("count", f"{known.sentence} 1 to {known.most:,}.", least=1, most=known.most)
    for key, known in KNOWN_LIMITS.items()
}
"""The keys of `[limits]` and `[profile.NAME.limits]`."""
_ON_EVENT = FileKey("command", "Command that is run with one JSON object on its standard input when something happens.")
TOP_KEYS: Mapping[str, FileKey] = {
    "default_profile": FileKey("text", "Profile used if --profile is not given."),
    "tz": FileKey("zone", "Time zone for times you type and see, such as Europe/Berlin."),
    "read_only": FileKey("flag", "true opens everything read-only."),
    "lock_wait": FileKey("seconds", "Seconds that a command waits while another instance makes changes (0 to 3600)."),
    "bell": FileKey("flag", "true rings the terminal bell when a restore ends, first fails or does not move."),
    "window_title": FileKey("flag", "true says the same in the title of the terminal's window."),
    "notify": FileKey("text", "Says the same as a desktop notification of the terminal.", NOTIFY),
    "mouse": FileKey(
        "flag", "false leaves the mouse to the terminal: nothing can be clicked, all text can be selected."
    ),
    "links": FileKey(
        "text", "Makes addresses links of the terminal; auto does where it is known to have them.", CHOICES
    ),
    "progress": FileKey("text", "Shows in the task bar how far restores are; auto as for links.", CHOICES),
    "on_event": _ON_EVENT,
    "low_bandwidth": FileKey(
        "flag", "2 frames a second, fewer reads, no chart of the pace; true over SSH if it is not set."
    ),
    "cache_last_view": FileKey(
        "flag",
        "false keeps no rows of the first screen, no filters, orders, columns or places, and removes those kept.",
    ),
    "theme": FileKey("text", "Look of the screens.", THEMES),
    "log_level": FileKey("text", "Lowest level written to the log file.", LOG_LEVELS),
    **_LIMIT_KEYS,
}
PROFILE_KEYS: Mapping[str, FileKey] = {
    "tenant": FileKey(
        "name", "Directory id or domain to sign in to; signed in to another tenant, everything opens read-only."
    ),
    "client_id": FileKey("name", "Client id of the application registered for this program."),
    "sign_in": FileKey("text", "How to sign in.", FLOWS),
    "certificate": FileKey("path", "File with the application's certificate and its key (PEM or PFX)."),
    "certificate_password_file": FileKey("path", "File with the password of the certificate's key."),
    "secret_file": FileKey("path", "File with the application's client secret."),
    "federated_token_file": FileKey("path", "File with the token of another identity provider."),
    "managed_identity": FileKey("name", "Client id of a user-assigned managed identity."),
    "redirect_port": FileKey(
        "port", "Port on this machine to which the browser returns; 0 for any.", least=0, most=65_535
    ),
    "token_cache": FileKey(
        "text", "Where a sign-in is kept: in memory until the program ends, in the key store, or in a file.", CACHES
    ),
    "token_cache_key_file": FileKey("path", "File with the key that encrypts the kept sign-in."),
    "cloud": FileKey("text", "Microsoft cloud.", tuple(CLOUDS)),
    "cloud_forced": FileKey("flag", "true allows a cloud in which Microsoft does not offer this service."),
    "authority": FileKey("text", "Address to sign in at, without the tenant."),
    "graph_url": FileKey("text", "Address of the service; its last segment is the version."),
    "api_version": FileKey("text", "Version of the service if graph_url is not given.", VERSIONS),
    "poll_seconds": FileKey(
        "seconds", "Seconds between two reads of a running restore.", least=POLL_SECONDS[0], most=POLL_SECONDS[1]
    ),
    "item_key": FileKey(
        "text",
        "Name under which a file that is added to a draft of a OneDrive account is sent; Microsoft's pages differ.",
        ITEM_KEYS,
    ),
    "read_only": FileKey("flag", "true opens this profile read-only."),
    "tz": FileKey("zone", "Time zone for times you type and see with this profile."),
    "colour": FileKey("text", "Color of the first line.", COLOURS),
    "word": FileKey("text", "Word in the first line, such as PRODUCTION (at most 16 characters).", longest=16),
    "two_people": FileKey("flag", "true lets nobody start what they drafted or last changed (a convention)."),
    "on_event": _ON_EVENT,
    **_LIMIT_KEYS,
}
_INSTEAD = {
    "give the secret in BACKUP_TUI_CLIENT_SECRET, in a file (secret_file) or with --secret-fd":
        "secret client_secret app_secret api_key",
    "give the password in BACKUP_TUI_CERTIFICATE_PASSWORD or in a file (certificate_password_file)":
        "password certificate_password certificate_passphrase pfx_password private_key",
    "give the passphrase in BACKUP_TUI_CACHE_PASSPHRASE or the key in a file (token_cache_key_file)":
        "passphrase cache_passphrase token_cache_key token_cache_passphrase cache_key",
    "give the token in BACKUP_TUI_ACCESS_TOKEN": "token access_token refresh_token bearer id_token",
}  # fmt: skip
_SECRETS = {key: instead for instead, keys in _INSTEAD.items() for key in keys.split()}
"""Keys that would hold a secret, each with what to do instead."""


class ConfigFile(Struct, frozen=True):
    """A configuration file that was read and checked."""

    path: Path  # where it is, or would be
    top: Mapping[str, object] = field(default_factory=dict)  # the keys at its top
    profiles: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # the keys of each profile, by its name
    exists: bool = False  # whether there is one
    _text: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # keys of commands, by the commands' ids

    def place(self, profile: str, key: str) -> str:
        """`PATH, line N` of a key; `PATH` alone when the line is unknown."""
        line = _line_of(self._text, profile, key)
        return f"{self.path}, line {line}" if line else str(self.path)

    def wrong(self, profile: str, key: str, why: str, hint: str) -> ConfigError:
        """The error of a key that cannot be used."""
        place, named = self.place(profile, key), f"{key} of profile {profile}" if profile else key
        return ConfigError(f"{place}: {named}: {why}.", field=key, value=place, hint=hint)

    def path_of(self, value: str) -> Path:
        """A path that the file names: `~` is the home folder, a relative one begins where the file is."""
        return self.path.parent / Path(value).expanduser()


def read_config(path: Path) -> ConfigFile:
    """Reads and checks `config.toml`, if there is one. Raises ConfigError, which names file, line and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ConfigFile(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path} cannot be read ({reason}).", field=str(path)) from error
    import tomllib  # late: most machines have no file

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path} is not TOML: {error}.", field=str(path), hint='A line looks like: tz = "Europe/Berlin"'
        ) from error
    profiles, keys = data.pop("profile", {}), data.pop(_KEYS, {})
    if not isinstance(profiles, dict) or not all(isinstance(value, dict) for value in profiles.values()):
        config = ConfigFile(path, data, {}, True, text)
        raise config.wrong("", "profile", "a profile is a separate section", "Write [profile.NAME].")
    config = ConfigFile(path, data, profiles, True, text)
    if not isinstance(keys, dict):
        raise config.wrong("", _KEYS, "keys are a separate section", f"Write [{_KEYS}].")
    config = replace(config, keys=own_keys(keys, lambda command, *why: config.wrong("", f"{_KEYS}.{command}", *why)))
    for profile, values in (("", data), *profiles.items()):
        _join_limits(config, profile, values)
    for profile, values, known in (("", data, TOP_KEYS), *((*each, PROFILE_KEYS) for each in profiles.items())):
        for key, value in values.items():
            problem = _problem_of_key(key, known) or _problem_of_value(key, value, known[key])
            if problem is not None:
                raise config.wrong(profile, key, *problem)
    return config


def _join_limits(config: ConfigFile, profile: str, values: dict[str, object]) -> None:
    """Makes the keys of the section of limits keys of the profile: `limits.sessions`."""
    limits = values.pop(_LIMITS, {})
    if not isinstance(limits, dict):
        section = f"[profile.{profile}.{_LIMITS}]" if profile else f"[{_LIMITS}]"
        raise config.wrong(profile, _LIMITS, "limits are a separate section", f"Write {section}.")
    values.update({f"{_LIMITS}.{key}": value for key, value in limits.items()})


_Problem = tuple[str, str]  # what is wrong, and what to do


def _problem_of_key(key: str, known: Mapping[str, FileKey]) -> _Problem | None:
    instead = _SECRETS.get(key.lower().replace("-", "_"))
    if instead is not None:
        return "a secret is never read from this file", f"Remove it from the file and {instead}."
    if key in known:
        return None
    if key in PROFILE_KEYS:
        hint = "Move it into a [profile.NAME] section."
    elif key in TOP_KEYS:
        hint = "Move it to the top of the file, before the first section."
    else:
        hint = did_you_mean(key, known, f"Known: {', '.join(known)}.")
    return "this key is unknown", hint


def _problem_of_value(key: str, value: object, rule: FileKey) -> _Problem | None:
    if rule.kind == "flag":
        return None if isinstance(value, bool) else (f"{value!r:.40} is neither true nor false", "Write true or false.")
    if rule.kind in ("seconds", "port", "count"):
        kinds = (int, float) if rule.kind == "seconds" else (int,)
        if isinstance(value, kinds) and not isinstance(value, bool) and rule.least <= value <= rule.most:
            return None
        span = f"from {rule.least:g} to " + (f"{rule.most:,}" if rule.kind == "count" else f"{rule.most:g}")
        given = {"port": "a port", "count": "a whole number"}.get(rule.kind, "seconds")
        return f"{value!r:.40} isn't a number {span}", f"Give {given}, {span}."
    if rule.kind == "command":
        return _problem_of_command(key, value)
    if not isinstance(value, str) or not value.isprintable():
        return f"{value!r:.40} isn't text", f'Write {key} = "..."'
    checks: tuple[tuple[bool, str, str], ...] = (
        (rule.kind == "path" and not value.strip(), "no file is named", f'Write {key} = "PATH" or remove it.'),
        (
            rule.kind == "name" and (" " in value.strip() or not value.isascii()),
            f"{value!r:.60} is neither an id nor a domain",
            "It cannot contain spaces.",
        ),
        (bool(rule.choices) and value not in rule.choices, f"{value!r:.40} cannot be used", _choice(value, rule)),
        (len(value) > rule.longest, f"the {key} is longer than {rule.longest} characters", "Use a shorter one."),
    )
    return next(((why, hint) for wrong, why, hint in checks if wrong), None) or _problem_of_zone(value, rule)


def _problem_of_command(key: str, value: object) -> _Problem | None:
    words = value if isinstance(value, list) else []
    if words and words[0] and all(isinstance(word, str) and "\0" not in word for word in words):
        return None
    return f"{value!r:.40} isn't a list of words", f'Write {key} = ["/path/to/command", "argument"]; no shell is used.'


def _choice(value: str, rule: FileKey) -> str:
    return did_you_mean(value, rule.choices, f"It is one of {', '.join(rule.choices)}.")


def _problem_of_zone(value: str, rule: FileKey) -> _Problem | None:
    if rule.kind == "zone":
        try:
            named_zone(value)
        except UsageError as error:
            return f"{value!r:.40} isn't a time zone", error.hint
    return None


def _line_of(text: str, profile: str, key: str) -> int:
    """Number of the line that holds `key`, 0 when it is unknown (tomllib gives no positions)."""
    section = ""
    inner, _, last = key.rpartition(".")
    inner = f"{profile}.{inner}".strip(".")
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip()
        if word.startswith("["):
            section = word.strip("[] ").removeprefix("profile.").strip("\"'")
        elif (section, word.partition("=")[0].strip().strip("\"'")) in ((profile, key), (inner, last)):
            return number
    return 0

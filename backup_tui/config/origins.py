"""Where a setting's value came from: flag before environment before `config.toml` before default."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field

from backup_tui.config.file import ConfigFile
from backup_tui.errors import ConfigError

V = TypeVar("V", str, float, bool)


class SettingSource(Struct, frozen=True):
    """Where one value came from."""

    kind: str  # `flag`, `variable`, `file`, `machine` or `default`
    place: str = ""  # the flag, the variable's name, `PATH, line N`, or nothing

    @property
    def words(self) -> str:
        """For people: `--tz`, `BACKUP_TUI_TENANT`, `/home/me/.config/backup-tui/config.toml, line 12`, `default`."""
        return self.place or self.kind


DEFAULT = SettingSource("default")


def refused(place: str, what: str, hint: str, value: str = "", certainty: str = "Nothing was sent.") -> ConfigError:
    """The error of a setting that cannot be used, at the place where it was given."""
    return ConfigError(f"{place}: {what}.", field=place, value=value, certainty=certainty, hint=hint)


class Resolved(Struct, frozen=True):
    """A setting's value as it may be shown, and where it came from."""

    value: str | float | bool  # text, number or flag; of a secret only whether it is set
    origin: SettingSource = DEFAULT  # where it came from
    secret: bool = False  # whether the value is a secret, so that `value` says only whether there is one

    @property
    def words(self) -> str:
        """The value for people: `true`, `5`, of a secret `set` or `not set`."""
        if self.secret:
            return "set" if self.value else "not set"
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return f"{self.value:g}" if isinstance(self.value, float) else str(self.value)

    def place_words(self, file: Path | None) -> str:
        """Where it came from; of the file, only its name and the line."""
        place = self.origin.words
        return place.replace(str(file), file.name, 1) if file is not None and self.origin.kind == "file" else place


class Sources(Struct):
    """Looks settings up in their order, and remembers what was found where."""

    flags: Mapping[str, object]  # what the command line gave, by setting
    env: Mapping[str, str]  # the environment
    file: ConfigFile  # the configuration file
    profile: str = ""  # name of the profile; empty when there is none
    settled: dict[str, Resolved] = field(default_factory=dict)  # each setting that was looked up

    def origin(self, setting: str) -> SettingSource:
        """Where a setting that was looked up came from."""
        return self.settled[setting].origin

    def settle(self, setting: str, value: V, origin: SettingSource) -> V:
        """Says what a setting is, where its value follows from others or was looked for elsewhere; returns it."""
        self.settled[setting] = Resolved(value, origin)
        return value

    def resolve_secret(self, setting: str, origin: SettingSource) -> None:
        """Says where a secret comes from; from nowhere means that there is none."""
        self.settled[setting] = Resolved(origin is not DEFAULT, origin, secret=True)

    def text(
        self,
        setting: str,
        *,
        flag: str = "",
        variable: str = "",
        key: str = "",
        top: bool = False,
        late_variable: str = "",
        default: str = "",
    ) -> str:
        """The value of a setting as text, without the blanks around it. `key`: its key in the profile, and with `top`
        also at the top of the file. `late_variable`: a variable that is not ours and comes after the file."""
        for origin, value in self._found(setting, flag, variable, key, top, late_variable):
            text = str(value).strip()
            if text:
                return self.settle(setting, text, origin)
        return self.settle(setting, default, DEFAULT)

    def flag(self, setting: str, *, key: str, top: bool = False, default: bool = False) -> bool:
        """A setting that is true or false in the file."""
        for origin, value in self._in_file(key, top=top):
            return self.settle(setting, bool(value), origin)
        return self.settle(setting, default, DEFAULT)

    def number(self, setting: str, *, key: str, top: bool = False, default: float) -> float:
        """A setting that is a number in the file."""
        for origin, value in self._in_file(key, top=top):
            number = float(str(value))
            return self.settle(setting, number, origin)
        return self.settle(setting, default, DEFAULT)

    def count(self, setting: str, default: int, basis: str) -> int:
        """A whole number of the file, of the profile before the top; `basis` tells where its default comes from."""
        for origin, value in self._in_file(setting, top=True):
            return int(self.settle(setting, int(str(value)), origin))
        return int(self.settle(setting, default, SettingSource("default", f"default, {basis}")))

    def words(self, setting: str) -> tuple[str, ...]:
        """A list of words of the file, of the profile before the top; empty when it is not set."""
        for origin, value in self._in_file(setting, top=True):
            words = tuple(map(str, value)) if isinstance(value, list) else ()
            import shlex

            self.settle(setting, shlex.join(words), origin)
            return words
        self.settle(setting, "", DEFAULT)
        return ()

    def _found(
        self, setting: str, flag: str, variable: str, key: str, top: bool, late_variable: str
    ) -> list[tuple[SettingSource, object]]:
        found: list[tuple[SettingSource, object]] = []
        given = self.flags.get(setting)
        if flag and isinstance(given, str) and given:
            found.append((SettingSource("flag", flag), given))
        if variable and self.env.get(variable):
            found.append((SettingSource("variable", variable), self.env[variable]))
        if key:
            found += self._in_file(key, top=top)
        if late_variable and self.env.get(late_variable):
            found.append((SettingSource("variable", late_variable), self.env[late_variable]))
        return found

    def _in_file(self, key: str, *, top: bool) -> list[tuple[SettingSource, object]]:
        values = self.file.profiles.get(self.profile, {}) if self.profile else {}
        found: list[tuple[SettingSource, object]] = []
        if key in values:
            found.append((SettingSource("file", self.file.place(self.profile, key)), values[key]))
        if top and key in self.file.top:
            found.append((SettingSource("file", self.file.place("", key)), self.file.top[key]))
        return found

"""Where a setting's value came from: flag before environment before `config.toml` before default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backup_tui.config.file import ConfigFile


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value came from.

    Attributes:
        kind: `flag`, `variable`, `file`, `machine` or `default`.
        place: The flag, the variable's name, `PATH, line N`, or nothing.
    """

    kind: str
    place: str = ""

    @property
    def words(self) -> str:
        """For people: `--tz`, `BACKUP_TUI_TENANT`, `/home/me/.config/backup-tui/config.toml, line 12`, `default`."""
        return self.place or self.kind


DEFAULT = Origin("default")


@dataclass(slots=True)
class Sources:
    """Looks settings up in their order, and remembers where each was found.

    Attributes:
        flags: What the command line gave, by setting.
        env: The environment.
        file: The configuration file.
        profile: Name of the profile; empty when there is none.
        origins: Where each setting that was looked up came from.
    """

    flags: Mapping[str, object]
    env: Mapping[str, str]
    file: ConfigFile
    profile: str = ""
    origins: dict[str, Origin] = field(default_factory=dict)

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
        """The value of a setting as text; blanks around it do not count.

        Args:
            setting: Its name, for `origins` and `flags`.
            flag: The option that gives it, such as `--tenant`.
            variable: The environment variable that gives it.
            key: Its key in the file, in the profile.
            top: The key may also stand at the top of the file.
            late_variable: A variable that is not ours and comes after the file.
            default: What counts when nobody says anything.
        """
        for origin, value in self._found(setting, flag, variable, key, top, late_variable):
            text = str(value).strip()
            if text:
                self.origins[setting] = origin
                return text
        self.origins[setting] = DEFAULT
        return default

    def value(self, setting: str, *, key: str, top: bool = False, default: object = None) -> object:
        """The value of a setting that only the file gives, as the file has it."""
        for origin, value in self._found(setting, "", "", key, top, ""):
            self.origins[setting] = origin
            return value
        self.origins[setting] = DEFAULT
        return default

    def _found(
        self, setting: str, flag: str, variable: str, key: str, top: bool, late_variable: str
    ) -> list[tuple[Origin, object]]:
        found: list[tuple[Origin, object]] = []
        given = self.flags.get(setting)
        if flag and isinstance(given, str) and given:
            found.append((Origin("flag", flag), given))
        if variable and self.env.get(variable):
            found.append((Origin("variable", variable), self.env[variable]))
        if key:
            found += self._in_file(key, top=top)
        if late_variable and self.env.get(late_variable):
            found.append((Origin("variable", late_variable), self.env[late_variable]))
        return found

    def _in_file(self, key: str, *, top: bool) -> list[tuple[Origin, object]]:
        values = self.file.profiles.get(self.profile, {}) if self.profile else {}
        found: list[tuple[Origin, object]] = []
        if key in values:
            found.append((Origin("file", self.file.place(self.profile, key)), values[key]))
        if top and key in self.file.top:
            found.append((Origin("file", self.file.place("", key)), self.file.top[key]))
        return found

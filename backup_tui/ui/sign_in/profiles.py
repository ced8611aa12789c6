"""The profiles of `config.toml`, as far as each can be used, and what is said about one."""

from typing import TYPE_CHECKING

from msgspec import Struct

from backup_tui.config import Settings, settings_of_profile
from backup_tui.errors import BackupTuiError
from backup_tui.models.text import safe
from backup_tui.ui.sign_in.text import FLOW_WORDS, kept_words, tenant_words
from backup_tui.ui.widgets.cells import one_line

if TYPE_CHECKING:
    pass


class ProfileLine(Struct, frozen=True):
    """A profile as far as it can be used."""

    name: str  # its name; empty for what the program was started with when that was none
    settings: Settings | None  # what it comes to; None when it cannot be used
    error: BackupTuiError | None = None  # why it cannot be used


def load_profiles(present: Settings, first: Settings | None) -> list[ProfileLine]:
    """Every profile of the file with its settings, in the file's order. `first`: those the program was started with;
    its options go for that profile only."""
    known = {settings.profile: settings for settings in (first, present) if settings is not None}
    names = list(dict.fromkeys((*(name for name in known if not name), *present.profiles)))
    lines: list[ProfileLine] = []
    for name in names:
        try:
            settings = known.get(name) or settings_of_profile(present, name)
            if settings.token is None:
                settings.need_sign_in()
            lines.append(ProfileLine(name, settings))
        except BackupTuiError as error:
            lines.append(ProfileLine(name, None, error))
    return lines


def tenant_of(settings: Settings) -> str:
    """The tenant of a profile, as its settings say."""
    if settings.sign_in is None or settings.sign_in.flow == "token":
        return safe(settings.tenant, 100) or "that of the token"
    return tenant_words(settings.sign_in)


def profile_lines(line: ProfileLine) -> list[str]:
    """The lines about a profile, its name first."""
    settings, error = line.settings, line.error
    name = one_line(line.name) or "(no profile)"
    if settings is None:
        return [name, *(part for part in (error and (error.message, error.certainty, error.hint)) or () if part)]
    lines = [name, f"Service {safe(settings.graph_url, 200)}"]
    if settings.sign_in is not None:
        how = settings.sign_in
        lines += [f"Signs in {FLOW_WORDS[how.flow]}.", f"Kept {kept_words(how)}."]
        if how.flow == "token":
            lines.append("BACKUP_TUI_ACCESS_TOKEN is set and overrides the profile.")
    if settings.read_only:
        lines.append("Read-only: nothing can be changed.")
    return lines

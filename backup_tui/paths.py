"""Where backup-tui keeps things on this machine: the XDG folders, made private.

`BACKUP_TUI_STATE_DIR` moves the state (journal, locks, kept forms); the other two follow XDG alone.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from backup_tui.errors import LocalError
from backup_tui.operating_system import is_ours, is_root, open_to_others
from backup_tui.private_files import make_private_directory

APP = "backup-tui"
STATE_DIR_VARIABLE = "BACKUP_TUI_STATE_DIR"


def state_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Folder of the journal, the locks and the kept forms; it may not exist yet. `environ`: the process's environment
    when not given."""
    import platformdirs  # late: `--version` has no use for it

    moved = (os.environ if environ is None else environ).get(STATE_DIR_VARIABLE, "").strip()
    return Path(moved).expanduser() if moved else Path(platformdirs.user_state_dir(APP, appauthor=False))


def config_file() -> Path:
    """The one configuration file, `config.toml`; it may not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir(APP, appauthor=False)) / "config.toml"


def ensure_private_dir(path: Path) -> Path:
    """Makes `path` a folder that only this user can read (mode 0700).

    A folder of another name that is there already, such as `/tmp`, keeps its mode: it is not ours to close, and every
    file of ours in it is private in its own right. Returns `path`. `path`: the folder; parents that are missing are
    made, too. Raises `LocalError`: it cannot be made, is not a folder, or belongs to somebody else."""
    try:
        ours = not path.exists() or path.name == APP
        make_private_directory(path)
        found = path.stat()
        if not is_ours(found) and not is_root():
            raise LocalError(
                f"The folder {path} belongs to another user of this machine.",
                certainty="Nothing was written there.",
                hint=f"Set a folder of your own in {STATE_DIR_VARIABLE}.",
            )
        if ours and open_to_others(found):
            path.chmod(0o700)
    except OSError as error:
        raise LocalError(
            f"The folder {path} cannot be used ({error.strerror or type(error).__name__}).",
            certainty="Nothing was written there.",
            hint=f"Make it a folder that you can write to, or set another one in {STATE_DIR_VARIABLE}.",
        ) from error
    return path

"""Where the plan files are that were made on the screens. Imports nothing of plans: the palette lists them."""

from pathlib import Path

FOLDER = "plans"  # their folder in the state folder


def plans_folder(state: Path) -> Path:
    """Where plans that were made on the screens are; it may not exist."""
    return state / FOLDER


def plan_files(state: Path) -> tuple[Path, ...]:
    """The plan files there, newest first; none where the folder cannot be read."""
    try:
        found = [(path.stat().st_mtime, path) for path in plans_folder(state).glob("*.toml")]
    except OSError:
        return ()
    return tuple(path for _, path in sorted(found, reverse=True))

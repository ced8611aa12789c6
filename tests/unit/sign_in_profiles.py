"""Settings of a sign-in, loaded from a file, variables and flags."""

from __future__ import annotations

from pathlib import Path

from backup_tui.config import Flags, Settings, load_settings
from backup_tui.config.sign_in import SignInSettings

ID = "11112222-3333-4444-5555-666677778888"
HUSH = "hush-9f3c-canary"


def load(tmp_path: Path, text: str | None = None, *, env: dict[str, str] | None = None, **flags: object) -> Settings:
    file = tmp_path / "config.toml"
    if text is not None:
        file.write_text(text)
    environ = {"BACKUP_TUI_STATE_DIR": str(tmp_path / "state"), "TZ": "UTC", **(env or {})}
    return load_settings(Flags(**flags), environ, file)  # type: ignore[arg-type]


def signing_in(tmp_path: Path, text: str | None = None, **given: object) -> SignInSettings:
    return load(tmp_path, text, **given).need_sign_in()  # type: ignore[arg-type]


def profile(**keys: object) -> str:
    lines = [f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in keys.items()]
    return "\n".join(['default_profile = "p"', "[profile.p]", *lines]) + "\n"


def private(path: Path, text: str = HUSH + "\n", mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


# -- which flow ------------------------------------------------------------------------------------------------------


def app(**keys: object) -> dict[str, object]:
    return {"client_id": ID, "tenant": "contoso.com", **keys}

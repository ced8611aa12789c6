"""The environment variables that are ours, each with its sentence."""

from collections.abc import Mapping

from backup_tui.config.nearest import did_you_mean
from backup_tui.errors import ConfigError
from backup_tui.paths import STATE_DIR_VARIABLE

TOKEN_VARIABLE = "BACKUP_TUI_ACCESS_TOKEN"
URL_VARIABLE = "BACKUP_TUI_GRAPH_URL"
READ_ONLY_VARIABLE = "BACKUP_TUI_READ_ONLY"
PROFILE_VARIABLE = "BACKUP_TUI_PROFILE"

SIGN_IN_VARIABLE = "BACKUP_TUI_SIGN_IN"
CLIENT_ID_VARIABLE = "BACKUP_TUI_CLIENT_ID"
TENANT_VARIABLE = "BACKUP_TUI_TENANT"
CLOUD_VARIABLE = "BACKUP_TUI_CLOUD"
AUTHORITY_VARIABLE = "BACKUP_TUI_AUTHORITY"
CERTIFICATE_VARIABLE = "BACKUP_TUI_CERTIFICATE"
CERTIFICATE_PASSWORD_VARIABLE = "BACKUP_TUI_CERTIFICATE_PASSWORD"
SECRET_VARIABLE = "BACKUP_TUI_CLIENT_SECRET"
SECRET_FILE_VARIABLE = "BACKUP_TUI_SECRET_FILE"
MANAGED_IDENTITY_VARIABLE = "BACKUP_TUI_MANAGED_IDENTITY"
TOKEN_CACHE_VARIABLE = "BACKUP_TUI_TOKEN_CACHE"
CACHE_KEY_FILE_VARIABLE = "BACKUP_TUI_CACHE_KEY_FILE"
CACHE_PASSPHRASE_VARIABLE = "BACKUP_TUI_CACHE_PASSPHRASE"

AZURE_TENANT_VARIABLE = "AZURE_TENANT_ID"
AZURE_CLIENT_VARIABLE = "AZURE_CLIENT_ID"
AZURE_TOKEN_FILE_VARIABLE = "AZURE_FEDERATED_TOKEN_FILE"

SIGN_IN_VARIABLES: Mapping[str, str] = {
    TOKEN_VARIABLE: "A ready-made access token for Microsoft Graph.",
    SIGN_IN_VARIABLE: "How to sign in, such as device-code or certificate.",
    CLIENT_ID_VARIABLE: "Client id of the application registered for this program.",
    TENANT_VARIABLE: "Directory id or domain of the tenant to sign in to.",
    CLOUD_VARIABLE: "Microsoft cloud: global, usgov-l4, usgov-l5 or china.",
    AUTHORITY_VARIABLE: "Address to sign in at, without the tenant.",
    CERTIFICATE_VARIABLE: "File with the application's certificate and its key (PEM or PFX).",
    CERTIFICATE_PASSWORD_VARIABLE: "Password of the certificate's key.",
    SECRET_VARIABLE: "The application's client secret.",
    SECRET_FILE_VARIABLE: "File with the application's client secret.",
    MANAGED_IDENTITY_VARIABLE: "Client id of a user-assigned managed identity.",
    TOKEN_CACHE_VARIABLE: "Where a sign-in is kept: memory, os or file.",
    CACHE_KEY_FILE_VARIABLE: "File with the key that encrypts the kept sign-in.",
    CACHE_PASSPHRASE_VARIABLE: "Passphrase that encrypts the kept sign-in.",
}
"""What says how to sign in; the demo refuses all of it."""

VARIABLES: Mapping[str, str] = {
    **SIGN_IN_VARIABLES,
    URL_VARIABLE: "Address of the service; its last segment is the version.",
    PROFILE_VARIABLE: "Profile in config.toml used if --profile is not given.",
    READ_ONLY_VARIABLE: "1 opens everything read-only, 0 does not.",
    STATE_DIR_VARIABLE: "Folder of the journal, the kept forms and the kept sign-in.",
}
"""Every variable of ours with its sentence; another one that begins the same is a spelling mistake and refused."""


def refuse_unknown_variables(env: Mapping[str, str]) -> None:
    """Raises ConfigError for a variable that begins like ours and is not: a spelling mistake."""
    for name in sorted(env):
        if name.startswith("BACKUP_TUI_") and name not in VARIABLES:
            raise ConfigError(
                f"Unknown environment variable {name}.",
                field=name,
                certainty="It would have no effect, so nothing was started.",
                hint=did_you_mean(name, sorted(VARIABLES)),
            )


def switch(env: Mapping[str, str], name: str) -> bool | None:
    """A variable that says yes or no; `None` when it is not set. Raises ConfigError: it says something else."""
    value = env.get(name, "").strip().lower()
    if not value:
        return None
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ConfigError(f"{name} is {value[:40]!r}.", field=name, value=value, hint="Set it to 1 or to 0.")

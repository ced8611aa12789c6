"""How to sign in, resolved: which flow, with which application, in which cloud, and where what comes of it is kept."""

from pathlib import Path

from msgspec import Struct

from backup_tui.config.clouds import GLOBAL
from backup_tui.config.token import Secret

FLOWS = ("device-code", "browser", "certificate", "secret", "managed-identity", "federated", "azure-cli", "token")
"""The ways to sign in, by the names that `config.toml` and `--sign-in` know."""

PERSON_FLOWS = ("device-code", "browser")  # flows in which a person signs in; the others need nobody to be there

APP_FLOWS = ("certificate", "secret", "federated")
"""Flows in which an application signs in without a person, so its tenant must be named."""

CACHES = ("memory", "os", "file")
"""Where a sign-in is kept: until the program ends, in the operating system's key store, or in a file."""

PERSONAL_TENANT = "9188040d-6c67-4b5b-b112-36a304b66dad"
"""The tenant of every personal Microsoft account (`consumers` by name)."""

ANY_TENANT = "organizations"  # tenant of the authority when none is named: the person's own, whichever it is


class SignInSettings(Struct, frozen=True):
    """Everything that is needed to sign in; what belongs to another flow is empty."""

    flow: str  # one of `FLOWS`
    tenant: str = ANY_TENANT  # tenant of the authority, a directory id or a domain; `ANY_TENANT` when none is named
    client_id: str = ""  # the application that is registered for this program
    authority: str = GLOBAL.authority  # where users sign in, without the tenant or a slash at its end
    scope: str = GLOBAL.scope  # what a token is asked for: `https://graph.microsoft.com/.default`
    certificate: Path | None = None  # PEM (key and certificate) or PFX file
    certificate_password: Secret | None = None  # opens the certificate's key
    secret: Secret | None = None  # the application's client secret
    # token of another identity provider; it is read again each time, for it is replaced while we run
    token_file: Path | None = None
    managed_identity: str = ""  # client id of a user-assigned managed identity; empty for the machine's own
    redirect_port: int = 0  # port on this machine to which the browser comes back; 0 for any free one
    cache: str = "memory"  # one of `CACHES`
    cache_folder: Path | None = None  # folder of the cache file; `None` in a demo
    cache_key_file: Path | None = None  # file with the key that encrypts the cache file
    cache_passphrase: Secret | None = None  # passphrase that encrypts the cache file

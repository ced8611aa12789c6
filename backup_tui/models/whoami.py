"""Who is signed in, read from the token's claims for display and matching; nothing is verified here."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from backup_tui.config import Token
from backup_tui.config.sign_in import PERSONAL_TENANT
from backup_tui.models.text import safe

__all__ = ["Token", "WhoAmI", "read_token"]


class WhoAmI(Struct, frozen=True):
    """The sign-in as far as the token describes it."""

    tenant: str  # the tenant's domain or id; the service's host when the token does not tell
    tenant_id: str | None = None
    user: str = ""  # address of the person, or the application's name or id; empty if unknown
    name: str = ""
    object_id: str | None = None  # object id of the person (`oid`), for matching with `createdBy`
    app_id: str | None = None
    # no person: names and addresses of mailboxes and OneDrive accounts are hidden by the service
    app_only: bool = False
    scopes: frozenset[str] = field(default_factory=frozenset)
    # template ids of directory roles (claim `wids`); empty when unknown
    roles: frozenset[str] = field(default_factory=frozenset)
    app_name: str = ""
    expires: datetime | None = None  # when the token ends (UTC), `None` when unknown
    told: bool = False  # whether the token told anything at all; an opaque one does not

    @property
    def tenant_word(self) -> str:
        """First label of the tenant's domain, for the phrase; empty when the domain is unknown."""
        label, dot, _ = self.tenant.partition(".")
        return label.lower() if dot and not self.tenant.replace(".", "").isdigit() and self.known else ""

    @property
    def known(self) -> bool:
        """Whether the tenant was told by the token and is not just the host that is spoken to."""
        return self.tenant_id is not None or "@" in self.user

    @property
    def personal(self) -> bool:
        return (self.tenant_id or "").lower() == PERSONAL_TENANT

    @property
    def user_label(self) -> str:
        return self.user or "unknown user"


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def read_token(token: Token, host: str) -> WhoAmI:
    """Reads the claims of a token; `told` is false if it has none that can be read. `host`: shown as the tenant if no
    claim names it."""
    claims = _claims(token.reveal())

    def text(name: str) -> str:
        value = claims.get(name)
        return safe(value) if isinstance(value, str) else ""

    user = text("upn") or text("preferred_username") or text("unique_name")
    domain = user.partition("@")[2]
    roles = claims.get("roles")
    directory_roles = claims.get("wids")
    scopes = text("scp").split()
    if not scopes and isinstance(roles, list):
        scopes = [safe(role) for role in roles if isinstance(role, str)]
    expires = claims.get("exp")
    end: datetime | None = None
    if isinstance(expires, int | float) and not isinstance(expires, bool):
        try:
            end = datetime.fromtimestamp(expires, UTC)
        except (OverflowError, OSError, ValueError):
            end = None
    app_only = bool(claims) and not text("scp") and not user and bool(text("appid") or isinstance(roles, list))
    return WhoAmI(
        tenant=domain or text("tid") or host,
        tenant_id=text("tid") or None,
        user=user or (text("app_displayname") or text("appid") if app_only else ""),
        name=text("name"),
        object_id=text("oid") or None,
        app_id=text("appid") or text("azp") or None,
        app_only=app_only,
        scopes=frozenset(scopes),
        roles=frozenset(
            safe(role).lower()
            for role in (directory_roles if isinstance(directory_roles, list) else ())
            if isinstance(role, str)
        ),
        app_name=text("app_displayname"),
        expires=end,
        told=bool(claims),
    )

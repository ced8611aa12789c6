"""Who calls: read from the bearer token, which is never verified."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

ADELE_ID = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
CONSOLE_APP_ID = "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
_CONSOLE_APP_NAME = "Microsoft Enhanced Restore"


@dataclass(frozen=True)
class Caller:
    """A person at an application, or an application alone."""

    app_id: str = CONSOLE_APP_ID
    app_name: str = _CONSOLE_APP_NAME
    user_id: str | None = None  # the person's object id; None for an application alone
    user_name: str | None = None  # the person's display name
    user_email: str | None = None  # the person's e-mail address; None when not known
    # what the token carries, of either kind; None for a token that tells nothing, and may everything
    permissions: frozenset[str] | None = field(default=None, compare=False)
    # template ids of the person's directory roles (``wids``); None when the token does not tell
    role_ids: frozenset[str] | None = field(default=None, compare=False)

    @property
    def app_only(self) -> bool:
        return self.user_id is None

    def identity(self) -> dict[str, Any]:
        known: dict[str, Any] = {"application": {"id": self.app_id, "displayName": self.app_name}}
        if self.user_id is not None:
            user = {"id": self.user_id, "displayName": self.user_name}
            if self.user_email is not None:
                user["email"] = self.user_email
            known["user"] = user
        return known


def administrator(user_id: str, name: str, email: str) -> Caller:
    """Return a person at the console application, whose permissions and roles are not limited."""
    return Caller(user_id=user_id, user_name=name, user_email=email)


ADELE = administrator(ADELE_ID, "Adele Vance", "adele.vance@contoso.com")
RYAN = administrator("845457dc-4bb2-4815-bef3-8628ebd1952e", "Ryan", "ryan@contoso.com")
AUTOMATION = Caller(app_id="5f1c9c1e-2d67-4d0c-8f7a-61b1d7e3c0aa", app_name="Contoso Recovery Automation")


def bearer(authorization: str | None) -> str:
    """Return the token of an ``Authorization`` header, empty when there is no bearer token."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def caller_of(authorization: str | None) -> Caller | None:
    """Read an ``Authorization`` header; None without a bearer token.

    A JWT of an application (``idtyp``), or with ``roles`` and no ``scp``, is an application alone; another JWT is the
    person of its claims; any other non-empty token is the administrator Adele Vance.
    """
    token = bearer(authorization)
    if not token:
        return None
    claims = _claims(token)
    if claims is None:
        return ADELE
    app_id = _text(claims, "appid") or _text(claims, "azp") or CONSOLE_APP_ID
    app_name = _text(claims, "app_displayname") or _CONSOLE_APP_NAME
    if claims.get("idtyp") == "app" or (claims.get("roles") and not claims.get("scp")):
        return Caller(app_id=app_id, app_name=app_name, permissions=_texts(claims.get("roles")))
    email = _text(claims, "upn") or _text(claims, "preferred_username")
    return Caller(
        app_id=app_id,
        app_name=app_name,
        user_id=_text(claims, "oid") or ADELE_ID,
        user_name=_text(claims, "name") or email or ADELE.user_name,
        user_email=email or (None if _text(claims, "oid") else ADELE.user_email),
        permissions=frozenset((_text(claims, "scp") or "").split()),
        role_ids=_texts(claims["wids"]) if "wids" in claims else None,
    )


def _claims(token: str) -> dict[str, Any] | None:
    """Return the payload of a JWT, or None when the token is not one."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None


def _texts(value: Any) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()

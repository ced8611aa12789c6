"""Codes that wait to be redeemed: of devices, and of the browser's sign-in."""

import secrets
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from backup_tui.simulator.authority.directory import Directory

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_SECONDS = 600.0
"""Life of an authorization code."""


@dataclass
class DeviceCode:
    """A device code.

    Attributes:
        device_code: What the program polls with.
        user_code: What the person types.
        client_id: The application it is for.
        tenant: The tenant of the authority it was asked at.
        scope: What is asked for.
        made: Seconds since 1970 by the platform's clock.
        ends: When it ends.
        state: What the person did.
        used: Whether tokens were handed out for it.
    """

    device_code: str
    user_code: str
    client_id: str
    tenant: str
    scope: str
    made: float
    ends: float
    state: Literal["waits", "approved", "declined", "blocked", "expired"] = "waits"
    used: bool = False


@dataclass
class AuthorizationCode:
    """An authorization code of the browser's sign-in.

    Attributes:
        code: The code.
        client_id: The application it is for.
        tenant: The tenant of the authority it was asked at.
        scope: What is asked for.
        redirect_uri: Where the answer went.
        challenge: The proof key's challenge (S256), empty for none.
        nonce: For the identity token.
        made: Seconds since 1970 by the platform's clock.
        used: Whether it was redeemed.
    """

    code: str
    client_id: str
    tenant: str
    scope: str
    redirect_uri: str
    challenge: str
    nonce: str
    made: float
    used: bool = False


class Issued(Struct, frozen=True, dict=True):
    """An access token that was handed out.

    Attributes:
        directory: Its directory.
        ends: Seconds since 1970 by the platform's clock.
        claims: The JSON of claims that it was asked with, empty for none.
        number: Its place among all of this run, from 1.
    """

    directory: Directory
    ends: float
    claims: str
    number: int


def new_user_code() -> str:
    """Return nine letters and digits that cannot be mistaken for each other."""
    return "".join(secrets.choice(_LETTERS) for _ in range(9))


def new_secret(prefix: str, size: int = 96) -> str:
    """Return an opaque value that nobody can guess."""
    return prefix + secrets.token_urlsafe(size)

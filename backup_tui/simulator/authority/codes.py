"""Codes that wait to be redeemed: of devices, and of the browser's sign-in."""

import secrets
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from backup_tui.simulator.authority.directory import Directory

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DeviceState = Literal["waits", "approved", "declined", "blocked", "expired"]
CODE_SECONDS = 600.0
"""Life of an authorization code."""


@dataclass
class DeviceCode:
    """A device code."""

    device_code: str  # what the program polls with
    user_code: str  # what the person types
    client_id: str  # the application it is for
    tenant: str  # the tenant of the authority it was asked at
    scope: str
    made: float  # seconds since 1970 by the platform's clock
    ends: float  # when it ends
    state: DeviceState = "waits"  # what the person did
    used: bool = False  # whether tokens were handed out for it


@dataclass
class AuthorizationCode:
    """An authorization code of the browser's sign-in."""

    code: str
    client_id: str  # the application it is for
    tenant: str  # the tenant of the authority it was asked at
    scope: str
    redirect_uri: str  # where the answer went
    challenge: str  # the proof key's challenge (S256), empty for none
    nonce: str  # for the identity token
    made: float  # seconds since 1970 by the platform's clock
    used: bool = False  # whether it was redeemed


class Issued(Struct, frozen=True, dict=True):
    """An access token that was handed out."""

    directory: Directory
    ends: float  # seconds since 1970 by the platform's clock
    claims: str  # the JSON of claims that it was asked with, empty for none
    number: int  # its place among all of this run, from 1


def new_user_code() -> str:
    """Return nine letters and digits that cannot be mistaken for each other."""
    return "".join(secrets.choice(_LETTERS) for _ in range(9))


def new_secret(prefix: str, size: int = 96) -> str:
    return prefix + secrets.token_urlsafe(size)

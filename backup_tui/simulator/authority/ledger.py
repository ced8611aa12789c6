"""What the simulated identity platform issued: access tokens and refresh tokens, none of them kept as such."""

import hashlib
import json
import secrets
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from backup_tui.simulator.authority.directory import Directory, person_of
from backup_tui.simulator.authority.switches import Switches
from backup_tui.simulator.authority.tokens import Grant, access_token


class Issued(Struct, frozen=True, dict=True):
    """An access token that was handed out."""

    directory: Directory
    ends: float  # seconds since 1970 by the platform's clock
    claims: str  # the JSON of claims that it was asked with, empty for none
    number: int  # its place among all of this run, from 1


def new_secret(prefix: str, size: int = 96) -> str:
    """Return a random secret behind a prefix; ``size`` in bytes, which base64 makes a third longer."""
    return prefix + secrets.token_urlsafe(size)


class Ledger:
    """Everything that was handed out in one run."""

    def __init__(self, now: Callable[[], float], switches: Switches) -> None:
        self._now = now
        self._switches = switches
        self._refresh: dict[str, Grant] = {}
        self._issued: dict[str, Issued] = {}
        self._number = 0
        self._troubled_until = 0
        self._ended_until = 0
        self.challenge = ""  # the claims that the API asks for at the moment, as JSON; empty for none

    def grant(self, directory: Directory, client_id: str, email: str | None, scope: str) -> Grant:
        """Note that something was granted, to the person of an address or to an application alone."""
        self._number += 1
        person = person_of(email) if email is not None else None
        return Grant(directory, client_id, person, scope, self._number)

    def access(self, grant: Grant, claims: str) -> str:
        """Make an access token and note it. ``claims``: the JSON of claims that it was asked with, empty for none."""
        now, switches = self._now(), self._switches
        token = access_token(grant, now, switches, _capabilities(claims))
        ends = now + switches.token_seconds
        self._issued[_fingerprint(token)] = Issued(grant.directory, ends, claims, grant.number)
        return token

    def refresh(self, grant: Grant) -> str:
        token = new_secret("1.AUEB", 300)
        self._refresh[_fingerprint(token)] = grant
        return token

    def refreshed(self, token: str) -> Grant | None:
        """Return what a refresh token was handed out for, None for one that was not."""
        return self._refresh.get(_fingerprint(token))

    def trouble(self) -> None:
        """Let the switch ``refresh`` be about the refresh tokens of now, not about later ones."""
        self._troubled_until = self._number

    def troubled(self, grant: Grant) -> bool:
        """Tell whether the switch ``refresh`` is about a refresh token."""
        return grant.number <= self._troubled_until and self._switches.refresh != "works"

    def end_tokens(self) -> None:
        self._ended_until = self._number

    def issued(self, token: str) -> Issued | None:
        """Return what is known of an access token, None for one that was not handed out here."""
        return self._issued.get(_fingerprint(token))

    def living(self, token: str) -> bool:
        """Tell whether an access token was handed out here and has not ended."""
        known = self.issued(token)
        return known is not None and self._now() < known.ends and known.number > self._ended_until

    def answers_challenge(self, token: str) -> bool:
        """Tell whether a token was got with the claims that the challenge asks for."""
        known = self.issued(token)
        if known is None or not known.claims:
            return False
        wanted = json.loads(self.challenge)["access_token"]["nbf"]["value"]
        asked = _claims(known.claims).get("access_token")
        value = asked.get("nbf") if isinstance(asked, dict) else None
        return isinstance(value, dict) and value.get("value") == wanted

    def set_challenge(self, wanted: bool) -> None:
        """Challenge every token of now for new claims, or stop to."""
        # A moment in form; counted on so that each challenge of one second is another.
        moment = int(self._now()) + self._number
        claims = {"access_token": {"nbf": {"essential": True, "value": str(moment)}}}
        self.challenge = json.dumps(claims) if wanted else ""


def _fingerprint(token: str) -> str:
    """Return what a token is kept under: what was handed out is not kept itself."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _claims(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _capabilities(claims: str) -> list[str]:
    """Return what a client said it can do, in its claims parameter."""
    asked = _claims(claims).get("access_token")
    told = asked.get("xms_cc") if isinstance(asked, dict) else None
    values = told.get("values") if isinstance(told, dict) else None
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []

"""Signing in with a code that is entered on another machine: the default over SSH.

Page: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

import re
from collections.abc import Mapping
from datetime import timedelta

from backup_tui.models.prompts import DeviceCode
from backup_tui.models.text import safe
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.error_context import unreadable
from backup_tui.signin.flows.flow import UserPrompt
from backup_tui.signin.flows.person import PersonFlow
from backup_tui.signin.grants import Grant, seconds

_PENDING = ("authorization_pending", "slow_down")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_LONGEST_CODE = 40
_LONGEST_LIFE = 3600.0
_INTERVALS = (1.0, 60.0)


class DeviceCodeFlow(PersonFlow):
    """Gets a code, and looks from time to time whether it was entered."""

    def begin(self, claims: str) -> UserPrompt:
        """Gets a code. Raises SignInError: there is none to be had, or the page for it is nobody's we know."""
        app, flow = self._initiated("initiate_device_flow", claims)
        prompt, interval, lasts = self._prompt(flow)
        flow["interval"] = round(interval)
        return UserPrompt(prompt, app, flow, interval, lasts)

    def look(self, asked: UserPrompt, claims: str) -> Grant | None:
        """Looks whether the code was entered; `None` when not yet. Raises `SignInError`: it was declined or has
        expired, or the authority has an outage."""
        flow = asked.flow

        def poll() -> Mapping[str, object]:
            flow["latest_attempt_at"] = 0  # msal would warn on the screen when it thinks that this is too soon.
            said: Mapping[str, object] = asked.app.acquire_token_by_device_flow(
                flow, claims_challenge=claims or None, exit_condition=lambda _: True
            )
            return {} if said.get("error") in _PENDING else said

        said = self._ask(poll)
        asked.interval = min(max(seconds(flow.get("interval"), asked.interval), _INTERVALS[0]), _INTERVALS[1])
        return self._signed_in(asked.app, said) if said else None

    def _prompt(self, flow: Mapping[str, object]) -> tuple[DeviceCode, float, float]:
        code, link = flow.get("user_code"), flow.get("verification_uri") or flow.get("verification_url")
        if not isinstance(code, str) or not isinstance(link, str) or not isinstance(flow.get("device_code"), str):
            raise unreadable("an answer without a code", self._facts)
        if not code.isascii() or not code.isprintable() or not 1 <= len(code) <= _LONGEST_CODE:
            raise unreadable("a code that nobody can type", self._facts)
        page = self._origin.page(link)
        if not page:
            raise local_error("foreign_page", page="for the code", detail=safe(link, 100))
        lasts = min(max(seconds(flow.get("expires_in"), 900.0), 0.0), _LONGEST_LIFE)
        interval = min(max(seconds(flow.get("interval"), 5.0), _INTERVALS[0]), _INTERVALS[1])
        own = f"Open {page} in a browser and enter the code {code}."
        said = flow.get("message")
        message = safe(" ".join(said.split()), 300) if isinstance(said, str) and said.strip() else own
        if any(found.rstrip(".,;:)") != page for found in _LINK.findall(message)):
            message = own  # It names another page than the one that was looked at.
        return DeviceCode(code, page, self._clock.now() + timedelta(seconds=lasts), message), interval, lasts

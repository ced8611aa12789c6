"""Signing in with a browser that comes back to this machine: with PKCE, and also over a forwarded port.

Page: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from __future__ import annotations

from collections.abc import Mapping

from backup_tui.errors import SignInError
from backup_tui.models.prompts import BrowserPage
from backup_tui.signin import codes
from backup_tui.signin.error_catalogue import CERTAIN
from backup_tui.signin.flows.flow import UserPrompt
from backup_tui.signin.flows.person import PersonFlow
from backup_tui.signin.grants import Grant
from backup_tui.signin.msal_calls import ask_msal

LASTS = 900.0
"""Seconds that a page is waited for."""


class BrowserFlow(PersonFlow):
    """Makes the page's address, and turns what the browser brings into a token. It opens no browser itself."""

    @property
    def port(self) -> int:
        """Port to which the browser comes back; 0 for any free one."""
        return self._settings.redirect_port

    def begin(self, port: int, claims: str) -> UserPrompt:
        """Makes the address of the page.

        Args:
            port: Where the browser comes back to on `localhost`.
            claims: What the service demands of the token.

        Raises:
            SignInError: The authority does not tell where its page is, or it is nobody's we know.
        """
        app: list[object] = []

        def initiate() -> Mapping[str, object]:
            fresh = self._fresh_app()
            app.append(fresh)
            flow: Mapping[str, object] = fresh.initiate_auth_code_flow(
                [self._settings.scope],
                redirect_uri=f"http://localhost:{port}",
                prompt="select_account",
                claims_challenge=claims or None,
                response_mode="form_post",  # Codes in an address would stay in the browser's history.
            )
            return flow

        flow = dict(ask_msal(initiate, self._facts))
        page = self._origin.page(str(flow.get("auth_uri")))
        if not page:
            raise SignInError(
                "The page to sign in on belongs neither to Microsoft nor to the authority, so it is not shown.",
                certainty=CERTAIN,
                hint="Check the authority in the profile, and what stands between here and there.",
                code=codes.AUTHORITY_UNREADABLE,
            )
        return UserPrompt(BrowserPage(page, port), {"flow": flow, "app": app[0]}, 0.0, LASTS)

    def finish(self, asked: UserPrompt, answer: Mapping[str, str]) -> Grant:
        """Turns what the browser brought into a token.

        Raises:
            SignInError: The page or the authority refuses.
        """
        app, flow = asked.state["app"], asked.state["flow"]

        def redeem() -> Mapping[str, object]:
            said: Mapping[str, object] = app.acquire_token_by_auth_code_flow(  # type: ignore[attr-defined]
                flow, dict(answer), scopes=[self._settings.scope]
            )
            return said

        return self._signed_in(app, ask_msal(redeem, self._facts))

    def state_of(self, asked: UserPrompt) -> str:
        """What the browser must bring along, so that nobody else's answer is taken for ours."""
        flow = asked.state["flow"]
        return str(flow.get("state", "")) if isinstance(flow, Mapping) else ""

"""Signing in with a browser that comes back to this machine: with PKCE, and also over a forwarded port.

Page: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from collections.abc import Mapping

from backup_tui.models.prompts import BrowserPage
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.flows.flow import UserPrompt
from backup_tui.signin.flows.person import PersonFlow
from backup_tui.signin.grants import Grant

LASTS = 900.0  # seconds that a page is waited for


class BrowserFlow(PersonFlow):
    """Makes the page's address, and turns what the browser brings into a token. It opens no browser itself."""

    def begin(self, port: int, claims: str) -> UserPrompt:
        """Makes the address of the page, from which the browser comes back to a port on `localhost`. Raises
        `SignInError`: the authority does not tell where its page is, or it is nobody's we know."""
        app, flow = self._initiated(
            "initiate_auth_code_flow",
            claims,
            redirect_uri=f"http://localhost:{port}",
            prompt="select_account",
            response_mode="form_post",  # Codes in an address would stay in the browser's history.
        )
        page = self._origin.page(str(flow.get("auth_uri")))
        if not page:
            raise local_error("foreign_page", page="to sign in on")
        return UserPrompt(BrowserPage(page, port), app, flow, 0.0, LASTS)

    def finish(self, asked: UserPrompt, answer: Mapping[str, str]) -> Grant:
        """Turns what the browser brought into a token. Raises SignInError if the page or the authority refuses."""
        scopes = [self._settings.scope]
        said = self._ask(lambda: asked.app.acquire_token_by_auth_code_flow(asked.flow, dict(answer), scopes=scopes))
        return self._signed_in(asked.app, said)

"""An application signs in without a person: with a certificate, a secret, or another identity provider's token.

Pages:
    https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from typing import Any

from backup_tui.errors import SignInError
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.files import read_text
from backup_tui.signin.flows.certificate import read_certificate
from backup_tui.signin.flows.msal_flow import MsalFlow
from backup_tui.signin.grants import Grant
from backup_tui.signin.msal_calls import load_msal


class AppOnlyFlow(MsalFlow):
    """The three flows in which a confidential client asks for itself; keeps nothing on disk."""

    def silent(self, *, force: bool, claims: str) -> Grant:
        try:
            said = self._ask(lambda: self._first(claims) if self._app is None else self._next(force, claims))
        except SignInError:
            self._app = None  # A certificate or secret that was replaced meanwhile is read again the next time.
            raise
        return self._granted(said)

    def _first(self, claims: str) -> Any:
        kind = load_msal().ConfidentialClientApplication
        app = self._application(kind, client_credential=self._credential(), azure_region=False)
        said = app.acquire_token_for_client([self._settings.scope], claims_challenge=claims or None)
        if isinstance(said, dict) and "access_token" in said:
            self._app = app
        return said

    def _next(self, force: bool, claims: str) -> Any:
        if force:
            self._app.remove_tokens_for_client()
        return self._app.acquire_token_for_client([self._settings.scope], claims_challenge=claims or None)

    def _credential(self) -> object:
        settings = self._settings
        if settings.flow == "certificate" and settings.certificate is not None:
            return read_certificate(settings.certificate, settings.certificate_password, self._clock.now())
        path = settings.token_file
        if settings.flow == "federated" and path is not None:
            # The file is read again for each request: it is replaced while we run.
            return {"client_assertion": lambda: read_text(path, "the federated token file").strip()}
        if settings.flow == "secret" and settings.secret is not None:
            return settings.secret.reveal()
        raise local_error("no_credential")

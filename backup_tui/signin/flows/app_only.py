"""An application signs in by itself: with a certificate, a secret, or another identity provider's token.

Pages:
    https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backup_tui import __version__
from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import SignInError
from backup_tui.models.clock import Clock
from backup_tui.signin import codes
from backup_tui.signin.error_catalogue import CERTAIN
from backup_tui.signin.error_context import ErrorContext, unreadable
from backup_tui.signin.files import read_text
from backup_tui.signin.flows.certificate import read_certificate
from backup_tui.signin.grants import Grant, grant_of
from backup_tui.signin.msal_calls import APP_NAME, CAPABILITIES, ask_msal, load_msal
from backup_tui.signin.msal_http import MsalHttpClient
from backup_tui.signin.origin import AuthorityOrigin


class AppOnlyFlow:
    """The three flows in which a confidential client asks for itself; keeps nothing on disk.

    Args:
        settings: How one signs in.
        origin: Where.
        door: msal's http client.
        facts: For the sentences.
        clock: The authority's time.
    """

    notices: tuple[str, ...] = ()

    def __init__(
        self, settings: SignInSettings, origin: AuthorityOrigin, door: MsalHttpClient, facts: ErrorContext, clock: Clock
    ) -> None:
        self._settings = settings
        self._origin = origin
        self._door = door
        self._facts = facts
        self._clock = clock
        self._app: Any = None

    def silent(self, *, force: bool, claims: str) -> Grant:
        """A new token.

        Raises:
            SignInError: What proves who the application is cannot be read or is refused, or the authority does not
                give a token now.
        """
        try:
            said = ask_msal(
                lambda: self._first(claims) if self._app is None else self._next(force, claims), self._facts
            )
        except SignInError:
            self._app = None  # A certificate or secret that was replaced meanwhile is read anew the next time.
            raise
        grant = grant_of(said)
        if grant is None:
            raise unreadable("a token answer without a token", self._facts)
        return grant

    def forget(self) -> bool:
        """Nothing is kept beyond this process."""
        had, self._app = self._app is not None, None
        return had

    def cancel(self) -> None:
        """Nothing but requests is ever under way."""

    def _first(self, claims: str) -> Any:
        app = load_msal().ConfidentialClientApplication(
            self._settings.client_id,
            client_credential=self._credential(),
            authority=self._origin.for_msal(self._settings.tenant),
            http_client=self._door,
            client_capabilities=CAPABILITIES,
            instance_discovery=False,
            azure_region=False,
            app_name=APP_NAME,
            app_version=__version__,
        )
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
        if settings.flow == "federated" and settings.token_file is not None:
            return {"client_assertion": self._assertion}
        if settings.flow == "secret" and settings.secret is not None:
            return settings.secret.reveal()
        raise SignInError(
            "There is nothing with which the application could prove who it is.",
            certainty=CERTAIN,
            hint="Give the profile a certificate, a secret or a token file.",
            code=codes.CREDENTIAL_UNREADABLE,
        )

    @property
    def _assertion(self) -> Callable[[], str]:
        """Reads the token file anew for each request: it is replaced while we run."""
        path = self._settings.token_file
        assert path is not None
        return lambda: read_text(path, "the federated token file").strip()

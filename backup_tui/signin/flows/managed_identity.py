"""A machine in Azure signs in as itself, or as an identity that was assigned to it.

Page: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from __future__ import annotations

from typing import Any

from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import SignInError
from backup_tui.models.text import safe
from backup_tui.signin import codes
from backup_tui.signin.error_catalogue import BUSY, CERTAIN
from backup_tui.signin.error_context import ErrorContext, unreadable
from backup_tui.signin.grants import Grant, grant_of
from backup_tui.signin.msal_calls import CAPABILITIES, ask_msal, load_msal
from backup_tui.signin.msal_http import MsalHttpClient


class ManagedIdentityFlow:
    """Asks the machine's own surroundings for a token; keeps nothing on disk.

    Args:
        settings: How one signs in; `managed_identity` is the client id of a user-assigned identity.
        door: msal's http client, which reaches only this machine and its own wire.
        facts: For the sentences.
    """

    notices: tuple[str, ...] = ()

    def __init__(self, settings: SignInSettings, door: MsalHttpClient, facts: ErrorContext) -> None:
        self._settings = settings
        self._door = door
        self._facts = facts
        self._client: Any = None
        self._cache: Any = None

    def silent(self, *, force: bool, claims: str) -> Grant:
        """A token.

        Raises:
            SignInError: This machine has no such identity, or what gives its tokens does not answer.
        """
        error: SignInError | None = None
        try:
            said = ask_msal(lambda: self._asked(force, claims), self._facts)
        except SignInError as refused:
            self._client = None
            silent = refused.code in _SILENT and refused.message != self._facts.fill(BUSY.message)
            error = _no_machine(refused) if silent else refused
        if error is not None:
            raise error
        grant = grant_of(said)
        if grant is None:
            raise unreadable("a token answer without a token", self._facts)
        return grant

    def forget(self) -> bool:
        """Nothing is kept beyond this process."""
        had, self._client = self._client is not None, None
        return had

    def cancel(self) -> None:
        """Nothing but requests is ever under way."""

    def _asked(self, force: bool, claims: str) -> Any:
        msal = load_msal()
        if self._client is None:
            user = self._settings.managed_identity
            identity = (
                msal.UserAssignedManagedIdentity(client_id=user) if user else msal.SystemAssignedManagedIdentity()
            )
            self._cache = msal.TokenCache()
            self._client = msal.ManagedIdentityClient(
                identity, http_client=self._door, token_cache=self._cache, client_capabilities=CAPABILITIES
            )
        if force and not claims:
            # With claims msal names the token that was refused; so it must still be there then.
            for entry in list(self._cache.search(self._cache.CredentialType.ACCESS_TOKEN)):
                self._cache.remove_at(entry)
        resource = self._settings.scope.removesuffix("/.default")
        unread = ("", "")
        try:
            return self._client.acquire_token_for_client(resource=resource, claims_challenge=claims or None)
        except OSError as fault:
            if not fault.filename:
                raise
            unread = str(fault.filename), fault.strerror or type(fault).__name__
        # Raised outside of the handler: msal's frames may hold secrets.
        raise _no_key(*unread)


_SILENT = (codes.AUTHORITY_UNREACHABLE, codes.AUTHORITY_UNREADABLE)


def _no_key(path: str, why: str) -> SignInError:
    """Azure Arc proves with a key file of its agent that who asks may read it."""
    return SignInError(
        f"Azure Arc answers, but its key file {safe(path, 200)} cannot be read ({safe(why, 80)}).",
        certainty=CERTAIN,
        hint="Add your account to the group himds (Linux) or 'Hybrid agent extension applications' (Windows), sign "
        "in to the machine again, and see that its agent runs: azcmagent show.",
        code=codes.CREDENTIAL_UNREADABLE,
    )


def _no_machine(error: SignInError) -> SignInError:
    return SignInError(
        "Nothing here gives tokens to managed identities: this is no machine in Azure, or it has no identity.",
        certainty=CERTAIN,
        hint="Assign an identity to the machine in Azure, or sign in another way; it is tried again by itself.",
        code=error.code,
        needs_person=False,
        detail=error.detail or error.message,
        wait=error.wait,
    )

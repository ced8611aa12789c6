"""A machine in Azure signs in as itself, or as an identity that was assigned to it.

Page: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from typing import Any

from backup_tui.errors import SignInError
from backup_tui.models.text import safe
from backup_tui.signin import codes
from backup_tui.signin.error_catalogue import BUSY, local_error
from backup_tui.signin.flows.msal_flow import MsalFlow
from backup_tui.signin.grants import Grant
from backup_tui.signin.msal_calls import CAPABILITIES, load_msal


class ManagedIdentityFlow(MsalFlow):
    """Asks the machine's own surroundings for a token, as a user-assigned identity where the settings name one."""

    _cache: Any = None

    def silent(self, *, force: bool, claims: str) -> Grant:
        error: SignInError | None = None
        try:
            said = self._ask(lambda: self._asked(force, claims))
        except SignInError as refused:
            self._app = None
            silent = refused.code in _SILENT and refused.message != self._facts.fill(BUSY.message)
            error = refused
            if silent:
                detail = refused.detail or refused.message
                error = local_error(
                    "no_machine", code=refused.code, needs_person=False, detail=detail, wait=refused.wait
                )
        if error is not None:
            raise error
        return self._granted(said)

    def _asked(self, force: bool, claims: str) -> Any:
        msal = load_msal()
        if self._app is None:
            user = self._settings.managed_identity
            identity = (
                msal.UserAssignedManagedIdentity(client_id=user) if user else msal.SystemAssignedManagedIdentity()
            )
            self._cache = msal.TokenCache()
            self._app = msal.ManagedIdentityClient(
                identity, http_client=self._http, token_cache=self._cache, client_capabilities=CAPABILITIES
            )
        if force and not claims:
            # With claims msal names the token that was refused; so it must still be there then.
            for entry in list(self._cache.search(self._cache.CredentialType.ACCESS_TOKEN)):
                self._cache.remove_at(entry)
        resource = self._settings.scope.removesuffix("/.default")
        unread = ("", "")
        try:
            return self._app.acquire_token_for_client(resource=resource, claims_challenge=claims or None)
        except OSError as fault:
            if not fault.filename:
                raise
            unread = safe(str(fault.filename), 200), safe(fault.strerror or type(fault).__name__, 80)
        # Raised outside of the handler: msal's frames may hold secrets. Azure Arc proves with a key file of its agent
        # that who asks may read it.
        raise local_error("arc_key", path=unread[0], why=unread[1])


_SILENT = (codes.AUTHORITY_UNREACHABLE, codes.AUTHORITY_UNREADABLE)

"""A person's sign-in with msal: what is kept of it, and how it is renewed without asking."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from backup_tui import __version__
from backup_tui.config.sign_in import SignInSettings
from backup_tui.errors import SignInError
from backup_tui.models.clock import Clock
from backup_tui.signin import codes
from backup_tui.signin.cache.choosing import left_in_file
from backup_tui.signin.cache.content import Entries, has_account, kept_grant, parse_entries
from backup_tui.signin.cache.token_store import TokenStore
from backup_tui.signin.error_catalogue import CERTAIN
from backup_tui.signin.error_context import ErrorContext, unreadable
from backup_tui.signin.grants import Grant, grant_of
from backup_tui.signin.msal_calls import APP_NAME, CAPABILITIES, ask_msal, load_msal
from backup_tui.signin.msal_http import MsalHttpClient
from backup_tui.signin.origin import AuthorityOrigin


class PersonFlow:
    """What the two flows share in which a person signs in; runs in the one thread that may wait.

    Args:
        settings: How one signs in.
        origin: Where.
        door: msal's http client.
        shelf: Where the sign-in is kept.
        facts: For the sentences.
        clock: The authority's time.
        wall: This machine's clock, seconds since 1970.
    """

    def __init__(
        self,
        settings: SignInSettings,
        origin: AuthorityOrigin,
        door: MsalHttpClient,
        shelf: TokenStore,
        facts: ErrorContext,
        clock: Clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._origin = origin
        self._door = door
        self._shelf = shelf
        self._facts = facts
        self._clock = clock
        self._wall = wall
        self._entries: Entries = {}
        self._cache: Any = None
        self._app: Any = None

    @property
    def notices(self) -> tuple[str, ...]:
        """About where the sign-in is kept."""
        return self._shelf.notices

    def silent(self, *, force: bool, claims: str) -> Grant:
        """A token without asking: a kept one, or a renewed one.

        Raises:
            SignInError: Nobody is signed in, or the authority does not renew it now.
        """
        self._recall()
        if not force and not claims:
            kept = kept_grant(self._entries, self._settings.client_id, self._wall())
            if kept is not None:
                return kept
        if not has_account(self._entries):
            raise nobody_signed_in()
        try:
            said = ask_msal(lambda: self._renewed(claims), self._facts)
        except SignInError:
            self._app = None  # With it goes what msal remembers of the refusal for a minute.
            raise
        if not said:
            raise nobody_signed_in()
        self._keep()
        return self._granted(said)

    def forget(self) -> bool:
        """Removes what is kept, here and on disk."""
        self._recall()
        removed = self._shelf.remove()
        # It may have been kept with other settings: for one run, or before they were changed.
        removed = left_in_file(self._settings).remove() or removed
        had = has_account(self._entries) or bool(self._entries.get("AccessToken"))
        self._entries, self._cache, self._app = {}, None, None
        return removed or had

    def cancel(self) -> None:
        """Nothing but requests is ever under way."""

    def _renewed(self, claims: str) -> Any:
        if self._app is None:
            if self._cache is None:
                self._cache = load_msal().SerializableTokenCache()
                self._cache.deserialize(json.dumps(self._entries))
            self._app = self._new_app(self._cache)
        accounts = self._app.get_accounts()
        if not accounts:
            return {}
        return self._app.acquire_token_silent_with_error(
            [self._settings.scope], accounts[0], force_refresh=True, claims_challenge=claims or None
        )

    def _fresh_app(self) -> Any:
        """An application that knows nobody yet: what becomes of it counts only once somebody has signed in."""
        self._recall()  # What is kept may not be ours to replace.
        return self._new_app(load_msal().SerializableTokenCache())

    def _new_app(self, cache: Any) -> Any:
        return load_msal().PublicClientApplication(
            self._settings.client_id,
            authority=self._origin.for_msal(self._settings.tenant),
            http_client=self._door,
            token_cache=cache,
            client_capabilities=CAPABILITIES,
            instance_discovery=False,
            app_name=APP_NAME,
            app_version=__version__,
        )

    def _signed_in(self, app: Any, said: Mapping[str, object]) -> Grant:
        """Somebody has signed in: what was kept of whoever it was before goes."""
        grant = self._granted(said)
        self._app, self._cache = app, app.token_cache
        self._cache.has_state_changed = True
        self._keep(anew=True)
        return grant

    def _granted(self, said: Mapping[str, object]) -> Grant:
        grant = grant_of(said)
        if grant is None:
            raise unreadable("a token answer without a token", self._facts)
        return grant

    def _recall(self) -> None:
        text = self._shelf.load()
        if text is None:
            return
        entries = parse_entries(text)
        if entries is None:
            self._shelf.spoiled()
        self._entries = entries or {}
        self._cache = self._app = None

    def _keep(self, *, anew: bool = False) -> None:
        if self._cache is not None and self._cache.has_state_changed:
            text = self._cache.serialize()
            self._entries = parse_entries(text) or {}
            self._shelf.save(text, anew=anew)


def nobody_signed_in() -> SignInError:
    """What to say when a person has to sign in first."""
    return SignInError(
        "Nobody is signed in.",
        certainty=CERTAIN,
        hint="Sign in: T, or backup-tui login.",
        code=codes.NO_SIGN_IN,
    )

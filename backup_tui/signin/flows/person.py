"""A person's sign-in with msal: what is kept of it, and how it is renewed without asking."""

import json
from collections.abc import Mapping
from typing import Any

from backup_tui.errors import SignInError
from backup_tui.signin.cache.choosing import left_in_file, token_store_of
from backup_tui.signin.cache.content import Entries, has_account, kept_grant, parse_entries
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.flows.flow import FlowContext
from backup_tui.signin.flows.msal_flow import MsalFlow
from backup_tui.signin.grants import Grant
from backup_tui.signin.msal_calls import load_msal
from backup_tui.signin.msal_http import MsalHttpClient


class PersonFlow(MsalFlow):
    """What the two flows share in which a person signs in."""

    def __init__(self, context: FlowContext, http: MsalHttpClient) -> None:
        super().__init__(context, http)
        self._store = token_store_of(context.settings)
        self._entries: Entries = {}
        self._cache: Any = None

    @property
    def notices(self) -> tuple[str, ...]:
        return self._store.notices

    def silent(self, *, force: bool, claims: str) -> Grant:
        self._recall()
        if not force and not claims:
            kept = kept_grant(self._entries, self._settings.client_id, self._wall())
            if kept is not None:
                return kept
        if not has_account(self._entries):
            raise local_error("nobody")
        try:
            said = self._ask(lambda: self._renewed(claims))
        except SignInError:
            self._app = None  # With it goes what msal remembers of the refusal for a minute.
            raise
        if not said:
            raise local_error("nobody")
        self._keep()
        return self._granted(said)

    def forget(self) -> bool:
        self._recall()
        removed = self._store.remove()
        # It may have been kept with other settings: for one run, or before they were changed.
        removed = left_in_file(self._settings).remove() or removed
        had = has_account(self._entries) or bool(self._entries.get("AccessToken"))
        self._entries, self._cache, self._app = {}, None, None
        return removed or had

    def _renewed(self, claims: str) -> Any:
        if self._app is None:
            if self._cache is None:
                self._cache = load_msal().SerializableTokenCache()
                self._cache.deserialize(json.dumps(self._entries))
            self._app = self._application(load_msal().PublicClientApplication, token_cache=self._cache)
        accounts = self._app.get_accounts()
        if not accounts:
            return {}
        return self._app.acquire_token_silent_with_error(
            [self._settings.scope], accounts[0], force_refresh=True, claims_challenge=claims or None
        )

    def _fresh_app(self) -> Any:
        self._recall()  # What is kept may not be ours to replace.
        return self._application(load_msal().PublicClientApplication, token_cache=load_msal().SerializableTokenCache())

    def _initiated(self, name: str, claims: str, **more: object) -> tuple[Any, dict[str, object]]:
        """Begins one of msal's flows with an application that knows nobody yet.

        What becomes of it counts only once somebody has signed in.
        """
        app: Any = None

        def initiate() -> Any:
            nonlocal app
            app = self._fresh_app()
            return getattr(app, name)([self._settings.scope], claims_challenge=claims or None, **more)

        flow = dict(self._ask(initiate))
        return app, flow

    def _signed_in(self, app: Any, said: Mapping[str, object]) -> Grant:
        """Somebody has signed in: what was kept of whoever it was before goes."""
        grant = self._granted(said)
        self._app, self._cache = app, app.token_cache
        self._cache.has_state_changed = True
        self._keep(replacing=True)
        return grant

    def _recall(self) -> None:
        text = self._store.load()
        if text is None:
            return
        entries = parse_entries(text)
        if entries is None:
            self._store.spoiled()
        self._entries = entries or {}
        self._cache = self._app = None

    def _keep(self, *, replacing: bool = False) -> None:
        if self._cache is not None and self._cache.has_state_changed:
            text = self._cache.serialize()
            self._entries = parse_entries(text) or {}
            self._store.save(text, replacing=replacing)

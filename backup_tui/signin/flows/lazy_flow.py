"""The steps of a flow, put together when the first of them is taken: with them come httpx and, if need be, msal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from backup_tui.config.sign_in import SignInSettings
from backup_tui.models.clock import Clock
from backup_tui.signin.error_context import ErrorContext
from backup_tui.signin.flows.flow import UserPrompt
from backup_tui.signin.grants import Grant
from backup_tui.signin.origin import AuthorityOrigin, managed_identity_destination

if TYPE_CHECKING:
    from backup_tui.graph.transport import BlockingTransport
    from backup_tui.signin.msal_http import MsalHttpClient


class LazyFlow:
    """Any flow of `config.FLOWS` but a ready-made token.

    Args:
        settings: How one signs in.
        origin: Where.
        facts: For the sentences.
        clock: The authority's time.
        wall: This machine's clock, seconds since 1970.
    """

    def __init__(
        self,
        settings: SignInSettings,
        origin: AuthorityOrigin,
        facts: ErrorContext,
        clock: Clock,
        wall: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._origin = origin
        self._facts = facts
        self._clock = clock
        self._wall = wall
        self._transport: BlockingTransport | None = None
        self._door: MsalHttpClient | None = None
        self._steps: Any = None

    # -- for the thread -------------------------------------------------------------------------------------

    def ready(self) -> None:
        """From now on requests may be sent."""
        if self._transport is not None:
            self._transport.ready()

    def abort(self) -> None:
        """Gives up what is under way; called from any thread."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Closes all connections."""
        if self._transport is not None:
            self._transport.close()

    def take_date(self) -> datetime | None:
        """What time it is by the last answer, told once."""
        return self._door.take_date() if self._door is not None else None

    def skew(self) -> timedelta | None:
        """How far this machine's clock is ahead of the authority's, as far as is known."""
        return self._door.skew() if self._door is not None else None

    # -- the flow -------------------------------------------------------------------------------------------

    @property
    def notices(self) -> tuple[str, ...]:
        """About where the sign-in is kept; nothing before the first step."""
        return () if self._steps is None else tuple(self._steps.notices)

    @property
    def port(self) -> int:
        """Port to which a browser comes back; 0 for any free one."""
        return self._settings.redirect_port

    def silent(self, *, force: bool, claims: str) -> Grant:
        """See `Flow`."""
        grant: Grant = self._made().silent(force=force, claims=claims)
        return grant

    def forget(self) -> bool:
        """See `Flow`."""
        return bool(self._made().forget())

    def cancel(self) -> None:
        """See `Flow`."""
        if self._steps is not None:
            self._steps.cancel()

    def begin(self, *how: Any) -> UserPrompt:
        """See `CodeFlow` and `PageFlow`."""
        asked: UserPrompt = self._made().begin(*how)
        return asked

    def look(self, asked: UserPrompt, claims: str) -> Grant | None:
        """See `CodeFlow`."""
        grant: Grant | None = self._made().look(asked, claims)
        return grant

    def finish(self, asked: UserPrompt, answer: Mapping[str, str]) -> Grant:
        """See `PageFlow`."""
        grant: Grant = self._made().finish(asked, answer)
        return grant

    def state_of(self, asked: UserPrompt) -> str:
        """See `PageFlow`."""
        return str(self._made().state_of(asked))

    def _made(self) -> Any:
        if self._steps is None:
            self._steps = self._make()
        return self._steps

    def _make(self) -> Any:
        settings, origin, facts, clock = self._settings, self._origin, self._facts, self._clock
        if settings.flow == "azure-cli":
            from backup_tui.signin.flows.azure_cli import AzureCliFlow

            return AzureCliFlow(settings, facts, clock)
        from backup_tui.graph.transport import BlockingTransport
        from backup_tui.signin.msal_http import MsalHttpClient

        self._transport = BlockingTransport()
        managed = settings.flow == "managed-identity"
        destination = managed_identity_destination if managed else origin.destination
        self._door = door = MsalHttpClient(self._transport, destination, clock, wall=self._wall, raw=managed)
        if managed:
            from backup_tui.signin.flows.managed_identity import ManagedIdentityFlow

            return ManagedIdentityFlow(settings, door, facts)
        if settings.flow in ("certificate", "secret", "federated"):
            from backup_tui.signin.flows.app_only import AppOnlyFlow

            return AppOnlyFlow(settings, origin, door, facts, clock)
        from backup_tui.signin.cache.choosing import token_store_of
        from backup_tui.signin.flows.browser import BrowserFlow
        from backup_tui.signin.flows.device_code import DeviceCodeFlow

        kind = BrowserFlow if settings.flow == "browser" else DeviceCodeFlow
        return kind(settings, origin, door, token_store_of(settings), facts, clock, self._wall)

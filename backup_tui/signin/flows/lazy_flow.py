"""The steps of a flow, put together when the first of them is taken: with them come httpx and, if need be, msal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from backup_tui.config.sign_in import ANY_TENANT, APP_FLOWS, SignInSettings
from backup_tui.crash import redacted
from backup_tui.models.clock import Clock
from backup_tui.signin.error_context import ErrorContext
from backup_tui.signin.flows.flow import Flow, FlowContext
from backup_tui.signin.origin import AuthorityOrigin, managed_identity_destination

if TYPE_CHECKING:
    from backup_tui.graph.transport import BlockingTransport
    from backup_tui.signin.msal_http import MsalHttpClient

IDENTITY_SERVICE = "The identity service of this machine"  # what a managed identity is asked of, for the sentences


class LazyFlow:
    """Any flow of `config.FLOWS` but a ready-made token, and its connection to the authority."""

    def __init__(
        self, settings: SignInSettings, origin: AuthorityOrigin, clock: Clock, wall: Callable[[], float]
    ) -> None:
        facts = ErrorContext(
            flow=settings.flow,
            tenant="your tenant" if settings.tenant == ANY_TENANT else settings.tenant,
            client=settings.client_id,
            authority=IDENTITY_SERVICE if settings.flow == "managed-identity" else origin.label,
            consent=origin.consent_page(settings.tenant, settings.client_id) if settings.client_id else "",
            skew=lambda: (self._http.skew if self._http is not None else None) or clock.skew,
            hidden=redacted,
        )
        self.context = FlowContext(settings, origin, facts, clock, wall)
        self._transport: BlockingTransport | None = None
        self._http: MsalHttpClient | None = None
        self._steps: Flow | None = None

    def ready(self) -> None:
        """From now on requests may be sent."""
        if self._transport is not None:
            self._transport.ready()

    def abort(self) -> None:
        """Gives up the request that is under way; called from any thread."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def cancel(self) -> None:
        """Ends what is under way besides requests; called from any thread."""
        if self._steps is not None:
            self._steps.cancel()

    @property
    def notices(self) -> tuple[str, ...]:
        """About where the sign-in is kept; nothing before the first step."""
        return () if self._steps is None else self._steps.notices

    def take_date(self) -> datetime | None:
        """What time it is by the last answer, told once."""
        return self._http.take_date() if self._http is not None else None

    @property
    def skew(self) -> timedelta | None:
        """How far this machine's clock is ahead, as far as is known."""
        return self.context.facts.skew()

    @property
    def steps(self) -> Flow:
        """The flow itself; for the one thread that may wait."""
        if self._steps is None:
            self._steps = self._make()
        return self._steps

    def _make(self) -> Flow:
        context, settings = self.context, self.context.settings
        if settings.flow == "azure-cli":
            from backup_tui.signin.flows.azure_cli import AzureCliFlow

            return AzureCliFlow(context)
        from backup_tui.graph.transport import BlockingTransport
        from backup_tui.signin.msal_http import MsalHttpClient

        self._transport = BlockingTransport()
        managed = settings.flow == "managed-identity"
        destination = managed_identity_destination if managed else context.origin.destination
        self._http = http = MsalHttpClient(self._transport, destination, context.clock, wall=context.wall, raw=managed)
        if managed:
            from backup_tui.signin.flows.managed_identity import ManagedIdentityFlow

            return ManagedIdentityFlow(context, http)
        if settings.flow in APP_FLOWS:
            from backup_tui.signin.flows.app_only import AppOnlyFlow

            return AppOnlyFlow(context, http)
        if settings.flow == "browser":
            from backup_tui.signin.flows.browser import BrowserFlow

            return BrowserFlow(context, http)
        from backup_tui.signin.flows.device_code import DeviceCodeFlow

        return DeviceCodeFlow(context, http)

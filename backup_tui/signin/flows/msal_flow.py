"""What the flows share that ask through msal."""

from collections.abc import Callable, Mapping
from typing import Any

from backup_tui import __version__
from backup_tui.signin.error_context import unreadable
from backup_tui.signin.flows.flow import FlowContext
from backup_tui.signin.grants import Grant, grant_of
from backup_tui.signin.msal_calls import CAPABILITIES, ask_msal
from backup_tui.signin.msal_http import MsalHttpClient


class MsalFlow:
    """A flow that asks through msal."""

    def __init__(self, context: FlowContext, http: MsalHttpClient) -> None:
        self._settings = context.settings
        self._origin = context.origin
        self._facts = context.facts
        self._clock = context.clock
        self._wall = context.wall
        self._http = http
        self._app: Any = None

    @property
    def notices(self) -> tuple[str, ...]:
        return ()

    def forget(self) -> bool:
        had, self._app = self._app is not None, None
        return had

    def cancel(self) -> None:
        """Nothing but requests is ever under way."""

    def _application(self, kind: Callable[..., Any], **more: object) -> Any:
        return kind(
            self._settings.client_id,
            authority=self._origin.for_msal(self._settings.tenant),
            http_client=self._http,
            client_capabilities=CAPABILITIES,
            instance_discovery=False,
            app_name="backup-tui",
            app_version=__version__,
            **more,
        )

    def _ask(self, question: Callable[[], Any]) -> Mapping[str, object]:
        return ask_msal(question, self._facts)

    def _granted(self, said: Mapping[str, object]) -> Grant:
        grant = grant_of(said)
        if grant is None:
            raise unreadable("a token answer without a token", self._facts)
        return grant

"""From settings to a sign-in. Loads neither msal nor httpx: both come with the first thing that is asked."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from backup_tui.config import Settings
from backup_tui.config.sign_in import ANY_TENANT, APP_FLOWS, SignInSettings
from backup_tui.models.clock import Clock
from backup_tui.signin.error_catalogue import local_error
from backup_tui.signin.flows.ready_made import ReadyMadeToken
from backup_tui.signin.origin import AuthorityOrigin
from backup_tui.signin.sign_in import SignIn


def make_sign_in(
    settings: Settings,
    *,
    clock: Clock,
    wall: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SignIn:
    """The sign-in of a profile. Nothing is asked or read yet.

    Args:
        clock: Is told what time it is at the authority, and measures waits.
        wall: This machine's clock, seconds since 1970.
        sleep: Waits between two looks whether a code was entered.

    Raises:
        SignInError: The settings name no way to sign in.
    """
    chosen = settings.need_sign_in()
    if chosen.flow == "token":
        if settings.token is None:
            raise local_error("no_token")
        return ReadyMadeToken(settings.token)
    origin = _origin(chosen)
    if chosen.tenant == ANY_TENANT and chosen.flow in APP_FLOWS:
        raise local_error("no_tenant")
    from backup_tui.signin.flows.lazy_flow import LazyFlow
    from backup_tui.signin.renewing import RenewingSignIn

    return RenewingSignIn(LazyFlow(chosen, origin, clock, wall), sleep)


def admin_consent_url(settings: SignInSettings) -> str:
    """Where an administrator allows the application what this program needs; empty without an application.

    Page: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
    """
    return _origin(settings).consent_page(settings.tenant, settings.client_id) if settings.client_id else ""


def _origin(settings: SignInSettings) -> AuthorityOrigin:
    try:
        return AuthorityOrigin(settings.authority)
    except ValueError as error:
        reason = str(error)
    raise local_error("no_authority", reason=reason)

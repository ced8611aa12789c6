"""From settings to a sign-in. Loads neither msal nor httpx: both come with the first thing that is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from backup_tui.config import Settings
from backup_tui.config.sign_in import ANY_TENANT, PERSON_FLOWS, SignInSettings
from backup_tui.errors import SignInError
from backup_tui.models.clock import Clock
from backup_tui.signin import codes
from backup_tui.signin.error_catalogue import CERTAIN
from backup_tui.signin.flows.ready_made import ReadyMadeToken, missing_token
from backup_tui.signin.origin import AuthorityOrigin
from backup_tui.signin.sign_in import SignIn

IDENTITY_SERVICE = "The identity service of this machine"
"""What a managed identity is asked of, for the sentences."""


def make_sign_in(
    settings: Settings,
    *,
    clock: Clock,
    wall: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SignIn:
    """The sign-in of a profile. Nothing is asked or read yet.

    Args:
        settings: Settled settings.
        clock: Is told what time it is at the authority, and measures waits.
        wall: This machine's clock, seconds since 1970.
        sleep: Waits between two looks whether a code was entered.

    Raises:
        SignInError: The settings name no way to sign in.
    """
    chosen = settings.need_sign_in()
    if chosen.flow == "token":
        if settings.token is None:
            raise missing_token()
        return ReadyMadeToken(settings.token)
    return _renewing(chosen, clock, wall, sleep)


def admin_consent_url(settings: SignInSettings) -> str:
    """Where an administrator allows the application what this program needs; empty without an application.

    Page: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
    """
    if not settings.client_id:
        return ""
    return _origin(settings).consent_page(settings.tenant, settings.client_id)


def _origin(settings: SignInSettings) -> AuthorityOrigin:
    try:
        return AuthorityOrigin(settings.authority)
    except ValueError as error:
        reason = str(error)
    raise SignInError(
        f"Nobody can sign in there: {reason}.",
        certainty="Nothing was sent.",
        hint="Give an authority like https://login.microsoftonline.com.",
        code=codes.AUTHORITY_UNREACHABLE,
    )


def _renewing(
    chosen: SignInSettings,
    clock: Clock,
    wall: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
) -> SignIn:
    from backup_tui.crash import redacted
    from backup_tui.signin.error_context import ErrorContext
    from backup_tui.signin.flows.lazy_flow import LazyFlow
    from backup_tui.signin.renewing import RenewingSignIn
    from backup_tui.signin.worker import Worker

    origin = _origin(chosen)
    if chosen.tenant == ANY_TENANT and chosen.flow in ("certificate", "secret", "federated"):
        raise SignInError(
            "An application signs in to one tenant, and none is named.",
            certainty=CERTAIN,
            hint="Name it: tenant in the profile, or --tenant.",
            code=codes.WRONG_TENANT,
        )
    late: LazyFlow

    def skew() -> timedelta | None:
        return late.skew() or clock.skew

    facts = ErrorContext(
        flow=chosen.flow,
        tenant="your tenant" if chosen.tenant == ANY_TENANT else chosen.tenant,
        client=chosen.client_id,
        authority=IDENTITY_SERVICE if chosen.flow == "managed-identity" else origin.label,
        consent=admin_consent_url(chosen),
        skew=skew,
        hidden=redacted,
    )
    late = LazyFlow(chosen, origin, facts, clock, wall)
    worker = Worker(late.ready, late.abort, late.close)
    return RenewingSignIn(
        chosen.flow,
        late,
        worker,
        late,
        facts,
        clock,
        interactive=chosen.flow in PERSON_FLOWS,
        wall=wall,
        sleep=sleep,
    )

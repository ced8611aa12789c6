"""Where tokens come from: signing in with msal, and renewing, keeping and forgetting what comes of it.

`make_sign_in(settings, clock=clock)` gives a `SignIn`, which the client takes as its `TokenSource`. A `SignInError`
of it has one of these codes (`codes`): NoSignIn, InteractionRequired, MfaRequired, ConsentRequired, Revoked,
CodeDeclined, CodeExpired, FlowBlocked, WrongTenant, ClockWrong, AuthorityUnreachable, AuthorityUnreadable,
CredentialRefused, CredentialUnreadable, CacheUnusable, TokenExpired, Cancelled.
"""

from backup_tui.signin.factory import admin_consent_url, make_sign_in
from backup_tui.signin.sign_in import SignIn

__all__ = ["SignIn", "admin_consent_url", "make_sign_in"]

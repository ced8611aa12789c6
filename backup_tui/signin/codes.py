"""Codes of a `SignInError` that come from signing in, for scripts and for what a screen offers next."""

from typing import Final

NO_SIGN_IN: Final = "NoSignIn"  # nobody has signed in yet, or nothing of it was kept
INTERACTION_REQUIRED: Final = "InteractionRequired"  # the person has to sign in again
MFA_REQUIRED: Final = "MfaRequired"  # the person has to prove who they are once more
CONSENT_REQUIRED: Final = "ConsentRequired"  # the application has not been allowed what it asks for
REVOKED: Final = "Revoked"  # the kept sign-in is no longer valid: it ended, was revoked, or the password was changed
CODE_DECLINED: Final = "CodeDeclined"  # the person said no on the page
CODE_EXPIRED: Final = "CodeExpired"  # nobody came in time; a new code can be asked for
FLOW_BLOCKED: Final = "FlowBlocked"
"""This way of signing in is not allowed here, or cannot be used here; another one may be."""
WRONG_TENANT: Final = "WrongTenant"  # the tenant, the application or the person is unknown there
PERSONAL_ACCOUNT: Final = "PersonalAccount"
"""Somebody signed in with a personal Microsoft account, which no API of the backup supports."""
CLOCK_WRONG: Final = "ClockWrong"  # this machine's clock is off by so much that what it signs is not believed
AUTHORITY_UNREACHABLE: Final = "AuthorityUnreachable"
"""The authority does not answer or has an outage; it is retried automatically."""
AUTHORITY_UNREADABLE: Final = "AuthorityUnreadable"
"""Something else answered in its place, or its answer makes no sense."""
CREDENTIAL_REFUSED: Final = "CredentialRefused"
"""Secret, certificate, federated token, identity or person is not accepted."""
CREDENTIAL_UNREADABLE: Final = "CredentialUnreadable"
"""A file or a program on this machine does not give what is needed to sign in."""
CACHE_UNUSABLE: Final = "CacheUnusable"  # what was kept of the sign-in cannot be removed
TOKEN_EXPIRED: Final = "TokenExpired"  # a ready-made token has ended; it cannot be renewed from here
CANCELLED: Final = "Cancelled"  # it was given up by the person

CODES: Final = (
    NO_SIGN_IN, INTERACTION_REQUIRED, MFA_REQUIRED, CONSENT_REQUIRED, REVOKED, CODE_DECLINED, CODE_EXPIRED,
    FLOW_BLOCKED, WRONG_TENANT, PERSONAL_ACCOUNT, CLOCK_WRONG, AUTHORITY_UNREACHABLE, AUTHORITY_UNREADABLE,
    CREDENTIAL_REFUSED, CREDENTIAL_UNREADABLE, CACHE_UNUSABLE, TOKEN_EXPIRED, CANCELLED,
)  # fmt: skip

"""What the authority's refusals mean: AADSTS number, suberror or error to plain sentences and what to do.

Pages:
    https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
    https://www.rfc-editor.org/rfc/rfc6749#section-5.2, https://www.rfc-editor.org/rfc/rfc8628#section-3.5

The numbers may change, as their page says; so they only choose better words. Without a known number the error and
suberror decide, which the protocol fixes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backup_tui.signin import codes

CERTAIN = "Nothing was changed: running restores go on, and what was typed is kept."

_AGAIN = "Sign in again: T, or backup-tui login."
_OTHER_WAYS = (
    "Sign in another way: with a certificate (--sign-in certificate), or in a browser (--sign-in browser; over SSH "
    "with a fixed redirect_port and ssh -L PORT:localhost:PORT)."
)


@dataclass(frozen=True, slots=True)
class AuthorityMeaning:
    """What a refusal comes down to; `{tenant}`, `{client}`, `{consent}` and `{authority}` are filled in.

    Attributes:
        code: One of `codes`.
        message: What happened.
        hint: What to do.
        needs_person: `False` where trying again later can help by itself.
        certainty: What is certain now.
    """

    code: str
    message: str
    hint: str
    needs_person: bool = True
    certainty: str = CERTAIN


def _table(**rows: tuple[str, str, str]) -> Mapping[str, AuthorityMeaning]:
    return MappingProxyType({name: AuthorityMeaning(*row) for name, row in rows.items()})


MEANINGS = _table(
    again=(codes.INTERACTION_REQUIRED, "The authority wants you to sign in again.", _AGAIN),
    mfa=(codes.MFA_REQUIRED, "The authority wants a second proof of who you are (MFA).", _AGAIN),
    mfa_setup=(
        codes.MFA_REQUIRED,
        "The authority wants a second proof of who you are (MFA), and none is set up for you yet.",
        "Set it up at https://aka.ms/mfasetup, then sign in again: T, or backup-tui login.",
    ),
    consent=(
        codes.CONSENT_REQUIRED,
        "The application {client} has not been allowed in {tenant} what it asks for.",
        "Let an administrator open {consent} and agree, then sign in again.",
    ),
    consent_refused=(
        codes.CONSENT_REQUIRED,
        "On the page the application was not allowed what it asks for.",
        "Sign in again and agree, or let an administrator open {consent}.",
    ),
    not_assigned=(
        codes.CONSENT_REQUIRED,
        "The application {client} is only for people who are assigned to it in {tenant}, and you are not.",
        "Let an administrator assign you: Enterprise applications, the application, Users and groups.",
    ),
    resource_off=(
        codes.CONSENT_REQUIRED,
        "Microsoft Graph, or what is asked of it, is switched off or not known in {tenant}.",
        "Check that the profile names the right cloud and tenant; ask an administrator of {tenant}.",
    ),
    revoked=(codes.REVOKED, "The sign-in was called back: by an administrator, or because of a change.", _AGAIN),
    password_changed=(codes.REVOKED, "The sign-in has ended: the password was changed or reset.", _AGAIN),
    too_old=(codes.REVOKED, "The sign-in has ended: it was not used for too long, or its time is over.", _AGAIN),
    frequency=(codes.REVOKED, "The sign-in has ended: {tenant} wants it renewed from time to time.", _AGAIN),
    grant=(codes.REVOKED, "The authority no longer accepts what was kept of the sign-in.", _AGAIN),
    password_expired=(
        codes.CREDENTIAL_REFUSED,
        "The password has expired.",
        "Change it on any page of Microsoft 365, then sign in again: T, or backup-tui login.",
    ),
    user_disabled=(
        codes.CREDENTIAL_REFUSED,
        "This account is disabled or locked.",
        "Ask an administrator of {tenant}, or sign in as somebody else.",
    ),
    user_unknown=(
        codes.WRONG_TENANT,
        "This account does not exist in {tenant}.",
        "Sign in with an account of that tenant, or name the other tenant in the profile (or with --tenant).",
    ),
    tenant_unknown=(
        codes.WRONG_TENANT,
        "There is no tenant {tenant} at {authority}.",
        "Correct the tenant in the profile (or --tenant): a directory id or a verified domain.",
    ),
    tenant_needed=(
        codes.WRONG_TENANT,
        "The application {client} is for one tenant only, and none is named.",
        "Name it: tenant in the profile, or --tenant.",
    ),
    tenant_blocked=(
        codes.WRONG_TENANT,
        "The network here does not let anybody sign in to {tenant}.",
        "Ask whoever runs the network: tenant restrictions are set on its proxy.",
    ),
    app_unknown=(
        codes.WRONG_TENANT,
        "There is no application {client} in {tenant}.",
        "Correct client_id (or tenant) in the profile; an administrator adds the application with {consent}.",
    ),
    app_disabled=(
        codes.CREDENTIAL_REFUSED,
        "The application {client} is disabled.",
        "Ask an administrator of {tenant} to enable it: Enterprise applications, Properties.",
    ),
    public_client=(
        codes.FLOW_BLOCKED,
        "The application {client} does not let people sign in this way.",
        "In its registration, under Authentication, switch on 'Allow public client flows'; or sign in with a "
        "certificate (--sign-in certificate).",
    ),
    redirect=(
        codes.FLOW_BLOCKED,
        "The application {client} does not know the address to which the browser comes back.",
        "In its registration, under Authentication, add http://localhost to 'Mobile and desktop applications'.",
    ),
    blocked=(codes.FLOW_BLOCKED, "A Conditional Access policy does not allow signing in this way.", _OTHER_WAYS),
    device=(
        codes.FLOW_BLOCKED,
        "A Conditional Access policy wants a device that the organization manages, and this way cannot show one.",
        _OTHER_WAYS,
    ),
    risk=(
        codes.FLOW_BLOCKED,
        "The authority sees a risk in this sign-in and blocks it.",
        "Ask an administrator of {tenant}; the sign-in logs name the policy.",
    ),
    declined=(
        codes.CODE_DECLINED,
        "On the page the sign-in was declined.",
        "Ask for a new code if that was not meant.",
    ),
    expired=(codes.CODE_EXPIRED, "The code has expired: nobody entered it in time.", "Ask for a new code."),
    late=(codes.CODE_EXPIRED, "Nobody signed in on the page in time.", "Begin again: T, or backup-tui login."),
    secret_wrong=(
        codes.CREDENTIAL_REFUSED,
        "The authority does not accept the client secret of {client}.",
        "Give the secret's value, not its id: BACKUP_TUI_CLIENT_SECRET, secret_file or --secret-fd.",
    ),
    secret_expired=(
        codes.CREDENTIAL_REFUSED,
        "The client secret of {client} has expired.",
        "Make a new one under 'Certificates & secrets' of its registration; a certificate lasts longer.",
    ),
    certificate=(
        codes.CREDENTIAL_REFUSED,
        "The authority does not accept the certificate of {client}.",
        "Check that this certificate is uploaded under 'Certificates & secrets' of its registration, and not expired.",
    ),
    federated=(
        codes.CREDENTIAL_REFUSED,
        "The authority does not accept the federated token of {client}.",
        "Compare issuer, subject and audience with the federated credential in its registration; the token file must "
        "be fresh.",
    ),
    credential=(
        codes.CREDENTIAL_REFUSED,
        "The authority does not accept how the application {client} proves who it is.",
        "Check secret, certificate or token file of the profile, and that it belongs to this client_id.",
    ),
    identity=(
        codes.CREDENTIAL_REFUSED,
        "This machine has no such managed identity.",
        "Assign one to it in Azure, or correct managed_identity in the profile (the client id of the identity).",
    ),
    clock=(
        codes.CLOCK_WRONG,
        "What this machine signed is not believed, because its clock is wrong{off}.",
        "Set the clock (timedatectl set-ntp true), then try again.",
    ),
    scope=(
        codes.CONSENT_REQUIRED,
        "The authority does not know what is asked for with {client}.",
        "Check that the profile names the right cloud, and the API permissions of the registration.",
    ),
    unknown=(
        codes.CREDENTIAL_REFUSED,
        "The authority refuses the sign-in.",
        "Look up its number at https://login.microsoftonline.com/error, or sign in again.",
    ),
)
"""Every meaning by its name in the tables below."""

PERSONAL = AuthorityMeaning(
    codes.PERSONAL_ACCOUNT,
    "Personal Microsoft accounts aren't supported.",
    "Use a work or school account.",
    certainty="Nothing was sent.",
)
"""Every permission table of the API says so: delegated (personal Microsoft account), not supported."""

PERSONAL_NUMBERS = frozenset({500202, 500207, 500208})
"""AADSTS numbers of an account whose kind is wrong, whatever it is called."""

OF_OTHERS = frozenset({50020, 90072})
"""AADSTS numbers of an account of another identity provider, which the description names."""

BUSY = AuthorityMeaning(
    codes.AUTHORITY_UNREACHABLE,
    "{authority} is in trouble and signs nobody in at the moment.",
    "Wait: it is tried again by itself.",
    needs_person=False,
)

_NUMBERS: Mapping[str, tuple[int, ...]] = {
    "again": (16000, 16001, 50058, 50089, 50125, 50140, 54005, 70046),
    "mfa": (50074, 50076, 50078, 50158, 500121),
    "mfa_setup": (50072, 50079, 53004, 53010),
    "consent": (65001, 90008, 90094, 650056, 650057, 900941),
    "consent_refused": (65004,),
    "not_assigned": (50105,),
    "resource_off": (50001, 500011, 500014, 650052),
    "password_changed": (50132, 50133, 50173),
    "too_old": (70008, 700081, 700082, 700084),
    "frequency": (70043, 70044),
    "password_expired": (50055, 50144),
    "user_disabled": (50053, 50057, 500571),
    "user_unknown": (50020, 50034, 51004, 90072, 500341),
    "tenant_unknown": (50128, 90002, 900021, 900023),
    "tenant_needed": (50059, 50194),
    "tenant_blocked": (500021, 500022),
    "app_unknown": (70001, 700016, 7000229),
    "app_disabled": (7000112,),
    "public_client": (7000218,),
    "redirect": (50011, 500113),
    "blocked": (50131, 53003, 530021, 530031, 530032, 530035),
    "device": (50005, 50097, 50127, 50129, 50155, 50187, 53000, 53001, 53002, 53005),
    "risk": (53011, 530034),
    "expired": (70018, 70019),
    "credential": (70002, 700025),
    "secret_wrong": (7000215,),
    "secret_expired": (7000222,),
    "certificate": (50012, 50013, 700027, 700030),
    "federated": (50027, 70021, 700023, 700211, 700212, 700213, 5000811),
    "clock": (700024,),
    "scope": (28002, 28003, 70011, 650053),
}

BY_NUMBER: Mapping[int, str] = MappingProxyType(
    {number: name for name, numbers in _NUMBERS.items() for number in numbers}
)
"""AADSTS number to the name of its meaning."""

TRANSIENT = frozenset({50033, 90006, 90024, 90033})
"""AADSTS numbers that pass by themselves."""

BY_SUBERROR: Mapping[str, str] = MappingProxyType(
    {
        "consent_required": "consent",
        "basic_action": "again",
        "additional_action": "mfa",
        "message_only": "blocked",
        "user_password_expired": "password_expired",
        "bad_token": "revoked",
        "token_expired": "too_old",
        "protection_policy_required": "device",
        "device_authentication_failed": "device",
        "client_mismatch": "grant",
    }
)

BY_ERROR: Mapping[str, str] = MappingProxyType(
    {
        "interaction_required": "again",
        "login_required": "again",
        "account_selection_required": "again",
        "consent_required": "consent",
        "invalid_grant": "grant",
        "invalid_client": "credential",
        "unauthorized_client": "app_unknown",
        "invalid_tenant": "tenant_unknown",
        "invalid_resource": "resource_off",
        "invalid_scope": "scope",
        "access_denied": "declined",
        "authorization_declined": "declined",
        "expired_token": "expired",
        "code_expired": "expired",
        "bad_verification_code": "expired",
        "user_cancelled": "declined",
    }
)

FIXED_ERRORS = frozenset({"authorization_declined", "expired_token", "code_expired", "bad_verification_code"})
"""Errors that say all there is to say about a code, whatever number stands beside them."""

TRANSIENT_ERRORS = frozenset({"temporarily_unavailable", "server_error", "service_not_available"})

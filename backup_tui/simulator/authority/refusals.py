"""Refusals of the identity platform, with the codes and the words of its error pages.

Page reference-error-codes; the forms are those of the pages of the device authorization grant, the authorization code
flow and the client credentials flow.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
"""The application id of Microsoft Graph."""

POLICY_ID = "6b8f5a52-3d1c-4be0-9a47-5f2e7c9d0b13"
"""The Conditional Access policy of the simulated tenant."""

_POLICY_CLAIMS = f'{{"access_token":{{"capolids":{{"essential":true,"values":["{POLICY_ID}"]}}}}}}'


class Refused(Exception):
    """A request to the identity platform that is not granted.

    Attributes:
        status: HTTP status.
        error: OAuth error.
        code: The number behind ``AADSTS``.
        message: The sentence behind the number.
        suberror: The platform's own finer word; empty for none.
        claims: Claims that another request has to carry; empty for none.
    """

    def __init__(
        self, status: int, error: str, code: int, message: str, *, suberror: str = "", claims: str = ""
    ) -> None:
        super().__init__(f"{error} AADSTS{code}")
        self.status = status
        self.error = error
        self.code = code
        self.message = message
        self.suberror = suberror
        self.claims = claims

    def body(self, now: float, correlation: str, base: str) -> dict[str, Any]:
        """Return the answer's JSON."""
        moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        trace = str(uuid4())
        found: dict[str, Any] = {
            "error": self.error,
            "error_description": f"AADSTS{self.code}: {self.message} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {moment}",
            "error_codes": [self.code],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{base}/error?code={self.code}",
        }
        if self.suberror:
            found["suberror"] = self.suberror
        if self.claims:
            found["claims"] = self.claims
        return found


def invalid_request(message: str, code: int = 900144) -> Refused:
    """A parameter is missing or wrong."""
    return Refused(400, "invalid_request", code, message)


def missing(parameter: str) -> Refused:
    """A parameter is missing."""
    return invalid_request(f"The request body must contain the following parameter: '{parameter}'.")


def unknown_tenant(tenant: str, *, discovery: bool = False) -> Refused:
    """There is no such directory."""
    message = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant."
    )
    return Refused(400, "invalid_tenant" if discovery else "invalid_request", 90002, message)


def unknown_application(client_id: str, directory: str) -> Refused:
    """The application is not registered here."""
    message = (
        f"Application with identifier '{client_id}' was not found in the directory '{directory}'. This can happen if "
        "the application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )
    return Refused(400, "unauthorized_client", 700016, message)


def not_public() -> Refused:
    """The registration does not allow public client flows."""
    message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return Refused(401, "invalid_client", 7000218, message)


def wrong_secret(client_id: str) -> Refused:
    """The client secret is not the right one."""
    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        f"the client secret ID, for a secret added to app '{client_id}'."
    )
    return Refused(401, "invalid_client", 7000215, message)


def expired_secret(client_id: str) -> Refused:
    """The client secret has ended."""
    message = (
        f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new keys "
        "for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "
        "https://aka.ms/certCreds."
    )
    return Refused(401, "invalid_client", 7000222, message)


def unknown_certificate(thumbprint: str) -> Refused:
    """The certificate is not registered with the application, or the assertion was signed with another key."""
    message = (
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        f"[Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"
    )
    return Refused(401, "invalid_client", 700027, message)


def assertion_out_of_time(now: float, start: float, end: float) -> Refused:
    """The client's clock, or an assertion that was kept too long."""

    def iso(moment: float) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z")

    message = (
        f"Client assertion is not within its valid time range. Current time: {iso(now)}, assertion valid from "
        f"{iso(start)}, expiry time of assertion {iso(end)}. Review the documentation at "
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
    )
    return Refused(401, "invalid_client", 700024, message)


def bad_assertion(message: str) -> Refused:
    """The assertion is not one."""
    return Refused(401, "invalid_client", 50027, message)


def pending() -> Refused:
    """Nobody has entered the code yet."""
    return Refused(
        400,
        "authorization_pending",
        70016,
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    )


def slow_down() -> Refused:
    """The client asks too often (RFC 8628 section 3.5)."""
    return Refused(400, "slow_down", 90055, "The client is polling too quickly and should back off.")


def declined() -> Refused:
    """The person declined."""
    return Refused(400, "authorization_declined", 65004, "User declined to consent to access the app.")


def code_expired() -> Refused:
    """The device code has ended."""
    message = "The provided value for the input parameter 'device_code' is not valid. This device code has expired."
    return Refused(400, "expired_token", 70020, message)


def bad_code() -> Refused:
    """There is no such device code."""
    return Refused(400, "bad_verification_code", 70018, "Bad verification code.")


def blocked(code: int = 53003) -> Refused:
    """Conditional Access does not let this sign-in through."""
    message = "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."
    return Refused(400, "invalid_grant", code, message, suberror="message_only", claims=_POLICY_CLAIMS)


def mfa_needed() -> Refused:
    """A second factor is needed, so a person."""
    message = (
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        f"use multi-factor authentication to access '{GRAPH_APP}'."
    )
    return Refused(400, "interaction_required", 50076, message, suberror="basic_action", claims=_POLICY_CLAIMS)


def consent_needed(client_id: str, app_name: str) -> Refused:
    """Nobody consented to what the application asks for."""
    message = (
        f"The user or administrator has not consented to use the application with ID '{client_id}' named '{app_name}'. "
        "Send an interactive authorization request for this user and resource."
    )
    return Refused(400, "invalid_grant", 65001, message, suberror="consent_required")


def revoked() -> Refused:
    """The refresh token was revoked."""
    message = (
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have "
        "changed or reset their password."
    )
    return Refused(400, "invalid_grant", 50173, message, suberror="bad_token")


def inactive() -> Refused:
    """The refresh token was not used for too long."""
    message = "The refresh token has expired due to inactivity."
    return Refused(400, "invalid_grant", 700082, message, suberror="bad_token")


def bad_grant() -> Refused:
    """A refresh token or an authorization code that was never handed out, or not to this client."""
    return Refused(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")


def code_used() -> Refused:
    """An authorization code is good for once."""
    message = "OAuth2 Authorization code was already redeemed, please retry with a new valid code."
    return Refused(400, "invalid_grant", 54005, message)


def code_too_old() -> Refused:
    """An authorization code is good for ten minutes."""
    return Refused(400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired.")


def wrong_verifier() -> Refused:
    """The proof key does not fit (RFC 7636)."""
    message = "The Code_Verifier does not match the code_challenge supplied in the authorization request."
    return Refused(400, "invalid_grant", 501481, message)


def wrong_directory(email: str, home: str, directory: str, client_id: str) -> Refused:
    """The person is not of this directory."""
    message = (
        f"User account '{email}' from identity provider 'https://sts.windows.net/{home}/' does not exist in tenant "
        f"'{directory}' and cannot access the application '{client_id}' in that tenant. The account needs to be added "
        "as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory "
        "user account."
    )
    return Refused(400, "invalid_grant", 50020, message)


def wrong_scope(scope: str) -> Refused:
    """A permission that is none, or of another service."""
    message = f"The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
    return Refused(400, "invalid_scope", 70011, message)


def scope_without_default(scope: str) -> Refused:
    """An application alone asks for everything it was granted, not for single permissions."""
    message = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI)."
    )
    return Refused(400, "invalid_scope", 1002012, message)


def no_directory_for_application() -> Refused:
    """An application alone signs in at one directory."""
    message = "No tenant-identifying information found in either the request or implied by any provided credentials."
    return Refused(400, "invalid_request", 50059, message)

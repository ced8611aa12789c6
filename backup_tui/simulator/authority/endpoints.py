"""The addresses of the simulated identity platform."""

import asyncio
import email.utils
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from backup_tui.simulator.authority import pages
from backup_tui.simulator.authority.directory import ANY_DIRECTORY, directory_of, person_of
from backup_tui.simulator.authority.grants import TokenEndpoint
from backup_tui.simulator.authority.platform import Authority
from backup_tui.simulator.authority.refusals import Refused
from backup_tui.simulator.authority.tokens import GRAPH, public_key

PREFIX = "/_authority"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
Answer = Callable[[Request, Authority], Awaitable[Response]]


def _endpoint(name: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Put around an endpoint what all have in common: counting, outages, refusals, headers."""

    async def respond(request: Request) -> Response:
        authority: Authority = request.app.state.service.authority
        authority.calls[name] += 1
        if authority.switches.delay:
            await asyncio.sleep(authority.switches.delay)
        response = _outage(authority)
        if response is None:
            try:
                response = await answer(request, authority)
            except Refused as refusal:
                correlation = request.headers.get("client-request-id") or str(uuid4())
                body = refusal.body(authority.now(), correlation, _base(request))
                response = JSONResponse(body, refusal.status)
        response.headers["Date"] = email.utils.formatdate(authority.now(), usegmt=True)
        response.headers["x-ms-request-id"] = str(uuid4())
        response.headers["Cache-Control"] = "no-store, no-cache"
        return response

    return respond


def _outage(authority: Authority) -> Response | None:
    """Return what is answered instead while the platform is told to be down."""
    switches = authority.switches
    if switches.outage == "none" or switches.outage_times == 0:
        return None
    if switches.outage_times is not None:
        switches.outage_times -= 1
    headers = {} if switches.retry_after is None else {"Retry-After": f"{switches.retry_after:g}"}
    if switches.outage == "html":
        text = "<html><head><title>Sign in to the network</title></head><body>Proxy</body></html>"
        return Response(text, 200, headers, "text/html")
    if switches.outage == "empty":
        return Response(b"", 200, headers, "application/json")
    if switches.outage == "429":
        body = {"error": "temporarily_unavailable", "error_description": "AADSTS90055: Too many requests."}
        return JSONResponse(body, 429, headers)
    text = "<html><body><h2>Our services aren't available right now</h2></body></html>"
    return Response(text, 503, headers, "text/html")


def _base(request: Request, *, for_person: bool = False) -> str:
    """Return the platform's address as the caller knows it.

    A program behind ``msal`` can only name https addresses and says so in a header; what a person opens in a browser
    keeps the scheme that this machine really serves.
    """
    scheme = request.url.scheme
    if not for_person:
        scheme = request.headers.get("x-forwarded-proto", scheme)
    elif request.url.hostname in _LOOPBACK:
        scheme = "http"
    return f"{'https' if scheme == 'https' else 'http'}://{request.url.netloc}{PREFIX}"


def _known_tenant(request: Request) -> tuple[str, str]:
    """Return the tenant as the endpoints name it (its id, or a word for all), and as the issuer does."""
    tenant: str = request.path_params["tenant"]
    if tenant.lower() in ANY_DIRECTORY:
        return tenant.lower(), "{tenantid}"
    directory = directory_of(tenant)
    if directory is None:
        raise Refused("undiscovered_tenant", tenant=tenant)
    return directory.id, directory.id


async def _configuration(request: Request, authority: Authority) -> Response:
    """The OpenID configuration; a person's pages keep their scheme (see ``_base``)."""
    tenant, issuer = _known_tenant(request)
    base = f"{_base(request)}/{tenant}"
    return JSONResponse(
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{_base(request)}/{issuer}/v2.0",
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "preferred_username", "name"],
            "authorization_endpoint": f"{_base(request, for_person=True)}/{tenant}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "msgraph_host": urlsplit(GRAPH).netloc,
        }
    )


async def _keys(request: Request, authority: Authority) -> Response:
    return JSONResponse({"keys": [public_key()]})


async def _instance(request: Request, authority: Authority) -> Response:
    """Which hosts are one platform, as ``msal`` asks unless it is told not to."""
    wanted = request.query_params.get("authorization_endpoint", "")
    tenant = urlsplit(wanted).path.removeprefix(PREFIX).strip("/").partition("/")[0] or "common"
    host = request.url.hostname or ""
    return JSONResponse(
        {
            "tenant_discovery_endpoint": f"{_base(request)}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
    )


async def _device_code(request: Request, authority: Authority) -> Response:
    device = authority.start_device(request.path_params["tenant"], await _form(request))
    page = f"{_base(request, for_person=True)}/device"
    return JSONResponse(
        {
            "user_code": device.user_code,
            "device_code": device.device_code,
            "verification_uri": page,
            "expires_in": authority.switches.code_seconds,
            "interval": authority.switches.interval,
            "message": f"To sign in, use a web browser to open the page {page} and enter the code {device.user_code} "
            "to authenticate.",
        }
    )


async def _token(request: Request, authority: Authority) -> Response:
    tenant = request.path_params["tenant"]
    directory = directory_of(tenant)
    bases = {_base(request), _base(request, for_person=True), f"https://{request.url.netloc}{PREFIX}"}
    names = {tenant} | ({directory.id, directory.domain} if directory else set())
    audiences = tuple(
        f"{base}/{name}/{end}" for base in bases for name in names for end in ("oauth2/v2.0/token", "v2.0")
    )
    authorization = request.headers.get("authorization", "")
    form = await _form(request)
    return JSONResponse(TokenEndpoint(authority).answer(tenant, form, authorization, _base(request), audiences))


async def _authorize(request: Request, authority: Authority) -> Response:
    """The browser's sign-in (page v2-oauth2-auth-code-flow); the person's decision comes back by POST."""
    query = await _values(request)
    redirect = query.get("redirect_uri", "")
    if urlsplit(redirect).scheme != "http" or urlsplit(redirect).hostname not in _LOOPBACK:
        text = f"AADSTS50011: The redirect URI '{redirect}' specified in the request does not match the redirect URIs "
        return _trouble(f"{text}configured for the app.")
    try:
        # Looked at before anybody is asked, and handed out only once somebody agreed.
        code = authority.start_browser(request.path_params["tenant"], query)
    except Refused as refusal:
        return _trouble(refusal.body(authority.now(), str(uuid4()), _base(request))["error_description"])
    person = person_of(authority.switches.person)
    wanted = authority.switches.sign_in
    if wanted == "block":
        return _blocked(authority)
    decision = query.pop("do", "")
    if wanted in ("approve", "decline"):
        decision = wanted
    if not decision:
        return pages.decide(request.url.path, person, code.client_id, authority.switches.scopes, query)
    values = {"state": query["state"]} if "state" in query else {}
    if decision == "approve":
        values |= {"code": code.code, "session_state": str(uuid4())}
    else:
        text = "AADSTS65004: User declined to consent to access the app."
        values |= {"error": "access_denied", "error_description": text, "error_subcode": "cancel"}
    if query.get("response_mode") == "form_post":
        return pages.send_on(redirect, values)
    joint = "&" if urlsplit(redirect).query else "?"
    return RedirectResponse(f"{redirect}{joint}{urlencode(values)}", 302)


def _trouble(text: str) -> Response:
    return pages.told("Sorry, but we're having trouble signing you in.", text, 400)


def _blocked(authority: Authority) -> Response:
    text = f"AADSTS{authority.switches.block_code}: Access has been blocked by Conditional Access policies."
    return pages.told("You cannot access this right now", text, 403)


async def _device(request: Request, authority: Authority) -> Response:
    """The page where a person types a device code and decides."""
    action = f"{PREFIX}/device"
    if request.method == "GET":
        return pages.enter_code(action, request.query_params.get("code", ""))
    form = await _form(request)
    typed = form.get("code", "")
    device = authority.waiting(typed)
    if device is None:
        return pages.enter_code(action, typed, "That code didn't work. Check the code and try again.")
    person = person_of(authority.switches.person)
    if form.get("do") not in ("approve", "decline"):
        carried = {"code": device.user_code}
        return pages.decide(action, person, device.client_id, authority.switches.scopes, carried)
    if form["do"] == "decline":
        authority.decline(device.user_code)
        return pages.told("You have cancelled the sign-in.", "You may now close this window.")
    if authority.switches.sign_in == "block":
        device.state = "blocked"
        return _blocked(authority)
    authority.approve(device.user_code)
    return pages.told("You have signed in.", "You may now close this window and go back to the program.")


async def _admin_consent(request: Request, authority: Authority) -> Response:
    """Consent for everybody in the tenant (page v2-admin-consent)."""
    tenant, _ = _known_tenant(request)
    query = await _values(request)
    client_id = query.get("client_id", "")
    if not client_id:
        return _trouble("AADSTS900144: The request body must contain the following parameter: 'client_id'.")
    decision = query.pop("do", "")
    person = person_of(authority.switches.person)
    if not decision:
        return pages.decide(request.url.path, person, client_id, authority.switches.scopes, query)
    values = {"tenant": tenant} | ({"state": query["state"]} if "state" in query else {})
    if decision == "approve":
        authority.switches.consent = True
        values["admin_consent"] = "True"
    else:
        values |= {"error": "access_denied", "error_description": "AADSTS65004: The resource owner denied the request."}
    redirect = query.get("redirect_uri", "")
    if urlsplit(redirect).scheme == "http" and urlsplit(redirect).hostname in _LOOPBACK:
        return RedirectResponse(f"{redirect}?{urlencode(values)}", 302)
    if decision == "approve":
        return pages.told("Permissions granted", "The application may be used by everybody in this tenant.")
    return pages.told("Permissions not granted", "Nothing was changed.")


async def _virtual_machine(request: Request, authority: Authority) -> Response:
    """The managed identity of a virtual machine (page how-to-use-vm-token)."""
    query = request.query_params
    if request.headers.get("metadata", "").lower() != "true":
        body = {"error": "invalid_request", "error_description": "Required metadata header not specified"}
        return JSONResponse(body, 400)
    if query.get("resource", "").rstrip("/") != GRAPH:
        text = f"AADSTS500011: The resource principal named {query.get('resource')} was not found in the tenant."
        return JSONResponse({"error": "invalid_resource", "error_description": text}, 400)
    if authority.switches.client == "unknown":
        return JSONResponse({"error": "invalid_request", "error_description": "Identity not found"}, 400)
    answer = _of_managed_identity(authority, query)
    seconds = str(authority.switches.token_seconds)
    return JSONResponse(answer | {"expires_in": seconds, "ext_expires_in": seconds, "not_before": "0"})


async def _app_service(request: Request, authority: Authority) -> Response:
    """The managed identity of App Service (page overview-managed-identity)."""
    query = request.query_params
    if not request.headers.get("x-identity-header"):
        return JSONResponse({"statusCode": 401, "message": "The identity header is missing."}, 401)
    if query.get("resource", "").rstrip("/") != GRAPH or authority.switches.client == "unknown":
        text = "No Managed Identity found for specified ClientId/ResourceId/PrincipalId."
        return JSONResponse({"statusCode": 400, "message": text}, 400)
    return JSONResponse(_of_managed_identity(authority, query))


def _of_managed_identity(authority: Authority, query: Mapping[str, str]) -> dict[str, Any]:
    client_id = query.get("client_id") or "9b2f6d1a-0f7c-4c55-8a3e-1d7e5b9c2f40"
    return TokenEndpoint(authority).for_managed_identity(client_id, query.get("resource", ""))


async def _nothing(request: Request, authority: Authority) -> Response:
    raise Refused("nothing", method=request.method)


async def _form(request: Request) -> dict[str, str]:
    """Read a form; what is not text is read as far as it goes."""
    body = (await request.body()).decode(errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


async def _values(request: Request) -> dict[str, str]:
    return await _form(request) if request.method == "POST" else dict(request.query_params)


ROUTES = [
    Route("/device", _endpoint("device", _device), methods=["GET", "POST"]),
    Route("/metadata/identity/oauth2/token", _endpoint("managed:vm", _virtual_machine)),
    Route("/msi/token", _endpoint("managed:app", _app_service)),
    Route("/common/discovery/instance", _endpoint("instance", _instance)),
    Route("/{tenant}/v2.0/.well-known/openid-configuration", _endpoint("configuration", _configuration)),
    Route("/{tenant}/discovery/v2.0/keys", _endpoint("keys", _keys)),
    Route("/{tenant}/oauth2/v2.0/devicecode", _endpoint("devicecode", _device_code), methods=["POST"]),
    Route("/{tenant}/oauth2/v2.0/token", _endpoint("token", _token), methods=["POST"]),
    Route("/{tenant}/oauth2/v2.0/authorize", _endpoint("authorize", _authorize), methods=["GET", "POST"]),
    Route("/{tenant}/adminconsent", _endpoint("adminconsent", _admin_consent), methods=["GET", "POST"]),
    Route("/{tenant}/v2.0/adminconsent", _endpoint("adminconsent", _admin_consent), methods=["GET", "POST"]),
    Route("/{rest:path}", _endpoint("nothing", _nothing), methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
]

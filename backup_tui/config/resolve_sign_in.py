"""Resolves how to sign in: which flow, for which tenant and application, and what that flow needs."""

import re
from pathlib import Path

from msgspec import Struct

from backup_tui.config import variables as var
from backup_tui.config.clouds import Cloud
from backup_tui.config.nearest import did_you_mean
from backup_tui.config.origins import DEFAULT, SettingSource, Sources, refused
from backup_tui.config.secrets import check_private_file, secret_of_descriptor, secret_of_file, secret_of_variable
from backup_tui.config.sign_in import (
    ANY_TENANT,
    APP_FLOWS,
    CACHES,
    FLOWS,
    PERSON_FLOWS,
    PERSONAL_TENANT,
    SignInSettings,
)
from backup_tui.config.token import Secret
from backup_tui.errors import ConfigError, SignInError, UsageError

DEMO_CLIENT_ID = "5d3ec0de-0000-4000-8000-00000000de30"
DEMO_AUTHORITY = "http://127.0.0.1/_authority"

README = 'README, "Sign in"'

_TENANT = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"


class NoSignIn(Struct, frozen=True):
    """Why nobody can sign in with these settings; only what needs the service minds."""

    message: str  # what is missing, one sentence
    hint: str  # what to do about it, one sentence

    def error(self) -> SignInError:
        """The same as an error to raise."""
        return SignInError(self.message, certainty="Nothing was sent.", hint=self.hint, code="NoSignIn")


NOTHING_SAID = NoSignIn(
    "Sign-in is not configured: no application is named and no token was given.",
    f"Register an application ({README}, tells how), write its id into a profile with: backup-tui config init --tenant "
    "TENANT --client-id ID, and sign in with: backup-tui login; or put a token for Microsoft Graph into "
    "BACKUP_TUI_ACCESS_TOKEN. To look around without any of it: backup-tui --demo.",
)


_NEEDS = (
    ("client_id", (*PERSON_FLOWS, *APP_FLOWS), "client_id (--client-id or BACKUP_TUI_CLIENT_ID)"),
    ("tenant", APP_FLOWS, "tenant (--tenant or BACKUP_TUI_TENANT)"),
    ("certificate", ("certificate",), "certificate (or BACKUP_TUI_CERTIFICATE)"),
    ("secret", ("secret",), "the secret (BACKUP_TUI_CLIENT_SECRET, secret_file or --secret-fd)"),
    ("token_file", ("federated",), "federated_token_file (or AZURE_FEDERATED_TOKEN_FILE)"),
)
"""What a flow cannot begin without: the setting, the flows that need it, and how it is given."""


def resolve_tenant(sources: Sources, flow: str) -> str:
    """The tenant that is named; empty when none is. Raises `ConfigError`: it can be neither a directory id nor a
    domain, or is the one of personal accounts."""
    late = var.AZURE_TENANT_VARIABLE if flow == "federated" else ""
    tenant = sources.text("tenant", flag="--tenant", variable=var.TENANT_VARIABLE, key="tenant", late_variable=late)
    return checked_tenant(tenant, sources.origin("tenant").words) if tenant else ""


def checked_tenant(tenant: str, place: str) -> str:
    """A tenant as it is given at a place; empty for any. Raises `ConfigError` as `resolve_tenant` does."""
    if tenant.lower() in (ANY_TENANT, "common"):
        return ""
    if tenant.lower() in ("consumers", PERSONAL_TENANT):
        what = f"{tenant!r} is the tenant of personal Microsoft accounts, which aren't supported"
        raise refused(place, what, "Use a work or school account: name its tenant, or leave it out.", tenant)
    if re.fullmatch(_TENANT, tenant) is None:
        hint = "Name a tenant like contoso.com or 1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10."
        raise refused(place, f"{tenant[:60]!r} is neither a directory id nor a domain", hint, tenant)
    return tenant


def resolve_flow(sources: Sources, *, token: bool) -> str:
    """The flow that is asked for; empty when nothing says how to sign in.

    A ready-made token comes before all but the flag: who sets it wants it used. Raises `UsageError`: the flow is
    unknown."""
    flow = sources.text("sign_in", flag="--sign-in", variable=var.SIGN_IN_VARIABLE, key="sign_in")
    origin = sources.origin("sign_in")
    if flow and flow not in FLOWS:
        raise (UsageError if origin.kind == "flag" else ConfigError)(
            f"{origin.words}: unknown flow {flow[:40]!r}.",
            field=origin.words,
            value=flow,
            certainty="Nothing was started.",
            hint=did_you_mean(flow, FLOWS),
        )
    if token and origin.kind != "flag":
        flow, origin = "token", SettingSource("variable", var.TOKEN_VARIABLE)
    elif not flow and _client_id(sources, ""):
        flow, origin = "device-code", DEFAULT
    return sources.settle("sign_in", flow, origin)


def resolve_sign_in(
    sources: Sources, flow: str, tenant: str, cloud: Cloud, authority: str, state: Path | None
) -> SignInSettings | NoSignIn:
    """Everything that the flow (one of `FLOWS`, or empty) needs, or what of it is missing; `state` may hold a cache.
    Raises `ConfigError`: a value cannot be used, or a file with a secret is open to others; `UsageError`: `--secret-fd`
    with a flow that has no secret."""
    if sources.flags.get("secret_fd") is not None and flow != "secret":
        raise UsageError(
            f"--secret-fd works only with --sign-in secret, not with {flow or 'no sign-in'}.",
            field="--secret-fd",
            certainty="Nothing was read from it.",
            hint="Leave it out, or add --sign-in secret.",
        )
    client_id = _client_id(sources, flow)
    certificate = _path(sources, "certificate", var.CERTIFICATE_VARIABLE)
    setting, variable = "certificate_password", var.CERTIFICATE_PASSWORD_VARIABLE
    password = _hidden(sources, setting, variable, f"{setting}_file", used=flow == "certificate")
    secret = _secret(sources, used=flow == "secret")
    late_variable = var.AZURE_TOKEN_FILE_VARIABLE if flow == "federated" else ""
    token_file = _path(sources, "federated_token_file", "", late_variable)
    managed_identity = sources.text("managed_identity", variable=var.MANAGED_IDENTITY_VARIABLE, key="managed_identity")
    cache = _cache(sources)
    key_file = _path(sources, "token_cache_key_file", var.CACHE_KEY_FILE_VARIABLE)
    passphrase = _hidden(sources, "cache_passphrase", var.CACHE_PASSPHRASE_VARIABLE, used=cache == "file")
    settings = SignInSettings(
        flow=flow,
        tenant=tenant or ANY_TENANT,
        client_id=client_id,
        authority=authority,
        scope=cloud.scope,
        certificate=certificate if flow == "certificate" else None,
        certificate_password=password,
        secret=secret,
        token_file=token_file if flow == "federated" else None,
        managed_identity=managed_identity,
        redirect_port=int(sources.number("redirect_port", key="redirect_port", default=0)),
        cache=cache,
        cache_folder=None if state is None else state / "tokens",
        cache_key_file=key_file if cache == "file" else None,
        cache_passphrase=passphrase,
    )
    missing = _missing(settings, sources)
    if missing is not None:
        return missing
    if settings.certificate is not None:
        check_private_file(settings.certificate, sources.origin("certificate").words)
    if settings.cache_key_file is not None:
        check_private_file(settings.cache_key_file, sources.origin("token_cache_key_file").words)
    return settings


def demo_sign_in() -> SignInSettings:
    """The sign-in of `--demo --sign-in`, at the authority that is simulated beside the service."""
    return SignInSettings(flow="device-code", client_id=DEMO_CLIENT_ID, authority=DEMO_AUTHORITY)


def _missing(settings: SignInSettings, sources: Sources) -> NoSignIn | None:
    flow = settings.flow
    if not flow:
        return NOTHING_SAID
    if flow == "token" and not sources.env.get(var.TOKEN_VARIABLE, "").strip():
        return NoSignIn(
            "BACKUP_TUI_ACCESS_TOKEN is not set.",
            f"Set it to a token for Microsoft Graph, or choose another flow; {README} lists them.",
        )
    lacking = [
        words for name, flows, words in _NEEDS if flow in flows and getattr(settings, name) in ("", None, ANY_TENANT)
    ]
    if not lacking:
        return None
    return NoSignIn(
        f"The sign-in {flow} ({sources.origin('sign_in').words}) cannot start: missing {' and '.join(lacking)}.",
        f"Add what is missing; {README} lists what each flow needs.",
    )


def _client_id(sources: Sources, flow: str) -> str:
    late, variable = var.AZURE_CLIENT_VARIABLE if flow == "federated" else "", var.CLIENT_ID_VARIABLE
    client_id = sources.text("client_id", flag="--client-id", variable=variable, key="client_id", late_variable=late)
    if not client_id.isascii() or not client_id.isprintable() or " " in client_id:
        place = sources.origin("client_id").words
        hint = "The app registration shows it as Application (client) ID."
        raise refused(place, f"{client_id[:60]!r} is not a client id", hint)
    return client_id


def _path(sources: Sources, setting: str, variable: str, late_variable: str = "") -> Path | None:
    value = sources.text(setting, variable=variable, key=setting, late_variable=late_variable)
    if not value:
        return None
    if sources.origin(setting).kind == "file":
        return sources.file.path_of(value)
    return Path(value).expanduser()


def _secret(sources: Sources, *, used: bool) -> Secret | None:
    number = sources.flags.get("secret_fd")
    if isinstance(number, int):
        sources.resolve_secret("secret", SettingSource("flag", "--secret-fd"))
        return secret_of_descriptor(number)
    return _hidden(sources, "secret", var.SECRET_VARIABLE, "secret_file", var.SECRET_FILE_VARIABLE, used=used)


def _hidden(
    sources: Sources, setting: str, variable: str, file_key: str = "", file_variable: str = "", *, used: bool
) -> Secret | None:
    """A secret, read only when it is used; where it would come from is known either way."""
    if sources.env.get(variable):
        sources.resolve_secret(setting, SettingSource("variable", variable))
        return secret_of_variable(sources.env, variable) if used else None
    path = _path(sources, file_key, file_variable) if file_key else None
    origin = sources.settled.pop(file_key).origin if file_key else DEFAULT
    sources.resolve_secret(setting, origin)
    return secret_of_file(path, origin.words) if used and path is not None else None


def _cache(sources: Sources) -> str:
    cache = sources.text("token_cache", variable=var.TOKEN_CACHE_VARIABLE, key="token_cache", default="memory")
    if cache not in CACHES:
        hint = did_you_mean(cache, CACHES, f"It is one of {', '.join(CACHES)}.")
        what = f"unknown token cache {cache[:40]!r}"
        raise refused(sources.origin("token_cache").words, what, hint, cache, certainty="")
    return cache

"""Settles how one signs in: which cloud, which authority, which flow, and what that flow needs."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from backup_tui.config import variables as var
from backup_tui.config.clouds import CLOUDS, GLOBAL, Cloud, clouds_of_host
from backup_tui.config.nearest import nearest
from backup_tui.config.origins import DEFAULT, Origin, Sources
from backup_tui.config.secrets import check_private_file, secret_of_descriptor, secret_of_file, secret_of_variable
from backup_tui.config.sign_in import ANY_TENANT, APP_FLOWS, CACHES, FLOWS, PERSON_FLOWS, SignInSettings
from backup_tui.config.token import Secret
from backup_tui.errors import ConfigError, SignInError, UsageError

DEMO_CLIENT_ID = "5d3ec0de-0000-4000-8000-00000000de30"
DEMO_AUTHORITY = "http://127.0.0.1/_authority"

README = 'README, "Signing in"'

_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class NoSignIn:
    """Why nobody can sign in with these settings; only what needs the service minds.

    Attributes:
        what: What is missing, one sentence.
        way_out: What to do about it, one sentence.
    """

    what: str
    way_out: str

    def error(self) -> SignInError:
        """The same as an error to raise."""
        return SignInError(self.what, certain="Nothing was sent.", way_out=self.way_out, code="NoSignIn")


NOTHING_SAID = NoSignIn(
    "There is no sign-in: no application is named and no token was given.",
    "Name the application that is registered for this program (--client-id, BACKUP_TUI_CLIENT_ID or client_id in a "
    "profile) and sign in with: backup-tui login; or put a token for Microsoft Graph into the environment variable "
    f"BACKUP_TUI_ACCESS_TOKEN. {README} tells how; --demo needs neither.",
)


def settle_cloud(sources: Sources, graph_url: str, trusted: frozenset[str]) -> Cloud:
    """The cloud that is named, or else the one to which the named service or authority belongs.

    Args:
        sources: Where settings come from.
        graph_url: Address of the service when one is named.
        trusted: Hosts that were named with `--trust-host`.

    Raises:
        ConfigError: There is no such cloud; Microsoft does not offer the service there and it is not forced; or the
            addresses belong to another cloud.
    """
    key = sources.text("cloud", variable=var.CLOUD_VARIABLE, key="cloud")
    origin = sources.origins["cloud"]
    named = CLOUDS.get(key)
    if key and named is None:
        near = nearest(key, CLOUDS)
        raise ConfigError(
            f"{origin.words}: there is no cloud {key[:40]!r}.",
            field=origin.words,
            value=key,
            way_out=f"Did you mean {near}?" if near else f"Known are {', '.join(CLOUDS)}.",
        )
    authority = sources.text("authority", flag="--authority", variable=var.AUTHORITY_VARIABLE, key="authority")
    of_graph, of_authority = clouds_of_host(_host(graph_url)), clouds_of_host(_host(authority))
    cloud = named or next(iter(of_graph or of_authority), GLOBAL)
    for clouds, address in ((of_graph, graph_url), (of_authority, authority)):
        if clouds and cloud not in clouds:
            raise ConfigError(
                f"{_host(address)} belongs to the {clouds[0].name} cloud, the rest to the {cloud.name} one.",
                field=origin.words if named else "cloud",
                value=address,
                certain="Nothing was sent.",
                way_out="Name one cloud, and no address of another.",
            )
    forced = sources.flags.get("force_cloud") or bool(sources.value("cloud_forced", key="cloud_forced", default=False))
    if sources.flags.get("force_cloud"):
        sources.origins["cloud_forced"] = Origin("flag", "--force-cloud")
    if not cloud.offered and (named or of_authority) and not (forced or cloud.hosts & trusted):
        raise ConfigError(
            f"Microsoft does not offer this service in its {cloud.name} cloud, as the pages of the Backup Storage API "
            "say.",
            field=origin.words if named else "authority",
            value=cloud.key,
            certain="Nothing was sent.",
            way_out="If that has changed: --force-cloud, or cloud_forced = true in the profile.",
        )
    return cloud


def settle_authority(sources: Sources, cloud: Cloud, trusted: frozenset[str]) -> str:
    """Where one signs in, checked: a known cloud, this machine, or a host that was named on purpose.

    Raises:
        ConfigError: It is no such address, or the sign-in would be sent in clear.
    """
    given = sources.text("authority", flag="--authority", variable=var.AUTHORITY_VARIABLE, key="authority")
    if not given:
        return cloud.authority
    place = sources.origins["authority"].words
    example = f"Give one like {cloud.authority}; the tenant is named apart (--tenant)."

    def refused(what: str, way_out: str = example) -> ConfigError:
        return ConfigError(f"{place}: {what}.", field=place, value=given, certain="Nothing was sent.", way_out=way_out)

    try:
        parts = urlsplit(given)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise refused("this is no address to sign in at") from None
    if parts.scheme not in ("http", "https") or not host or any(ord(char) <= 0x20 or char == "\\" for char in given):
        raise refused("this is no address to sign in at")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise refused("an address to sign in at holds only a host, a port and a path")
    known, path = clouds_of_host(host), parts.path.rstrip("/")
    if known and (path or port not in (None, 443) or host in _graph_hosts()):
        raise refused(f"{host} is spoken to as https://{host}, without anything behind it")
    if parts.scheme == "http" and not is_this_machine(host):
        raise refused(
            f"{host} would be spoken to without encryption, and the sign-in could be read on the way",
            "Use https; plain http is for this machine only.",
        )
    if not known and not is_this_machine(host) and host not in trusted:
        raise refused(
            f"{host} is no known place to sign in to Microsoft, so it is sent nothing",
            f"If it is meant, allow it with --trust-host {host}.",
        )
    shown = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{shown}{'' if port in (None, default) else f':{port}'}{path}"


def settle_tenant(sources: Sources, flow: str) -> str:
    """The tenant that is named; empty when none is.

    Raises:
        ConfigError: It can be neither a directory id nor a domain.
    """
    tenant = sources.text(
        "tenant",
        flag="--tenant",
        variable=var.TENANT_VARIABLE,
        key="tenant",
        late_variable=var.AZURE_TENANT_VARIABLE if flow == "federated" else "",
    )
    if not tenant:
        return ""
    place = sources.origins["tenant"].words
    if tenant.lower() in (ANY_TENANT, "common"):
        return ""
    if _TENANT.fullmatch(tenant) is None:
        raise ConfigError(
            f"{place}: {tenant[:60]!r} is no directory id and no domain.",
            field=place,
            value=tenant,
            certain="Nothing was sent.",
            way_out="A tenant is named like contoso.com or 1f3c5c8e-5f6b-4c0e-9d53-0c6a3f8f4a10.",
        )
    return tenant


def settle_flow(sources: Sources, *, token: bool) -> str:
    """The flow that is asked for; empty when nothing says how to sign in.

    A ready-made token comes before all but the flag: who sets it wants it used.

    Raises:
        UsageError: There is no such flow.
    """
    flow = sources.text("sign_in", flag="--sign-in", variable=var.SIGN_IN_VARIABLE, key="sign_in")
    origin = sources.origins["sign_in"]
    if flow and flow not in FLOWS:
        near = nearest(flow, FLOWS)
        raise (UsageError if origin.kind == "flag" else ConfigError)(
            f"{origin.words}: there is no way to sign in that is called {flow[:40]!r}.",
            field=origin.words,
            value=flow,
            certain="Nothing was started.",
            way_out=f"Did you mean {near}?" if near else f"Known are {', '.join(FLOWS)}.",
        )
    if token and origin.kind != "flag":
        sources.origins["sign_in"] = Origin("variable", var.TOKEN_VARIABLE)
        return "token"
    return flow or ("device-code" if _client_id(sources, "") else "")


def settle_sign_in(
    sources: Sources, flow: str, tenant: str, cloud: Cloud, authority: str, state: Path | None
) -> SignInSettings | NoSignIn:
    """Everything that the flow needs, or what of it is missing.

    Args:
        sources: Where settings come from.
        flow: One of `FLOWS`, or empty.
        tenant: What `settle_tenant` found.
        cloud: Where the service is.
        authority: What `settle_authority` found.
        state: Folder of the state, in which a cache file has its own.

    Raises:
        ConfigError: A value cannot be used, or a file with a secret is open to others.
        UsageError: `--secret-fd` with a flow that has no secret.
    """
    if sources.flags.get("secret_fd") is not None and flow != "secret":
        raise UsageError(
            f"--secret-fd belongs to --sign-in secret, and this is {flow or 'no sign-in'}.",
            field="--secret-fd",
            certain="Nothing was read from it.",
            way_out="Leave it out, or add --sign-in secret.",
        )
    client_id = _client_id(sources, flow)
    certificate = _path(sources, "certificate", var.CERTIFICATE_VARIABLE) if flow == "certificate" else None
    token_file = (
        _path(sources, "federated_token_file", "", var.AZURE_TOKEN_FILE_VARIABLE) if flow == "federated" else None
    )
    secret = _secret(sources) if flow == "secret" else None
    missing = _missing(flow, tenant, client_id, sources, certificate=certificate, secret=secret, token_file=token_file)
    if missing is not None:
        return missing
    if certificate is not None:
        check_private_file(certificate, sources.origins["certificate"].words)
    cache = _cache(sources)
    in_file = cache == "file"
    return SignInSettings(
        flow=flow,
        tenant=tenant or ANY_TENANT,
        client_id=client_id,
        authority=authority,
        scope=cloud.scope,
        certificate=certificate,
        certificate_password=_certificate_password(sources) if certificate is not None else None,
        secret=secret,
        token_file=token_file,
        managed_identity=sources.text(
            "managed_identity", variable=var.MANAGED_IDENTITY_VARIABLE, key="managed_identity"
        ),
        redirect_port=int(str(sources.value("redirect_port", key="redirect_port", default=0))),
        cache=cache,
        cache_folder=None if state is None else state / "tokens",
        cache_key_file=_key_file(sources) if in_file else None,
        cache_passphrase=_passphrase(sources) if in_file else None,
    )


def demo_sign_in() -> SignInSettings:
    """The sign-in of `--demo --sign-in`, at the authority that is simulated beside the service."""
    return SignInSettings(flow="device-code", client_id=DEMO_CLIENT_ID, authority=DEMO_AUTHORITY)


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine: `localhost`, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _missing(
    flow: str,
    tenant: str,
    client_id: str,
    sources: Sources,
    *,
    certificate: Path | None,
    secret: Secret | None,
    token_file: Path | None,
) -> NoSignIn | None:
    if not flow:
        return NOTHING_SAID
    if flow == "token" and not sources.env.get(var.TOKEN_VARIABLE, "").strip():
        return NoSignIn(
            "There is no token: BACKUP_TUI_ACCESS_TOKEN is not set.",
            f"Set it to a token for Microsoft Graph, or choose another way to sign in; {README} lists them.",
        )
    needs: list[tuple[object, str]] = []
    if flow in (*PERSON_FLOWS, *APP_FLOWS):
        needs.append((client_id, "client_id (--client-id or BACKUP_TUI_CLIENT_ID)"))
    if flow in APP_FLOWS:
        needs.append((tenant, "tenant (--tenant or BACKUP_TUI_TENANT)"))
    if flow == "certificate":
        needs.append((certificate, "certificate (or BACKUP_TUI_CERTIFICATE)"))
    if flow == "secret":
        needs.append((secret, "the secret (BACKUP_TUI_CLIENT_SECRET, secret_file or --secret-fd)"))
    if flow == "federated":
        needs.append((token_file, "federated_token_file (or AZURE_FEDERATED_TOKEN_FILE)"))
    lacking = [words for value, words in needs if not value]
    if not lacking:
        return None
    return NoSignIn(
        f"The sign-in {flow} ({sources.origins['sign_in'].words}) cannot begin: it lacks {' and '.join(lacking)}.",
        f"Add what is missing; {README} tells what each way to sign in needs.",
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _graph_hosts() -> frozenset[str]:
    return frozenset(_host(cloud.graph) for cloud in CLOUDS.values())


def _client_id(sources: Sources, flow: str) -> str:
    client_id = sources.text(
        "client_id",
        flag="--client-id",
        variable=var.CLIENT_ID_VARIABLE,
        key="client_id",
        late_variable=var.AZURE_CLIENT_VARIABLE if flow == "federated" else "",
    )
    if not client_id.isascii() or not client_id.isprintable() or " " in client_id:
        place = sources.origins["client_id"].words
        raise ConfigError(
            f"{place}: {client_id[:60]!r} is no client id.",
            field=place,
            certain="Nothing was sent.",
            way_out="It stands in the app registration as Application (client) ID.",
        )
    return client_id


def _path(sources: Sources, setting: str, variable: str, late_variable: str = "") -> Path | None:
    value = sources.text(setting, variable=variable, key=setting, late_variable=late_variable)
    if not value:
        return None
    if sources.origins[setting].kind == "file":
        return sources.file.path_of(value)
    return Path(value).expanduser()


def _secret(sources: Sources) -> Secret | None:
    number = sources.flags.get("secret_fd")
    if isinstance(number, int):
        sources.origins["secret"] = Origin("flag", "--secret-fd")
        return secret_of_descriptor(number)
    return _hidden(sources, "secret", var.SECRET_VARIABLE, "secret_file", var.SECRET_FILE_VARIABLE)


def _certificate_password(sources: Sources) -> Secret | None:
    return _hidden(sources, "certificate_password", var.CERTIFICATE_PASSWORD_VARIABLE, "certificate_password_file", "")


def _hidden(sources: Sources, setting: str, variable: str, file_key: str, file_variable: str) -> Secret | None:
    secret = secret_of_variable(sources.env, variable)
    if secret is not None:
        sources.origins[setting] = Origin("variable", variable)
        return secret
    path = _path(sources, file_key, file_variable)
    origin = sources.origins.pop(file_key)
    sources.origins[setting] = origin
    return None if path is None else secret_of_file(path, origin.words)


def _cache(sources: Sources) -> str:
    cache = sources.text("token_cache", variable=var.TOKEN_CACHE_VARIABLE, key="token_cache", default="memory")
    if cache not in CACHES:
        near = nearest(cache, CACHES)
        place = sources.origins["token_cache"].words
        raise ConfigError(
            f"{place}: a sign-in cannot be kept in {cache[:40]!r}.",
            field=place,
            value=cache,
            way_out=f"Did you mean {near}?" if near else f"It is one of {', '.join(CACHES)}.",
        )
    return cache


def _key_file(sources: Sources) -> Path | None:
    path = _path(sources, "token_cache_key_file", var.CACHE_KEY_FILE_VARIABLE)
    if path is not None:
        check_private_file(path, sources.origins["token_cache_key_file"].words)
    return path


def _passphrase(sources: Sources) -> Secret | None:
    secret = secret_of_variable(sources.env, var.CACHE_PASSPHRASE_VARIABLE)
    sources.origins["cache_passphrase"] = (
        DEFAULT if secret is None else Origin("variable", var.CACHE_PASSPHRASE_VARIABLE)
    )
    return secret

"""Texts of the sign-in screen: what the person has to do, what went wrong, and which tenant and application it is."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from backup_tui.config import Settings, SignInSettings
from backup_tui.errors import BackupTuiError
from backup_tui.models.own_words import small_print
from backup_tui.models.prompts import BrowserPage, DeviceCode, Prompt
from backup_tui.models.text import safe
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.time_format import clock_words
from backup_tui.workspace.demo import REHEARSAL

FLOW_WORDS = {
    "device-code": "with a code that is entered in any browser",
    "browser": "in a browser",
    "certificate": "an application, with its certificate",
    "secret": "an application, with its client secret",
    "managed-identity": "this machine, with its managed identity",
    "federated": "an application, with a federated token",
    "azure-cli": "through the Azure CLI",
    "token": "with a ready-made token",
}
"""How a profile signs in, after "signs in"."""

BRIEFLY = {
    "device-code": "with a code",
    "browser": "in a browser",
    "certificate": "with a certificate",
    "secret": "with a client secret",
    "managed-identity": "managed identity of this machine",
    "federated": "with a federated token",
    "azure-cli": "through the Azure CLI",
    "token": "with a ready-made token",
}
"""The same in fewer words, after who it is."""

_LABEL = 14  # cells for the words in front of a fact


DEMO_LINES = (Para(REHEARSAL[0], "good"), Para(REHEARSAL[1]), Para())
"""What the sign-in of a demo says first."""


def fact(label: str, text: str, look: str = "") -> Para:
    """One fact after its name; what does not fit continues below the fact."""
    return Para(text, look, mark=f"  {label:<{_LABEL}}")


def kept_words(how: SignInSettings) -> str:
    """Where a sign-in is kept."""
    if how.flow == "token":
        return "nowhere; BACKUP_TUI_ACCESS_TOKEN holds it"
    if how.flow not in ("device-code", "browser"):
        return "in memory until the program ends; requested again without asking anyone"
    if how.cache == "os":
        return "in the key store of the operating system; o or backup-tui logout removes it"
    if how.cache == "file":
        folder = f" below {safe(str(how.cache_folder), 200)}" if how.cache_folder else ""
        return f"in a file{folder}; o or backup-tui logout removes it"
    return "in memory until the program ends"


def tenant_words(how: SignInSettings) -> str:
    """Which tenant a sign-in is for."""
    return "your own (none is configured)" if how.tenant == "organizations" else safe(how.tenant, 100)


def where_lines(settings: Settings, how: SignInSettings) -> list[Para]:
    """Tenant, application and the like, so that nobody signs in to the wrong one."""
    lines = [
        fact("Tenant", tenant_words(how)),
        fact("Profile", safe(settings.profile, 60) or ("none" if settings.demo else "none (given by options)")),
    ]
    if how.client_id:
        lines.append(fact("Application", safe(how.client_id, 80)))
    if how.flow == "managed-identity":
        lines.append(fact("Identity", safe(how.managed_identity, 80) or "the machine's own"))
    if how.flow not in ("token", "managed-identity", "azure-cli"):
        lines.append(fact("Signs in at", safe(how.authority, 120)))
    lines.append(fact("Kept", kept_words(how)))
    return lines


def prompt_lines(prompt: Prompt, now: datetime, zone: tzinfo, zone_name: str) -> list[Para]:
    """What the person has to do now."""
    if isinstance(prompt, DeviceCode):
        return [
            Para("1  Open this page in a browser, on any machine", "section"),
            Para(prompt.url, "key", mark="     "),
            Para(),
            Para("2  Enter this code", "section"),
            Para(" ".join(prompt.code), "strong", "     ", right=f"y copies {prompt.code}"),
            Para(),
            Para(valid_words(prompt, now, zone, zone_name), mark="  "),
            Para("Waiting for you. This screen continues automatically.", "moving", "  "),
        ]
    return list(_browser_lines(prompt))


def _browser_lines(page: BrowserPage) -> Iterator[Para]:
    yield Para("1  On another machine, first forward the port from there", "section", right="y copies the line")
    yield Para(f"ssh -L {page.port}:localhost:{page.port} THIS-MACHINE", "strong", mark="     ")
    yield Para(f"The browser comes back to port {page.port} of this machine.", mark="     ")
    yield Para()
    yield Para("2  Open this address in the browser and sign in", "section", right="Y copies it")
    yield Para(page.url, "key", mark="     ")
    yield Para()
    yield Para("Waiting for you. This screen continues automatically.", "moving", "  ")


def valid_words(code: DeviceCode, now: datetime, zone: tzinfo, zone_name: str) -> str:
    """Until when a code is good: a time of day, and the minutes that are left."""
    left = (code.expires - now).total_seconds() / 60
    until = clock_words(code.expires, zone, now)
    if left <= 0:
        return f"It was valid until {until} {zone_name}. n requests a new code."
    rest = "under 1 min left" if left < 1 else f"{int(left)} min left"
    return f"Valid until {until} {zone_name}, {rest}."


def error_lines(error: BackupTuiError, consent_url: str = "") -> list[Para]:
    """What happened, what is certain, what to do; the authority's own words and numbers below. `consent_url`: stands on
    lines of its own, whole, where the way out names it."""
    hint = error.hint
    own = bool(consent_url) and consent_url in hint
    if own:
        hint = hint.replace(consent_url, "the address below")
    lines = [Para(error.message, "bad")]
    lines += [Para(text) for text in (error.certainty, hint) if text]
    if own:
        lines += [Para(), Para(consent_url, "strong", mark="  ")]
    return [*lines, Para(), *(Para(line, "dim") for line in small_print(error))]

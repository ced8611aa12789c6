"""From what the authority said, or did not say, to the error that a person reads.

Its text is foreign: it is made safe, shortened, and shown only in the small print.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import timedelta

from msgspec import Struct

from backup_tui.errors import OwnWords, SignInError
from backup_tui.graph.challenge import MOST_ENCODED
from backup_tui.graph.wire import FailureKind, TransportFailure
from backup_tui.models.own_words import MOST_WORDS, inner_of
from backup_tui.models.text import safe
from backup_tui.signin import codes
from backup_tui.signin.error_catalogue import (
    BUSY,
    CERTAIN,
    OF_OTHERS,
    PERSONAL,
    PERSONAL_NUMBERS,
    TRANSIENT,
    TRANSIENT_ERRORS,
    AuthorityMeaning,
    catalogue,
    local_error,
)

MUCH_SKEW = timedelta(minutes=5)  # a clock that is off by more is not believed by the authority

_NUMBER = re.compile(r"AADSTS(\d{4,9})")
_DETAIL = 300
_ITS_OWN = ("error", "suberror", "trace_id", "correlation_id", "timestamp")
"""What support asks for; the description repeats some of it, and not always."""


class ErrorContext(Struct, frozen=True):
    """What the sentences name."""

    flow: str  # how to sign in
    tenant: str  # the tenant that is signed in to
    client: str  # the application's client id
    authority: str  # host of the authority, for people
    consent: str  # page on which an administrator allows the application what it asks for
    skew: Callable[[], timedelta | None] = lambda: None  # how far this machine's clock is ahead, as far as is known now
    hidden: Callable[[str], str] = str  # takes secrets of this process out of a text

    def fill(self, text: str) -> str:
        """A sentence with its names; text from the settings is made safe as well."""
        values = {
            "tenant": safe(self.tenant, 80),
            "client": safe(self.client, 80) or "without a client id",
            "authority": safe(self.authority, 80),
            "consent": safe(self.consent, 400),
            "off": off_by(self.skew()),
        }
        return re.sub(r"\{(\w+)\}", lambda found: values[found.group(1)], text)

    def error(self, meaning: AuthorityMeaning, detail: str = "", request_id: str | None = None) -> SignInError:
        """The error of a meaning."""
        return SignInError(
            self.fill(meaning.message),
            certainty=meaning.certainty,
            hint=self.fill(meaning.hint),
            code=meaning.code,
            request_id=request_id,
            needs_person=meaning.needs_person,
            detail=detail,
        )


def off_by(skew: timedelta | None) -> str:
    """` (3 h 0 min ahead)`; empty when the clock is right or nothing is known."""
    if skew is None or abs(skew) < MUCH_SKEW:
        return ""
    minutes = round(abs(skew).total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    amount = f"{hours} h {rest} min" if hours else f"{rest} min"
    return f" ({amount} {'ahead' if skew > timedelta(0) else 'behind'})"


def numbers_of(said: Mapping[str, object]) -> list[int]:
    """AADSTS numbers of an error object, the most telling first."""
    listed = said.get("error_codes")
    found = [each for each in listed if isinstance(each, int)] if isinstance(listed, list) else []
    text = said.get("error_description")
    if isinstance(text, str):
        found += [int(each) for each in _NUMBER.findall(text[:2000])]
    return found


DECLINED = "authorization_declined"
"""Error of a device code to which somebody said no (RFC 8628 calls it access_denied)."""


def meaning_of(said: Mapping[str, object], facts: ErrorContext) -> AuthorityMeaning:
    """What an error object of the authority means."""
    error = str(said.get("error") or "")
    numbers = numbers_of(said)
    if error == DECLINED:
        # Whatever its number says: no was said to the code, not to a permission.
        return catalogue().meanings["declined"]
    if error in TRANSIENT_ERRORS or any(number in TRANSIENT for number in numbers):
        return BUSY
    if _is_personal(said, numbers):
        return PERSONAL
    name = catalogue().name_of(numbers, str(said.get("suberror") or ""), error)
    if name in ("credential", "certificate") and facts.flow != "managed-identity":
        # A signature from the wrong time is refused in several words.
        skew = facts.skew()
        if facts.flow == "certificate" and skew is not None and abs(skew) > MUCH_SKEW:
            name = "clock"
        elif facts.flow in ("federated", "certificate") and name == "credential":
            name = facts.flow
    if name == "public_client" and facts.flow not in ("device-code", "browser"):
        name = "credential"
    if facts.flow == "managed-identity" and name in ("unknown", "credential", "app_unknown", "scope"):
        name = "identity"
    return catalogue().meanings[name]


def _is_personal(said: Mapping[str, object], numbers: Sequence[int]) -> bool:
    if not PERSONAL_NUMBERS.isdisjoint(numbers):
        return True
    return not OF_OTHERS.isdisjoint(numbers) and "live.com" in str(said.get("error_description") or "")[:2000]


def personal_account() -> SignInError:
    """What to say when a token is of a personal Microsoft account."""
    return SignInError(PERSONAL.message, certainty=PERSONAL.certainty, hint=PERSONAL.hint, code=PERSONAL.code)


def refusal(said: Mapping[str, object], facts: ErrorContext) -> SignInError:
    """The error of an answer that refuses."""
    described = said.get("error_description") or said.get("error") or ""
    detail = safe(facts.hidden(" ".join(str(described)[:4000].split())), MOST_WORDS)
    request_id = said.get("correlation_id") or said.get("trace_id")
    error = facts.error(meaning_of(said, facts), detail, safe(str(request_id), 80) if request_id else None)
    known = {name: facts.hidden(str(said[name])) for name in _ITS_OWN if said.get(name)}
    error.said = OwnWords(detail, inner_of(known))
    error.claims = _claims(said.get("claims"))
    return error


def _claims(value: object) -> str:
    """What a refusal demands of the next sign-in, when it is a JSON object of sane size."""
    if not isinstance(value, str) or len(value) > MOST_ENCODED:
        return ""
    try:
        return value if isinstance(json.loads(value), dict) else ""
    except (ValueError, RecursionError):
        return ""


def unreachable(failure: TransportFailure, facts: ErrorContext) -> SignInError:
    """The error of an exchange that brought no whole answer."""
    if failure.kind is FailureKind.GIVEN_UP:
        return SignInError("The sign-in was canceled.", certainty=CERTAIN, code=codes.CANCELLED, needs_person=False)
    authority, cause = safe(facts.authority, 80), safe(failure.cause, 200)
    hint = failure.hint or "It is retried automatically; check the network if this continues."
    return local_error("unreachable", authority=authority, cause=cause, hint=hint, needs_person=failure.kind.pointless)


def in_trouble(status: int, wait: float | None, facts: ErrorContext) -> SignInError:
    """The error of a 5xx or 429 answer. `wait`: seconds that it asked to wait."""
    error = facts.error(BUSY, detail=f"HTTP {status}")
    error.wait = wait
    return error


def unreadable(why: str, facts: ErrorContext) -> SignInError:
    """The error of an answer that makes no sense: mostly a proxy's page, which goes away with its cause."""
    return local_error("unreadable", authority=safe(facts.authority, 80), needs_person=False, detail=safe(why, _DETAIL))


def again(error: SignInError) -> SignInError:
    """The same error without where it came from: those frames may hold secrets."""
    return copy(error)

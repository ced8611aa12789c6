"""What this sign-in may do: what its token says, corrected by what the service answered. A 403 switches one feature off
and leaves the rest alone; a later answer to the same feature switches it on again."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.models.features import BY_ID, Access, Feature, Standing, access, access_to
from backup_tui.models.whoami import WhoAmI

ELSEWHERE = "or another application controls the backup of this tenant"


class Denial(Struct, frozen=True):
    """The service refused a feature. `at`: when (UTC). `request_id`: the service's id of the answer."""

    at: datetime
    code: str = ""
    request_id: str | None = None


def after_answer(denials: Mapping[str, Denial], record: CallRecord) -> Mapping[str, Denial]:
    """The refusals after one more answer; the same object when nothing differs."""
    if record.feature not in BY_ID:
        return denials
    if record.denied:
        if record.feature in denials:
            return denials
        return {**denials, record.feature: Denial(record.started, record.code, record.request_id)}
    if record.outcome is Outcome.DONE and record.feature in denials:
        return {feature: denial for feature, denial in denials.items() if feature != record.feature}
    return denials


def known_access(who: WhoAmI, denials: Mapping[str, Denial], *, beta: bool = False) -> tuple[Access, ...]:
    """What this sign-in may do, every feature in the order of `FEATURES`; those of the beta version if `beta`."""
    return tuple(_corrected(each, denials) for each in access(who, beta=beta))


def barred(feature: Feature, who: WhoAmI, denials: Mapping[str, Denial]) -> str | None:
    """Why a feature is switched off, as sentences; `None` when it may be tried."""
    standing = _corrected(access_to(feature, who), denials)
    if standing.standing is not Standing.DENIED:
        return None
    return f"This sign-in may not {feature.words}. {standing.why}"


def _corrected(standing: Access, denials: Mapping[str, Denial]) -> Access:
    denial = denials.get(standing.feature.id)
    if denial is None or standing.standing is Standing.DENIED:
        return standing
    feature = standing.feature
    named = f" and {feature.role}" if feature.role else ""
    code = f" ({denial.code})" if denial.code else ""
    return Access(
        feature,
        Standing.DENIED,
        f"The service refused it at {denial.at:%H:%M} UTC{code}: it needs {feature.least}{named}, {ELSEWHERE}.",
        "Have the permission or the role added, then sign in again; r reads again.",
    )

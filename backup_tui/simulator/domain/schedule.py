"""How long restores take, and how each artifact of a session ends.

Everything is drawn once, at the activation; from then on each state is a pure function of the time. Durations are
those that Microsoft states for a normally distributed tenant: one mailbox two hours, one site or drive half an
hour, 50 units about three hours, 1,000 units four (mailboxes) to ten hours. Granular restores take minutes.
"""

import heapq
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from backup_tui.simulator.domain.artifacts import Artifact, FilePart, MailPart, Run
from backup_tui.simulator.domain.policies import MINUTE
from backup_tui.simulator.domain.tenant import HOUR, Unit
from backup_tui.simulator.domain.workloads import EXCHANGE, SHAREPOINT, Workload

_DRIVES_AND_SITES = ((1, 0.5), (50, 3.0), (250, 4.0), (1000, 10.0))
_MAILBOXES = ((1, 2.0), (50, 2.5), (250, 3.0), (1000, 4.0))
_UNITS_PER_HOUR = 250
_Times = tuple[float, float, float]

ERROR_MESSAGES = {
    "ArtifactNotFound": "The artifact was not found. It was deleted or renamed.",
    "InvalidRestoreTime": "The restore time is invalid or beyond the retention period of the artifact.",
    "ArtifactCannotBeRestored": "The artifact can't be restored, for example because of a preservation lock.",
    "DuplicateArtifactRestoreRequest": "A restore request for the same artifact is already in progress.",
    "UnknownError": "An unexpected error occurred at the provider. Try again.",
}


def session_seconds(workload: Workload, units: int) -> float:
    """Return how long a session with this many units takes in all, in seconds of real time."""
    table = _MAILBOXES if workload is EXCHANGE else _DRIVES_AND_SITES
    for (low_units, low_hours), (high_units, high_hours) in pairwise(table):
        if units <= high_units:
            part = (units - low_units) / (high_units - low_units)
            return (low_hours + part * (high_hours - low_hours)) * HOUR
    last_units, last_hours = table[-1]
    return (last_hours + (units - last_units) / _UNITS_PER_HOUR) * HOUR


def outcome(unit: Unit, destination: str, moment: int) -> str | None:
    """Return the error code with which a restore of a unit ends by the unit's own nature, or None."""
    if unit.trait == "gone":
        return "ArtifactNotFound"
    if unit.trait == "held" and (destination == "inPlace" or unit.workload is not SHAREPOINT):
        return "ArtifactCannotBeRestored"
    if unit.trait == "clipped" and moment // 3600 % 4 != 0:
        return "InvalidRestoreTime"
    if unit.trait == "flaky" and not unit.faulted:
        return "UnknownError"
    return None


def draw_runs(
    workload: Workload,
    artifacts: Sequence[Artifact],
    errors: Sequence[str | None],
    random: Random,
    at: Callable[[float], float],
    slots: list[float],
    parallel_limit: int,
) -> list[Run]:
    """Draw what happens to the artifacts of a session that is being activated.

    Args:
        errors: For each artifact the error code it ends with, or None.
        at: Turns seconds of real restore time after the activation into seconds since 1970.
        slots: When each place among those that run at once gets free, seconds since 1970; a heap, changed in place.
        parallel_limit: How many artifacts of the service run at once.
    """
    whole = sum(artifact.part is None for artifact in artifacts)
    total = session_seconds(workload, whole) if whole else 0.0
    order = list(range(len(artifacts)))
    random.shuffle(order)
    runs: dict[int, Run] = {}
    for place, index in enumerate(order):
        artifact, error = artifacts[index], errors[index]
        took = _seconds(artifact, error, random)
        lead = random.uniform(4.0, 5.5) * MINUTE
        share = place / (len(order) - 1) if len(order) > 1 else 0.0
        start = lead + share**0.85 * max(0.0, total * random.uniform(0.96, 1.0) - took - lead)
        begin, end = at(start), at(start + took)
        if len(slots) >= parallel_limit:
            free = heapq.heappop(slots)
            wait = max(0.0, free - begin)
            begin, end = begin + wait, end + wait
        heapq.heappush(slots, end)
        times = (at(random.uniform(1.5, 3.0) * MINUTE), begin, end)
        runs[index] = _run(artifact, error, times, random, at)
    return [runs[index] for index in range(len(artifacts))]


def _seconds(artifact: Artifact, error: str | None, random: Random) -> float:
    """Draw how long one artifact is in progress, in seconds of real time."""
    if error == "DuplicateArtifactRestoreRequest":
        return random.uniform(0.2, 0.5) * MINUTE
    if error in ("ArtifactNotFound", "InvalidRestoreTime"):
        return random.uniform(1.0, 3.0) * MINUTE
    if error == "ArtifactCannotBeRestored":
        return random.uniform(3.0, 6.0) * MINUTE
    if artifact.part is not None:
        return random.uniform(2.0, 6.0) * MINUTE
    if artifact.unit.workload is EXCHANGE:
        whole = random.uniform(1.75, 2.15) * HOUR
    elif artifact.express:
        whole = random.uniform(10.0, 20.0) * MINUTE
    else:
        whole = random.uniform(22.0, 38.0) * MINUTE * (1.6 if random.random() < 0.08 else 1.0)
    return whole * random.uniform(0.3, 0.8) if error == "UnknownError" else whole


def _run(artifact: Artifact, error: str | None, times: _Times, random: Random, at: Callable[[float], float]) -> Run:
    """Add to drawn times what the restore leaves behind."""
    if error is not None:
        return Run(*times, error=error)
    unit = artifact.unit
    new = artifact.destination == "new"
    if isinstance(artifact.part, FilePart):
        return Run(*times)
    if unit.workload is EXCHANGE:
        if unit.unchanged and artifact.part is None:
            return Run(*times, restored_items=0)
        items = artifact.part.search.hits if isinstance(artifact.part, MailPart) else random.randint(12, 9000)
        name = f"Recovered Items {datetime.fromtimestamp(times[1], UTC):%Y-%m-%d, %H:%M}" if new else None
        return Run(*times, restored_items=items, folder=name)
    if not new:
        return Run(*times, address_known=times[2])
    number = unit.restored
    unit.restored += 1
    lag = at(random.uniform(3.0, 15.0) * MINUTE) - at(0.0)
    return Run(*times, new_location=number, address_known=times[2] + lag)

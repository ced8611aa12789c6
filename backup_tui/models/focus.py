"""What the person looks at now; what is read, and how often, follows from it."""

from typing import Literal

from msgspec import Struct

from backup_tui.models.services import Service

Screen = Literal["overview", "policies", "sessions", "units", "activity", "session", "plan", "form", "service", "none"]
"""The screens as far as reading tells them apart; `none` means that nobody looks."""


class Focus(Struct, frozen=True):
    """The screen that is shown, and what it shows. `service`: the service whose units are listed (screens `units`,
    `form`, and `policies` with an open policy). `policy_id`: the open policy, whose rules and bulk additions are shown
    (screen `policies`, with its service). `session_ids`: the sessions whose units are summed up (screen `plan`).
    `again_ids`: those of them that repeat units of others; which ones is needed before they are started.
    `service_log`: the service's own activity log is shown (screen `activity`), or tells more of the open session; beta
    version only."""

    screen: Screen = "overview"
    session_id: str | None = None
    service: Service | None = None
    policy_id: str | None = None
    session_ids: tuple[str, ...] = ()
    again_ids: tuple[str, ...] = ()
    service_log: bool = False


NOBODY = Focus(screen="none")  # nothing is shown, so nothing is read

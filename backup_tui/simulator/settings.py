"""Everything that can be set for a simulated service before it starts."""

from typing import Literal

from msgspec import Struct, convert


class Settings(Struct, frozen=True, dict=True):
    """How large the tenant is, how fast its restores run, and which documented form is answered where pages differ."""

    # protection units over the three services together, 1 or more (about 40 % mailboxes, 35 % drives, 25 % sites)
    units: int = 300
    mostly: Literal["exchange", "onedrive", "sharepoint"] | None = None  # nine tenths of the units are of this service
    seed: int = 365  # the tenant, its history and every drawn duration follow from this number
    speed: float = 60.0  # divides durations (of restores, of policy changes), more than 0. Timestamps stay real time.
    history: bool = True  # whether the tenant has past restore sessions, one that is running, and two drafts
    # which past it has: the one of the line above, or the beginning of a demo (``domain/scenes.py``)
    scene: Literal["", "usual", "incident", "quiet"] = ""
    page_size: int = 200  # rows of one answer of a list, 1 or more
    # Answer in the forms of the pages' examples where the contract has another, old ones among them: on ``/beta``
    # activate is wrapped in ``{"value": ..}`` and base types are named; on both versions the SharePoint session type
    # has a small "p", one bulk addition request comes inside ``value``, granular mailbox artifacts are echoed under a
    # name in the singular in a ``standard`` session, and granular files wait with the status ``unknown``. What is
    # around the objects: see ``page_forms``.
    page_forms: bool = False
    # Status of activating or deactivating a policy in the wrong state. One rule for every action: its own page decides
    # where it shows the refusal, the page of error codes where it does not. Both actions of policies show 400
    # ``invalidStateForActivation``; 403 answers as the page of error codes instead (``PolicyActionNotAllowed``). No
    # page of a restore session shows its refusal, so activating, changing and deleting one in the wrong state is a 403
    # ``RestoreSessionActionNotAllowed`` with either.
    wrong_state: Literal[400, 403] = 400
    # whether an entry that fails in the update of a policy carries the code of the page of error codes
    # (``ProtectionUnitNotFound``); the page of that action shows ``Invalid``
    named_item_errors: bool = False
    # whether ``$expand=restorePoint($expand=protectionUnit)`` is allowed on artifact lists; the documented service does
    # not promise it and answers 400
    expand_units: bool = False
    # whether application callers see ``displayName`` and ``email`` of units; documented: no
    names_for_app_only: bool = False
    generic_units: bool = True  # whether ``GET /protectionUnits`` is answered; when not, it is an unknown segment
    # the service whose active policy protects all of it, but for its exclusion units (``fullServiceBackup``, beta only)
    full_service: Literal["exchange", "onedrive", "sharepoint"] | None = None
    entra_policy: bool = False  # whether beta lists a policy of Entra, for which no page exists
    # whether the item keys of browse sessions made from now on are other than in the examples: case matters, they hold
    # apostrophes, percent and plus signs, and some are long
    odd_item_keys: bool = False
    # the tenant's ``serviceStatus.status``; it can be changed while the service runs (``POST /_simulator/service``)
    service_status: Literal["disabled", "enabled", "protectionChangeLocked", "restoreLocked"] = "enabled"
    # why it is not ``enabled``; ``none`` means the usual reason of that status
    disable_reason: Literal["none", "invalidBillingProfile", "userRequested", "controllerServiceAppDeleted"] = "none"
    # who controls the service; with ``thirdparty`` it is a partner's application, and every other one may only read
    consumer: Literal["unknown", "firstparty", "thirdparty"] = "firstparty"
    # what ``enable`` finds when it looks at the billing profile
    billing: Literal["valid", "unreadable", "invalid"] = "valid"
    active_session_limit: int = 25  # sessions that may be activating or active at once
    # artifacts of one service that may be in progress at once; the rest waits as ``scheduled``
    parallel_limit: int = 1000
    token_seconds: float = 3600.0  # life of a ``$skiptoken``, in seconds of the simulator's clock
    filter_terms: int = 20  # most comparisons that one ``$filter`` may hold before ``FilterLengthExceeded``

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ValueError("units must be 1 or more")
        if not self.speed > 0:
            raise ValueError("speed must be more than 0")
        if self.page_size < 1:
            raise ValueError("page_size must be 1 or more")


SCENES: dict[str, int] = {"usual": 300, "incident": 1200, "quiet": 300}
"""The scenes that a demo can begin in, and how many units the tenant of each has: as many as its story needs."""


def in_scene(scene: str, speed: float) -> Settings:
    """Return the settings of a scene. Raises ``KeyError``: there is no such scene."""
    return convert({"units": SCENES[scene], "speed": speed, "scene": scene}, Settings)

"""Faults that make the service misbehave, to test how a client reacts.

A fault names the calls it is for (method, path, which of them) and one act. Faults are set by code
(``app.state.service.faults.add``) or over HTTP (``control``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Act = Literal[
    "refuse",  # nothing is done, ``status`` and ``code`` are answered (``retry_after`` as header when set)
    # As ``refuse`` with 429, and every call under the API answers 429 until ``retry_after`` seconds are over; a call
    # before that starts the wait again.
    "throttle",
    "expired",  # nothing is done, 401 ``InvalidAuthenticationToken``
    "lose",  # it is done, then ``status`` and ``code`` are answered
    "drop",  # it is done, then the connection ends without an answer
    "cut",  # it is done, then the connection ends in the middle of the answer
    "truncate",  # it is done, half of the JSON is answered as if it were the whole
    "html",  # it is done, a page of HTML is answered with ``status``
    "delay",  # it is done ``seconds`` later
    "repeatLink",  # the next link of a list leads to the same page
    "foreignLink",  # the next link of a list leads to another host
    "relativeLink",  # the next link of a list has no host
    "emptyPage",  # an empty page comes before the right one
    "junk",  # entries that are not objects are among those of a list, also in the answer to a change
    # Another administrator (Ryan) does ``deed`` to what has the id ``session`` (or to the one in the path) just before.
    "other",
]
"""What happens to a matching call."""

Deed = Literal[
    "activate",  # activates the restore session
    "delete",  # deletes the draft
    "remove",  # takes the last artifact out of the draft
    "rename",  # renames the policy
    "switchOff",  # deactivates the policy
    "deletePolicy",  # deletes the policy, which must be inactive
    "removeUnit",  # takes the first unit out of the policy
    "deleteRule",  # deletes the rule; its units stay
    "runRule",  # runs the rule once more
    "endBrowsing",  # nobody's deed: the browse session expires now
]
"""What another administrator does meanwhile; see ``others``."""


class ConnectionDropped(ConnectionError):
    """The connection ends here, without (the rest of) an answer."""


@dataclass
class Fault:
    """One way to misbehave."""

    act: Act
    method: str = ""  # HTTP method it is for; any when empty
    path: str = ""  # regular expression that is looked for in the path, without regard to case
    after: int = 0  # how many matching calls go well first
    times: int | None = 1  # how many calls are affected from then on; None for all
    status: int = 500  # HTTP status for ``refuse``, ``lose`` and ``html``
    code: str = "generalException"  # error code; empty for an answer without a body
    message: str = "General exception while processing."  # the error's sentence
    retry_after: float | str | None = None  # seconds for the ``Retry-After`` header, or its text as it is
    seconds: float = 1.0  # how long ``delay`` takes
    deed: Deed = "activate"  # what the other administrator does
    session: str = (
        ""  # id of the session, policy, rule or browse session that is done to; empty for the one in the path
    )
    seen: int = field(default=0, init=False)  # how many matching calls there were
    used: int = field(default=0, init=False)  # how many calls were affected

    def __post_init__(self) -> None:
        if self.act not in get_args(Act):
            raise ValueError(f"unknown act {self.act!r}; known: {', '.join(get_args(Act))}")
        if self.deed not in get_args(Deed):
            raise ValueError(f"unknown deed {self.deed!r}; known: {', '.join(get_args(Deed))}")
        if not isinstance(self.after, int) or not isinstance(self.times, int | None):
            raise ValueError("after and times are whole numbers")
        if not isinstance(self.status, int) or not 100 <= self.status <= 599:
            raise ValueError(f"status {self.status} is not an HTTP status")
        if self.act == "throttle" and not isinstance(self.retry_after, int | float):
            raise ValueError("throttle needs retry_after, in seconds")
        try:
            self._pattern = re.compile(self.path, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"path is not a regular expression: {error}") from None

    def strikes(self, method: str, path: str) -> bool:
        """Count a call, and tell whether it is affected."""
        if (self.method and self.method.upper() != method) or self._pattern.search(path) is None:
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.used >= self.times):
            return False
        self.used += 1
        return True

    @property
    def headers(self) -> dict[str, str]:
        wait = self.retry_after
        return {} if wait is None else {"Retry-After": f"{wait:g}" if isinstance(wait, int | float) else wait}

    def as_json(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


class Faults:
    """The faults that are set, and whether the service is throttling."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self._throttled_until = 0.0
        self._wait = 0.0
        self.early_calls = 0

    def add(self, act: Act, **attributes: Any) -> Fault:
        """Set a fault and return it; the attributes are those of ``Fault``. Raises ValueError as ``set``."""
        return self.set({"act": act, **attributes})

    def set(self, attributes: Mapping[str, Any]) -> Fault:
        """Set a fault of its attributes by name. Raises ValueError if one is unknown, missing or wrong."""
        known = {each.name for each in fields(Fault) if each.init}
        unknown = set(attributes) - known
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
        try:
            fault = Fault(**attributes)
        except TypeError as error:
            raise ValueError(str(error)) from None
        self.rules.append(fault)
        return fault

    def clear(self) -> None:
        self.rules.clear()
        self._throttled_until = 0.0
        self.early_calls = 0

    def striking(self, method: str, path: str) -> Fault | None:
        return next((rule for rule in self.rules if rule.strikes(method, path)), None)

    def throttle(self, now: float, seconds: float) -> None:
        """Begin to refuse every call, for some seconds."""
        self._throttled_until, self._wait = now + seconds, seconds

    def throttled(self, now: float) -> float | None:
        """Return the seconds to wait if the service is throttling; the call that asks starts the wait again."""
        if now >= self._throttled_until:
            return None
        self.early_calls += 1
        self._throttled_until = now + self._wait
        return self._wait

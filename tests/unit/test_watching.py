"""Specifies what ends the following of sessions and what does not."""

from __future__ import annotations

import io
from typing import Any

import pytest

from backup_tui.errors import SignInError, Unreachable
from backup_tui.headless.output import Output
from backup_tui.headless.watching import Watch
from backup_tui.models.clock import Clock
from backup_tui.models.sessions import RestoreSession


class Service:
    """Fails as it is told, and has the session done afterwards."""

    clock = Clock()

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def load_session(self, session_id: str) -> RestoreSession:
        if self.errors:
            raise self.errors.pop(0)
        return RestoreSession.model_validate({"id": session_id, "status": "completed"})


def watch(service: Any, told: io.StringIO) -> Watch:
    async def sleep(seconds: float) -> None:
        service.clock.now()

    return Watch(service, Output(io.StringIO(), told, as_json=False), 5.0, sleep)


@pytest.mark.parametrize(
    "error",
    [Unreachable("The service cannot be reached."), SignInError("The authority is in trouble.", needs_person=False)],
)
async def test_what_passes_by_itself_is_told_once_and_waited_for(error: Exception) -> None:
    told = io.StringIO()
    assert await watch(Service(error, error, error), told).follow(["s-1"], until_done=True) == 0
    assert told.getvalue().count("No answer: ") == 1
    assert "The service answers again." in told.getvalue()


async def test_a_sign_in_that_has_ended_ends_it() -> None:
    with pytest.raises(SignInError, match="has ended"):
        await watch(Service(SignInError("The sign-in has ended.")), io.StringIO()).follow(["s-1"], until_done=True)

"""What the changes of a draft have in common: they require no phrase, because they start nothing."""

from typing import TypeVar

from backup_tui.changes.change import Change
from backup_tui.changes.context import Context
from backup_tui.changes.findings import OnLook
from backup_tui.graph.writer import Writer
from backup_tui.restore.lost_answers import refuse_while_starting

A = TypeVar("A")
Out = TypeVar("Out")


class DraftChange(Change[None, A, Out]):
    """A change that starts nothing and can be made again. `session_id`: the draft; `None` for one that is to be
    made."""

    def __init__(self, session_id: str | None) -> None:
        self.session_id = session_id

    @property
    def target(self) -> str | None:
        return self.session_id

    def writer(self, context: Context) -> Writer:
        return context.may_restore()

    def check_agreed(self, reviewed: None, typed: str) -> None:
        """The screen or the command has asked already."""

    async def settle_earlier(self, context: Context, on_look: OnLook) -> Out | None:
        if self.session_id is not None:
            await refuse_while_starting(context, self.session_id)
        return None

    async def last_look(self, context: Context, reviewed: None) -> Out | None:
        return None

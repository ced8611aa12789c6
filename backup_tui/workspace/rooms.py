"""What an open workspace is made of."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from backup_tui.changes.context import Context
    from backup_tui.changes.lost_answers import LostAnswers
    from backup_tui.graph.client import Client
    from backup_tui.graph.gate import ThrottleGate
    from backup_tui.journal.journal import Journal
    from backup_tui.restore.drafts.form_claims import FormClaims
    from backup_tui.sync.loader import Loader
    from backup_tui.sync.sync import Sync
    from backup_tui.workspace.local_history import LocalHistory
    from backup_tui.workspace.proofs import Proofs


class Rooms(Struct, eq=False, dict=True):
    """The parts of an open workspace; anything that isn't a field is made when first asked for, so that reading
    starts without it."""

    gate: "ThrottleGate"
    client: "Client"
    journal: "Journal"
    history: "LocalHistory"
    context: "Context"
    proofs: "Proofs"
    loader: "Loader"
    sync: "Sync | None" = None

    @cached_property
    def form_claims(self) -> "FormClaims":
        from backup_tui.restore.drafts.form_claims import FormClaims

        return FormClaims(self.context.lock)

    @cached_property
    def lost_answers(self) -> "LostAnswers":
        from backup_tui.workspace.proofs import lost_answers

        return lost_answers(self.context)

"""Whether a draft holds already what a form would make, looked for once for each contents."""

from collections.abc import Callable

from backup_tui.restore.drafts.create import plan_mark
from backup_tui.restore.drafts.earlier_draft import EarlierDraft, equal_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.ui.new_restore.keeping import Start
from backup_tui.ui.new_restore.lookups import Lookups
from backup_tui.workspace import Workspace


class EqualDraft:
    """The look for an equal draft. `lookups`: the units and points behind the form. `on_news`: told when a look has
    ended."""

    def __init__(self, workspace: Workspace, start: Start, lookups: Lookups, on_news: Callable[[], None]) -> None:
        self._ws, self._start, self._lookups, self._on_news = workspace, start, lookups, on_news
        self._mark = ""
        # a draft that holds just what would be made; `None` where there is none, or none was looked for
        self.found: EarlierDraft | None = None

    def forget(self) -> None:
        """Something else would be made now."""
        self.found, self._mark = None, ""

    def look_for(self, plan: DraftPlan) -> None:
        """Looks, unless that was done for the same contents."""
        mark = plan_mark(plan, self._lookups.limits) if plan.rows else ""
        if mark != self._mark:
            self._mark, self.found = mark, None
            if mark:
                self._start(self._look(plan, mark), "look for an equal draft")

    async def _look(self, plan: DraftPlan, mark: str) -> None:
        found = await equal_draft(self._ws.context, plan)
        if mark == self._mark:
            self.found = found
            self._on_news()

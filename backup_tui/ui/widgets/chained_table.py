"""Tables one below the other, navigated as one."""

from textual import events

from backup_tui.ui.frame.commands import list_action
from backup_tui.ui.widgets.table import RowTable, TableMessage


class ChainedTable(RowTable):
    """A table that says when the cursor wants to go beyond its first or last row."""

    class Beyond(TableMessage):
        """The cursor wants to leave the table, downwards (`step` 1) or upwards (-1)."""

        def __init__(self, table: "ChainedTable", step: int) -> None:
            super().__init__(table)
            self.step = step

    def on_key(self, event: events.Key) -> None:
        action = list_action(self.app, event.key)
        step = 1 if action == "down" else -1 if action == "up" else 0
        at_edge = self.cursor_index >= self.row_count - 1 if step > 0 else self.cursor_index <= 0
        if step and at_edge:
            event.stop()
            event.prevent_default()
            self.post_message(self.Beyond(self, step))

    def go_to_edge(self, last: bool) -> None:
        """Puts the cursor on the last or the first row."""
        keys = self.source.keys()
        if keys:
            self.move_to(keys[-1 if last else 0])

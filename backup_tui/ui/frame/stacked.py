"""A screen in the stack of screens: whether it is shown, and ways to leave it that act once."""

from typing import TYPE_CHECKING, Any, cast

from textual.screen import Screen

from backup_tui.ui.routes import Open, screen_for
from backup_tui.ui.textual_internals import ScreenInternals
from backup_tui.ui.widgets.repaint import Ground

if TYPE_CHECKING:
    from backup_tui.ui.program import Program


class StackedScreen(ScreenInternals, Ground):
    """A screen that other screens can be above."""

    place: Open | None = None  # what it was opened as; None for what only its own feature opens

    @property
    def program(self) -> "Program":
        """The app, as far as screens use it."""
        return cast("Program", self.app)

    @property
    def is_shown(self) -> bool:
        """Whether this is the screen that a person sees, and the program is not ending."""
        return self.program.shown is self and not self.program.ending

    @property
    def is_mounted(self) -> bool:
        """Whether its widgets are there. Textual says so of a screen that is being taken away, too, whose widgets are
        gone before what was to follow from its last change of size."""
        return super().is_mounted and self.display

    @property
    def is_open(self) -> bool:
        """Whether it has its widgets: while a screen is being taken away they go first, and an answer may come then."""
        return self.is_attached and self in self.app.screen_stack

    def close(self) -> bool:
        """Leaves this screen, once.

        Returns:
            Whether it did. What follows from leaving is to be done only then: the second of two quick keys or clicks
            finds another screen, which it must not close or act on.
        """
        if not self.is_shown or len(self.app.screen_stack) < 2:
            return False
        self.app.pop_screen()
        return True

    def come_up(self) -> bool:
        """Closes what was opened above this screen, a text or the help; whether this one is shown now."""
        while self in self.app.screen_stack and not self.is_shown:
            if self.program.shown is None or not self.program.shown.close():
                break
        return self.is_shown

    def go_back_or_to(self, place: Open) -> bool:
        """Leaves this screen, once, for a place: for the screen below it if that is the one, else for a new one."""
        below = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else None
        came_from = below.place if isinstance(below, StackedScreen) else None
        if type(came_from) is type(place) and came_from == place:
            return self.close()
        return self.give_way_to(screen_for(place))

    def give_way_to(self, screen: Screen[Any]) -> bool:
        """Shows another screen in place of this one, once; see `close`."""
        if not self.is_shown:
            return False
        self.app.switch_screen(screen)
        return True

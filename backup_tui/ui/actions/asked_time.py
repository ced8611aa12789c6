"""A time that a list asks for on its line of questions."""

from backup_tui.errors import UsageError
from backup_tui.restore.points.moments import Moment, parse_moment
from backup_tui.ui.frame.listing import ListScreen
from backup_tui.ui.widgets.form_parts import AskLine


def asked_moment(screen: ListScreen, event: AskLine.Answered) -> Moment | None:
    """The time that was typed, and the line closed; `None` where it cannot be read, which the open line says."""
    line = screen.query_one(AskLine)
    try:
        moment = parse_moment(event.text, screen.ws.zone, screen.now)
    except UsageError as error:
        line.tell(error.message, "bad")
        screen.say(error.sentences)
        return None
    line.close()
    return moment

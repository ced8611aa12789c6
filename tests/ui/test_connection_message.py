"""The message line tells once when the way to the service is in trouble, and when it is right again."""

from __future__ import annotations

from demo_screens import FakeWorkspace, demo_app

from backup_tui.store.changes import Topic, change
from backup_tui.ui.widgets.frame_lines import MessageLine

NEWS = change(Topic.CONNECTION)


async def test_trouble_is_told_once_and_its_end_too() -> None:
    workspace = FakeWorkspace()
    app = demo_app(workspace)
    async with app.run_test(size=(80, 24)):
        screen = app.shown
        assert screen is not None
        workspace.trouble = "Cannot reach graph.microsoft.com (DNS). Restores continue."
        screen.receive(NEWS)
        assert app.message == f"! 04:01 {workspace.trouble}"
        line = screen.query_one(MessageLine)
        screen.refresh_frame()
        mark, rest = list(line.render_line(0))[:2]
        assert mark.text == "!"
        assert mark.style != rest.style

        app.say("Draft d91e03b7 has 37 units now.")
        screen.receive(NEWS)
        assert app.message.endswith("37 units now.")
        workspace.trouble = None
        screen.receive(NEWS)
        assert app.message.endswith("37 units now.")

        workspace.trouble = "No answer since 03:58. Trying again."
        screen.receive(NEWS)
        workspace.trouble, workspace.last_answer = None, workspace.clock.now()
        screen.receive(NEWS)
        assert app.message.endswith("The service answers again.")


async def test_nothing_is_called_read_again_before_an_answer_came() -> None:
    workspace = FakeWorkspace()
    app = demo_app(workspace)
    async with app.run_test(size=(80, 24)):
        screen = app.shown
        assert screen is not None
        for trouble in ("PAUSED", "The service asked us to wait.", "Signed out at 03:50."):
            workspace.trouble = trouble
            screen.receive(NEWS)
            workspace.trouble = None
            screen.receive(NEWS)
            assert app.message == ""

"""The message line: one line for a short message, up to three for a long one, and nothing cut without a sign."""

from __future__ import annotations

from demo_screens import demo_app

from backup_tui.ui.widgets.frame_lines import MessageLine

LONG = (
    "adele@contoso.com may not do this: it needs the permission BackupRestore-Restore.ReadWrite.All and a backup, "
    "SharePoint or Exchange admin role. Nothing was sent to the service beyond this question."
)


async def test_a_long_message_takes_more_lines_and_gives_them_back() -> None:
    app = demo_app()
    async with app.run_test(size=(80, 24)) as pilot:
        line = app.screen.query_one(MessageLine)
        app.say("Draft d91e03b7 has 37 units now.")
        await pilot.pause()
        assert line.size.height == 1
        app.say(LONG)
        await pilot.pause()
        drawn = " ".join(line.render_line(y).text.strip() for y in range(line.size.height))
        assert line.size.height == 3
        assert drawn.endswith(LONG)
        app.say(LONG * 3)
        await pilot.pause()
        assert line.size.height == 3
        assert line.render_line(2).text.endswith("…")
        app.say("Copied.")
        await pilot.pause()
        assert line.size.height == 1

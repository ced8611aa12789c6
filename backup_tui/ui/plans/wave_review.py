"""The review of a wave, and what is shown once somebody said yes to it."""

from typing import TYPE_CHECKING

from backup_tui.models.focus import Focus
from backup_tui.models.text import counted
from backup_tui.plans.approval import ApproveWave, PlanReview
from backup_tui.plans.next_start import stopped
from backup_tui.plans.record import PlanRecord
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.review.commands import WATCH, going_to
from backup_tui.ui.review.presentation import Outcome, Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenIncident
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import clock_words

if TYPE_CHECKING:
    from backup_tui.ui.program import Program


def wave_review(plan: str, wave: int | None = None) -> ReviewScreen:
    """The review of a wave of a plan, or of all its waves; nothing is started by opening it."""
    what = f"plan {plan}" if wave is None else f"wave {wave + 1} of plan {plan}"
    return ReviewScreen(
        Presentation(
            change=ApproveWave(plan, wave),
            about=f"Review of plan {plan}",
            reading=f"Reading the drafts of {what}, and what else runs, again...",
            focus=Focus(screen="plan"),
            feature="restore",
            needs="restore",
            done=agreed,
            follows=frozenset({Topic.SESSIONS}),
            meanwhile=no_longer_drafts,
            look="open the plan",
            place=OpenIncident(plan),
        )
    )


def no_longer_drafts(store: Store, review: PlanReview) -> str:
    """What was reviewed and has been started or deleted by somebody meanwhile, in a sentence; else empty."""
    rows = (store.sessions.get(draft.session.id) for draft in review.drafts)
    gone = [row for row in rows if row is not None and (row.gone or row.state.value != "draft")]
    return f"{counted(len(gone), 'draft')} of it no longer exist as drafts." if gone else ""


async def agreed(screen: ReviewScreen, review: PlanReview, record: PlanRecord) -> Outcome:
    """Carries the plan out from here on, and says so."""
    name, zone, now = record.plan.name, screen.ws.zone, screen.ws.clock.now()
    carry_on(screen.program, name)
    count = len(review.drafts)
    first = min((draft.part.wave for draft in review.drafts), default=0)
    running = any(part.wave < first for part in record.parts)
    when = "when the wave before has ended" if running else "as places become free"
    begin = f"{counted(count, 'session')} {'starts' if count == 1 else 'start'} {when}"
    held = [draft for draft in review.drafts if stopped(record, draft.part)]
    if held:
        after = record.plan.waves[record.stop_after or 0].name
        why = "the plan is paused; p in it continues" if record.paused else f"the plan stops after wave {after}"
        begin = f"{len(held):,} of {counted(len(review.drafts), 'session')} do not start yet: {why}"
    lines = [
        Para(
            parts=(Cell("AGREED", "strong"), f"{review.headline}, at {clock_words(now, zone, now, seconds=True)}"),
            mark="✓ ",
            mark_tone="good",
        ),
        Para(f"{begin}, while this program is open.", mark="  ", right="enter watch")
        if not held
        else Para(f"{begin}.", "warn", mark="  ", right="enter watch"),
        Para(f"Closed, it starts nothing more until: backup-tui plan resume {name}", mark="  "),
    ]
    watch = going_to(WATCH, OpenIncident(name))
    return Outcome(f"Agreed to {review.subject}: {begin}.", lambda: lines, (watch,))


def carry_on(program: "Program", name: str) -> None:
    """Carries a plan out in this process, beside whatever screen is shown."""

    def tell(words: str) -> None:
        program.say(words, everywhere=True)

    program.workspace.core.plans.wake()
    program.workspace.core.run_plan(name, tell)

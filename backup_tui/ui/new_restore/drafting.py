"""A form being filled in: its changes, its lookups, and the draft made from it.

Knows nothing of widgets: the screens show what it holds and pass it the user's actions.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from backup_tui.changes.context import Progress
from backup_tui.errors import LocalError
from backup_tui.models.listeners import Listeners
from backup_tui.models.services import Destination
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.earlier_draft import EarlierDraft, create_state
from backup_tui.restore.drafts.form import FormUnit, RestoreForm
from backup_tui.restore.drafts.form_pieces import PartDraft
from backup_tui.restore.drafts.kept_forms import IN_PROGRESS, keep_zone, kept_form, kept_zone
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.store.store import Store
from backup_tui.ui.new_restore.as_plan import has_drafts, write_plan
from backup_tui.ui.new_restore.equal_draft import EqualDraft
from backup_tui.ui.new_restore.history import FormHistory
from backup_tui.ui.new_restore.keeping import Keeping, Start
from backup_tui.ui.new_restore.lookups import Lookups
from backup_tui.ui.new_restore.making import LOOKS_FIRST, Making, held_words, made_words
from backup_tui.workspace import Workspace


class Drafting:
    """A form in progress. `workspace`: what it works with; may still be opening. `say`: puts one sentence on the
    message line."""

    def __init__(self, workspace: Workspace, start: Start, say: Callable[[str], None]) -> None:
        self._ws = workspace
        self._start = start
        self._say = say
        self._history = FormHistory(RestoreForm(zone=workspace.zone.key))
        self.lookups = Lookups(workspace)  # the units and points behind the form
        self.fixed = False  # the draft that is changed fixes service and destination
        self.taken_up = False  # whether the form is there; before that nothing may be typed into it
        self.zone_to_ask = False  # nobody has said in which zone times are typed, and the machine only says UTC
        self.busy: Progress | None = None  # what is being sent; `None` when nothing is
        self.trouble: str | None = None  # after a try that did not carry everything through: what `enter` would do now
        # ids of the units that did not make it into the draft, with the reason where one was given
        self.not_in_it: dict[str, str] = {}
        self.making = Making(self, workspace, say)  # makes the drafts
        self._equal = EqualDraft(workspace, start, self.lookups, self.tell)
        self.listeners = Listeners[[]]()  # told after every change
        self.keeping = Keeping(workspace, start, self._kept)  # writes the form down on this machine
        self._closed = False
        self._meant = False  # somebody put something in; a form that only was opened is not kept

    # -- the form --------------------------------------------------------------------------------------------

    @property
    def form(self) -> RestoreForm:
        return self._history.form

    @property
    def is_plan(self) -> bool:
        """Whether the form becomes a plan, as it is now."""
        return self.lookups.is_plan(self.form)

    @property
    def is_kept(self) -> bool:
        """Whether the form comes back in another run: somebody put something in."""
        return self._meant and not self.form.is_empty

    @property
    def exists(self) -> EarlierDraft | None:
        """A draft that holds just what would be made, as far as that was looked for."""
        return self._equal.found

    @property
    def now(self) -> datetime:
        return self._ws.clock.now()

    @property
    def store(self) -> Store:
        return self._ws.store

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo()

    @property
    def steps(self) -> int:
        return self._history.steps

    def tell(self) -> None:
        """Something that the screens show has changed."""
        self.listeners.tell()

    def change(self, form: RestoreForm, step: str, *, typing: bool = False) -> bool:
        """Takes what the person did. Returns whether it was taken; it is not while a draft is being made of the form.

        Args:
            form: The form after it.
            step: What was done, for `undo`.
            typing: See `FormHistory.change`.
        """
        if self.busy is not None:
            self._say("The draft is being made; the form can be changed after that.")
            return False
        if form.plan and form != self.form:
            form = replace(form, plan="")  # its file says something else now
        if self._history.change(form, step, typing=typing):
            self.trouble, self._meant = None, True
            self._say("")  # What was said of the step before is over.
            self._changed()
        return True

    def undo(self) -> None:
        if self.busy is not None:
            return
        sending = self.form.sending
        said = self._history.undo()
        if said is None:
            self._say("Nothing to undo.")
            return
        if sending is not None and self.form.sending is None:
            self._history.settle(replace(self.form, sending=sending))  # what may have been sent cannot be undone
        self._say(said)
        self._changed()

    def settle(self, form: RestoreForm, *, for_good: bool = False) -> None:
        """Takes in what the program found out or did. `form`: the form after it. `for_good`: a draft came of it: no
        step back leads to a form that would make it again."""
        differs = self._history.settle(form)
        if for_good:
            self._history = FormHistory(form)
        if differs:
            self._changed()

    def _changed(self) -> None:
        self._equal.forget()
        if self._meant:
            self.keeping.keep(self.form)
        self.catch_up()
        self.tell()

    def _kept(self) -> None:
        if self._closed:
            self.close()

    async def take_up(self, given: RestoreForm | None) -> None:
        """Starts with a given form, or with the one that was kept on this machine.

        What was kept is never lost: a form in progress that a given one takes the place of is put aside and comes back
        after it; unsent changes of a draft come before the draft as it is, which `undo` brings back. `given`: what to
        start with; `None` takes up the form in progress."""
        zone = self._ws.zone.key
        try:
            if not self._ws.settings.tz_settled:
                chosen = await kept_zone(self._ws.context.journal)
                self.zone_to_ask, zone = chosen is None, chosen or zone
            if given is None:
                await self._take_up_kept(zone)
            elif given.draft_id is not None:
                await self._take_up_changes(replace(given, zone=zone), given.draft_id)
            else:
                await self._take_up_given(replace(given, zone=zone))
        except LocalError as error:
            self._say(error.sentences)
        self.taken_up = True
        if self._closed:  # the screen went while the form was being read
            self.close()
        self._changed()

    async def _take_up_kept(self, zone: str) -> None:
        self._history = FormHistory(RestoreForm(zone=zone))
        kept, holder = await self.keeping.take(IN_PROGRESS)
        if await has_drafts(self._ws, kept):
            await self.keeping.forget()
            kept = None
        if kept is None:
            if holder is not None:
                self._say(f"Another instance ({holder}) has your kept form; this one is new.")
            return
        self._meant = True
        self.fixed = bool(kept.made) or (kept.draft_id is not None and kept.destination is not None)
        begun = kept.made or kept.sending
        if begun:
            self._history = FormHistory(kept)
            self._say(await self._what_became_of(kept))
        else:
            self._history.change(kept, "your kept form")
            self._say(f"Your kept form is back: {held_words(kept)}. u clears it.")

    async def _take_up_changes(self, form: RestoreForm, draft_id: str) -> None:
        self._history = FormHistory(form)
        self.fixed = form.destination is not None
        kept, holder = await self.keeping.take(draft_id)
        self._meant = kept is not None
        if kept is not None and self._history.change(kept, "your changes that were not sent"):
            self._say("Your changes to this draft that were not sent are back; u drops them.")
        elif kept is None and holder is not None:
            self._say(f"Another instance ({holder}) has your changes to this draft; this shows the draft as it is.")

    async def _take_up_given(self, form: RestoreForm) -> None:
        self._history = FormHistory(form)
        # One key on a row opens a form, too; what somebody selected row by row is kept.
        self._meant = len(form.units) > 1 and not form.source
        aside = await self.keeping.make_room()
        if aside is not None:
            self._say(f"Put aside until this one is done: a form with {held_words(aside)}.")

    async def _what_became_of(self, kept: RestoreForm) -> str:
        """What exists of a form whose drafts were being made when the program ended."""
        said = [f"{made_words(kept)}."] if kept.made else []
        sending = kept.sending
        if sending is None:
            return " ".join([*said, f"{held_words(kept)} left."])
        state = await create_state(self._ws.context, sending.mark)
        if state.session_id:
            self.found_draft(state.session_id)
            said.append(f"Draft {short_id(state.session_id)} was made of this form; the last line completes it.")
        elif state.is_open:
            self.trouble = LOOKS_FIRST
            said.append("Whether its draft was made is unknown; the last line checks the service first.")
        else:
            self._history = FormHistory(replace(kept, sending=None))
            said.append(f"Your kept form is back: {held_words(kept)}. Nothing was sent.")
        return " ".join(said)

    def found_draft(self, session_id: str) -> None:
        """A draft of this form is there: what is done next completes it."""
        form = self.form
        sending = form.sending
        if sending is None:
            return
        if form.made or len(form.units) > self.lookups.limits.units:
            form = replace(form, sending=replace(sending, session_id=session_id))
        else:
            form = replace(form, sending=None, draft_id=session_id)
        self.fixed = True
        self._history = FormHistory(form)
        self.trouble = f"draft {short_id(session_id)} is made of this; enter completes it"

    def close(self) -> None:
        """The form is no longer filled in here; another instance may take it."""
        self._closed = True
        if self.busy is None and not self.keeping.busy:
            self.keeping.release()

    async def choose_zone(self, zone: str) -> None:
        """Takes the zone of the times; where nobody has set one it is kept, so that it is asked for once only."""
        self.change(self.form.with_zone(zone), f"the zone {zone}")
        if not self._ws.settings.tz_settled:
            self.zone_to_ask = False
            await keep_zone(self._ws.context.journal, zone)

    async def take_up_again(self) -> None:
        """Another screen may have changed the form in progress, or have made its draft."""
        if not self.taken_up or self.busy is not None or self.keeping.busy:
            return
        try:
            kept = await kept_form(self._ws.context.journal, self.keeping.place)
            if await has_drafts(self._ws, kept):
                await self.keeping.forget()
                self._history, kept = FormHistory(RestoreForm(zone=self.form.zone)), None
                self._changed()
        except LocalError:
            return  # said when it was first read; what is shown here is whole
        if kept is None and (self.form.is_empty or not self._meant):
            return
        empty = RestoreForm(service=self.form.service, zone=self.form.zone)
        if self._history.change(kept or empty, "what another screen did to this form"):
            self._changed()

    # -- what is behind it -----------------------------------------------------------------------------------

    def take_text(self, text: str) -> None:
        """Takes names: a typed one, or a pasted list. Raises `UsageError`: it is not a list of names."""
        names = parse_unit_list(text)
        if not names.lines:
            if names.row_remarks:
                self._say(" ".join(("No name is in this text.", *names.row_remarks)))
            return
        if len(text.strip().splitlines()) == 1:  # typed alone: it has no line in any list
            names = replace(
                names,
                lines=tuple(replace(name, line=0) for name in names.lines),
                duplicates=tuple(replace(one, line=0, first_line=0) for one in names.duplicates),
            )
        self.lookups.names_error = None
        if self.change(self.form.with_names(names), f"the list of {len(names.lines):,} names") and names.row_remarks:
            self._say(" ".join(names.row_remarks))

    def take_unit(self, unit_id: str, name: str) -> None:
        """Takes a unit that was chosen from the loaded ones."""
        if unit_id in self.form.unit_ids:
            self.change(self.form.with_pending(""), f"{name} again")
            self._say(f"{name} is already in the list; counted once.")
            return
        self.change(replace(self.form, units=(*self.form.units, FormUnit(unit_id, name)), pending=""), f"taking {name}")

    def catch_up(self) -> None:
        """Looks up what the form has that is not looked up yet."""
        if not self._ws.is_open or not self.taken_up:
            return
        if self.form.waiting and not self.lookups.looking_names and self.lookups.names_error is None:
            self.lookups.looking_names = True
            self._start(self._look_up(), "look names up")

    async def _look_up(self) -> None:
        form = await self.lookups.resolve(lambda: self.form)
        if form is None:
            self.tell()
            return
        self.settle(form)
        if self.lookups.none_known is not None:
            self._say(self.lookups.none_known.sentence(self._ws.who.tenant))

    def look_again(self) -> None:
        """Tries again what could not be looked up, and looks for newer points."""
        self.lookups.names_error = None
        self.lookups.forget_points()
        self.catch_up()
        self.tell()

    def find_points(self) -> None:
        """Looks for the points that lack; a search under way for other times is given up."""
        if self._ws.is_open and self.taken_up and self.busy is None and self.lookups.lacking(self.form):
            self._start(self._find(), "find points", group=f"points {id(self)}", exclusive=True)

    async def _find(self) -> None:
        self.tell()
        await self.lookups.find(self.form, self.tell)
        self.tell()

    async def save_plan(self) -> Path:
        """Writes the plan of the form and its list, once for each state of the form. Raises as `as_plan.write_plan`."""
        form, self._meant = self.form, True
        path = await write_plan(self._ws, form, self.now, self.lookups.limits)
        if self.form == form:
            self.settle(replace(form, plan=str(path)))
        return path

    # -- the draft -------------------------------------------------------------------------------------------

    def plan(self) -> DraftPlan:
        """What would be in the draft: the units whose point can be used."""
        form = self.form
        rows = self.lookups.table(form).usable
        order = {unit_id: place for place, unit_id in enumerate(form.unit_ids)}
        return DraftPlan(
            form.service,
            form.destination or Destination.NEW,
            tuple(sorted(rows, key=lambda row: order[row.unit_id])),
            left_out=form.left_out,
        )

    async def carry_out(self) -> PartDraft | None:
        self._meant = True
        try:
            return await self.making.carry_out()
        finally:
            if self._closed:
                self.close()

    def look_for_equal(self) -> bool:
        """Looks whether a draft holds already what would be made, once for each contents; whether `exists` tells."""
        form = self.form
        if self.is_plan or form.draft_id or form.sending or form.made or self.busy is not None or not self._ws.is_open:
            return False
        self._equal.look_for(self.plan())
        return self.exists is not None

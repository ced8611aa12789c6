"""The basket of a site or OneDrive account while it is filled and restored. Knows no widget."""

from backup_tui.changes.context import Context, OnProgress
from backup_tui.errors import UsageError
from backup_tui.models.browse import BrowseSession
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.restore.files.basket import Basket, Picked, keep_basket, kept_basket
from backup_tui.restore.files.drafting import draft_files
from backup_tui.restore.files.places import Place
from backup_tui.restore.files.renewing import renewed
from backup_tui.restore.points.search import FoundPoint


class Gathering:
    """What was chosen, kept on this machine with each step.

    Args:
        service: OneDrive or SharePoint.
        unit_id: The site or account.

    Attributes:
        service: Whose site or account it is.
    """

    def __init__(self, service: Service, unit_id: str) -> None:
        self.service, self._unit_id = service, unit_id
        self.basket = Basket(unit_id)  # what was chosen
        self.lost: tuple[str, ...] = ()  # paths of it that are no longer in their point

    async def take_up(self, context: Context) -> None:
        """What was chosen earlier."""
        self.basket = await kept_basket(context.journal, self._unit_id)

    def pick(self, place: Place, opened: BrowseSession, point: FoundPoint) -> None:
        """Puts a file or folder of a point into the basket, or takes it out; `keep` writes it down."""
        if self.basket.holding(place.path, point.id):
            self.basket = self.basket.without([place.path])
        else:
            self.basket = self.basket.plus([Picked.of(place, opened, point)])
        self.lost = tuple(path for path in self.lost if path in self.basket)

    async def keep(self, context: Context) -> None:
        """Writes the basket down. Raises `JournalError`."""
        await keep_basket(context.journal, self.basket)

    def empty(self) -> str:
        """Takes everything out; returns what is said of it."""
        dropped = len(self.basket.items)
        self.basket, self.lost = Basket(self._unit_id), ()
        return f"{counted(dropped, 'selection')} taken out of the basket."

    async def draft(self, context: Context, on_progress: OnProgress) -> tuple[str, str]:
        """Makes a draft of the basket. What is not in it stays in the basket: `draft` again completes it. Returns id of
        the draft, empty where there is none yet; and what is said of it. Raises `BackupTuiError`: no draft was made;
        the basket is as it was."""
        basket = self.basket.without(self.lost)
        if not basket.items:
            raise UsageError("Nothing of the basket is left in its point.", certainty="Nothing was sent.")
        fresh = await renewed(context, self.service, basket, on_progress)
        if fresh.lost:
            self.lost = (*self.lost, *fresh.lost)
            return "", (
                f"{len(fresh.lost):,} of the basket {'is' if len(fresh.lost) == 1 else 'are'} no longer in the point "
                "(✗ below). No draft was created; n again leaves them out."
            )
        unit = await context.reader.unit(self._unit_id, self.service)
        made = await draft_files(context, self.service, unit, fresh.basket.items, on_progress)
        name = short_id(made.session.id)
        if made.started:
            self.basket = self.basket.without(made.paths)
            await self.keep(context)
            lack = f"{counted(len(made.lacking), 'selection')} not in it" if made.lacking else "nothing is missing"
            return "", f"Draft {name} of these files was started meanwhile; {lack}. n restores what is left."
        if made.lacking:
            why = f": {made.error.message.rstrip('.')}" if made.error is not None else ""
            held = f"{len(made.paths):,} of {len(basket.items):,}"
            return "", f"Draft {name} holds {held}{why}. n again adds the rest; nothing is started."
        self.empty()
        await self.keep(context)
        return made.session.id, f"Draft {name} was created; nothing starts before its review."

"""The filters, orders and columns that lists had: for the next list of the kind, and for the next start."""

from typing import TYPE_CHECKING, Protocol

from backup_tui.store.views import Sort
from backup_tui.ui.widgets.filter_line import FilterHistory
from backup_tui.workspace.habits import Habits

if TYPE_CHECKING:
    from collections.abc import Callable


class Keeper(Protocol):
    """Where habits are kept."""

    def read(self) -> Habits:
        """What was kept last."""
        ...

    def keep(self, habits: Habits) -> None: ...


class ListHabits:
    """Habits by the names of the lists. `keeper`: gives where they are kept; None while it is not known whose they are,
    or where nothing is kept."""

    def __init__(self, keeper: "Callable[[], Keeper | None]") -> None:
        self._find = keeper
        self._keeper: Keeper | None = None
        self._histories: dict[str, FilterHistory] = {}
        self._sorts: dict[str, Sort] = {}
        self._columns: dict[str, tuple[str, ...]] = {}

    def look(self) -> None:
        """Reads what is kept, once it is known whose it is; what was done since the start comes after it."""
        if self._keeper is not None or (keeper := self._find()) is None:
            return
        self._keeper, kept = keeper, keeper.read()
        for name, used in kept.filters.items():
            self.history(name).put_before(used)
        self._sorts = {name: Sort(*sort) for name, sort in kept.sorts.items()} | self._sorts
        self._columns = dict(kept.columns) | self._columns

    @property
    def are_kept(self) -> bool:
        """Whether the next start has them: not of a demo, nor before it is known whose they are."""
        return self._keeper is not None

    def history(self, name: str) -> FilterHistory:
        return self._histories.setdefault(name, FilterHistory())

    def sort(self, name: str) -> Sort:
        """The order that was chosen for lists of this name; the view's own order where none was."""
        return self._sorts.get(name, Sort())

    def sorted_by(self, name: str, sort: Sort) -> None:
        """Another order was chosen."""
        if self.sort(name) != sort:
            self._sorts[name] = sort
            self.keep()

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns that were chosen for lists of this name, as a table takes them; empty where none were."""
        return self._columns.get(name, ())

    def columns_chosen(self, name: str, chosen: tuple[str, ...]) -> None:
        """Other columns were chosen."""
        if self.columns(name) != chosen:
            self._columns[name] = chosen
            self.keep()

    def keep(self) -> None:
        """Keeps what differs now."""
        self.look()
        if self._keeper is not None:
            used = {name: history.used for name, history in self._histories.items() if name and history.used}
            sorts = {name: (sort.column, sort.reverse) for name, sort in self._sorts.items() if sort.column}
            columns = {name: chosen for name, chosen in self._columns.items() if chosen}
            self._keeper.keep(Habits(used, sorts, columns))

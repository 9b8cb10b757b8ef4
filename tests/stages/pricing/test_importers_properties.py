"""Whatever lists come one after the other, a day's price is that of the list of that day."""

import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tasks.pricing.figures import Status
from tasks.pricing.lists.merge import Cells, ListMark, columns_of, merge
from tasks.pricing.lists.official_list import ListedRow
from tasks.pricing.lists.table_file import table_text
from tasks.pricing.tables import Table, read_specs, read_table
from tests.stages.pricing.list_samples import EANS, NATIONAL_DIR

SPEC = read_specs(NATIONAL_DIR / "ma", currency="MAD")["drugs"]
FIRST = dt.date(2026, 1, 1)
DAYS = 60

#: A list: the price of some of three codes.
PRICES = st.dictionaries(st.sampled_from(EANS), st.sampled_from(("10.00", "20.00")))
#: Lists by the day on which each begins.
HISTORY = st.dictionaries(st.integers(0, DAYS - 1), PRICES, min_size=1, max_size=6)


def row(code: str, price: str) -> ListedRow:
    """One drug at one price."""
    cells = {
        **dict.fromkeys(SPEC.texts, "x"),
        "price": price,
        "reference_price": "",
        "rate": "0.70",
    }
    return ListedRow(1, code, cells)


def taken(held: list[Cells], day: int, prices: dict[str, str], *, is_extract: bool) -> list[Cells]:
    """The table after a list that begins some days after the first."""
    mark = ListMark(FIRST + dt.timedelta(days=day), "S", Status.SECONDARY, is_extract)
    return merge(held, [row(code, price) for code, price in prices.items()], SPEC, mark).rows


@given(history=HISTORY, is_extract=st.booleans())
def test_a_day_has_the_price_of_the_newest_list_by_then(
    history: dict[int, dict[str, str]], is_extract: bool
) -> None:
    held: list[Cells] = []
    for day, prices in sorted(history.items()):
        held = taken(held, day, prices, is_extract=is_extract)
        assert taken(held, day, prices, is_extract=is_extract) == held
    expected: dict[str, str] = {}
    table = strictly_read(held)
    for day in range(DAYS):
        listed = history.get(day)
        if listed is not None:
            expected = {**expected, **listed} if is_extract else dict(listed)
        on = FIRST + dt.timedelta(days=day)
        found = {code: table.at((code,), on) for code in EANS}
        priced = {code: str(figure.value) for code, figure in found.items() if figure}
        assert priced == expected


def strictly_read(rows: list[Cells]) -> Table:
    """A table as the catalogue's own reader takes it, with every check."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drugs.csv"
        path.write_text(table_text(rows, columns_of(SPEC)), encoding="utf-8")
        return read_table(path, SPEC, sources={"S"})

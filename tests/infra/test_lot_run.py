import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from infra.stores.dossiers import Head
from tasks.lot_run import split_by_household

DAY = dt.date(2026, 11, 20)


def a_head(number: int, household: str) -> Head:
    return Head(
        dossier_id=f"D{number:04d}",
        version=1,
        content_version=1,
        version_reason="first",
        public_number=f"AMO-{number:04d}",
        scheme="ma-amo-salaries",
        currency="MAD",
        channel="electronic",
        agency="",
        region="",
        stage="extraction",
        status="in_progress",
        lot_id="2026-11-20/001",
        deposit_date=DAY,
        receipt_date=DAY,
        scan_date=None,
        order_key=f"{number:04d}",
        household=household,
    )


@given(
    households=st.lists(st.integers(0, 8), min_size=1, max_size=60),
    size=st.integers(1, 10),
)
def test_a_household_is_never_split_and_nobody_is_lost(households: list[int], size: int) -> None:
    heads = [a_head(number, f"H{household}") for number, household in enumerate(households)]
    chunks = split_by_household(heads, size)
    assert sorted(head.dossier_id for chunk in chunks for head in chunk) == [
        head.dossier_id for head in heads
    ]
    places = [{head.household for head in chunk} for chunk in chunks]
    assert all(not one & other for n, one in enumerate(places) for other in places[n + 1 :])
    for chunk in chunks:
        for household in {head.household for head in chunk}:
            orders = [head.order_key for head in chunk if head.household == household]
            assert orders == sorted(orders)


def test_dossiers_of_unknown_households_are_spread_over_chunks() -> None:
    heads = [a_head(number, "") for number in range(10)]
    assert [len(chunk) for chunk in split_by_household(heads, 4)] == [4, 4, 2]

"""A changed figure over a period in the books: what it affects, and the versions it opens."""

import csv
import datetime as dt
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows import cli
from flows.explain_dossier import explain, render
from infra.settings import ROOT
from infra.stores.audit_trail import export, verify
from infra.stores.balance import day_balance
from infra.stores.replay_families import Period
from models.errors import UsageError
from models.messages import LANGUAGES
from tasks.doors import Doors, open_doors
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.changes import first_difference, read_changes
from tasks.pricing.replay import Affected
from tasks.replaying import ReplayOrder, ReplayReport, replay_period
from tests.flows.ceilings import BASE, a_crown_record, crown, dossier, dues, reasons, settle
from tests.flows.world import AFTER, DAY, pay, process, rows, send

SCHEME = "ma-amo-salaries"
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
RAISED_RATE = """
- scheme: ma-amo-salaries
  parameter: rate.general
  from: 2026-01-01
  to: null
  value: "0.80"
  source: {id: DECRET-TEST, title: "Décret d'essai", issuer: "essai", date: 2026-11-20, url: null,
           authority: fictional}
  status: illustrative
"""
#: The same, as the scheme itself would hold it.
IN_SCHEME = """    - from: 2026-01-01
      to: null
      value: "0.80"
      source: MA-CNSS-COUVERTURE
      status: illustrative
      known_from: 2026-11-20
  reviewed_until"""
RAISED_CEILING = """
- {scheme: ma-amo-salaries, parameter: dental.prosthesis_ceiling, from: 2026-01-01, to: null,
   value: "4000.00", source: MA-CNSS-COUVERTURE, status: illustrative}
"""
NO_DRUGS = """
- {scheme: ma-amo-salaries, table: drugs, from: 2026-01-01, to: null, drop: true,
   source: MA-CNSS-COUVERTURE, status: illustrative}
"""


def replayed(
    doors: Doors, folder: Path, text: str, *, by_care: bool = True, opened_by: str = "",
    days: tuple[dt.date, dt.date] = YEAR,
) -> tuple[ReplayReport, list[Affected]]:  # fmt: skip
    path = folder / "change.yaml"
    path.write_text(text, encoding="utf-8")
    catalogue = load_catalogue(doors.settings.schemes_dir)
    changes = read_changes(path, catalogue)
    is_in_force = all(first_difference(catalogue, each) is None for each in changes)
    period = Period(*days, by_care, (SCHEME,))
    order = ReplayOrder(period, changes, AFTER, is_in_force)
    found: list[Affected] = []
    report = replay_period(doors, order, tell=found.extend, opened_by=opened_by)
    assert report.affected == len(found)
    return report, found


def with_scheme(doors: Doors, folder: Path, old: str = "", new: str = "") -> Doors:
    """The same payer on a copy of the schemes in which one text of the parameters is replaced."""
    root = folder / "pricing"
    source = doors.settings.schemes_dir.parent
    for name in ("schemes", "national"):
        shutil.copytree(source / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(source / "sources.yaml", root)
    path = root / "schemes" / "ma_amo_salaries" / "parameters.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    settings = doors.settings.model_copy(update={"schemes_dir": root / "schemes"})
    return replace(doors, settings=settings)


def lines_at_general_rate(doors: Doors, ids: Sequence[str]) -> dict[str, int]:
    """By hand: what 10 points more come to on the lines whose rate is the general one."""
    more: dict[str, int] = {}
    for key in ids:
        (head,) = rows(doors.database, "dossier", dossier_id=key)
        for line in rows(doors.database, "priced_line", dossier_id=key, version=head.version):
            if "rate.general@" in line.figure_ids:
                # Half up, in whole numbers: base × 80 % less base × 70 %.
                new = (line.base_minor * 80 + 50) // 100
                more[key] = more.get(key, 0) + new - line.due_minor
    return {key: amount for key, amount in more.items() if amount}


def test_a_raised_rate_is_listed_with_its_money_and_nothing_is_changed(
    world: Doors, tmp_path: Path
) -> None:
    before = rows(world.database, "dossier")
    report, found = replayed(world, tmp_path, RAISED_RATE)
    states = ("approved", "in_review", "suspended", "closed_at_zero", "under_appeal", "paid")
    ids = [row.dossier_id for row in before if row.status in states]
    requests = {
        row.dossier_id
        for row in rows(world.database, "extracted_dossier", request_kind="prior_agreement")
    }
    wanted = lines_at_general_rate(world, [key for key in ids if key not in requests])
    refused = {row.dossier_id for row in rows(world.database, "finding", effect="refuse_line")}
    got = {one.dossier_id: one.after_minor - one.before_minor for one in found}
    assert {key: more for key, more in got.items() if key not in refused} == {
        key: more for key, more in wanted.items() if key not in refused
    }
    assert report.differing_otherwise == 0
    total = sum(sums.after_minor - sums.before_minor for sums in report.sums.values())
    assert total == sum(got.values()) > 0
    assert {category[3] for category in report.sums} >= {"MA-TNR-LETTRE"}
    assert rows(world.database, "dossier") == before


def test_a_dropped_table_shows_what_its_rows_gave(world: Doors, tmp_path: Path) -> None:
    report, found = replayed(world, tmp_path, NO_DRUGS)
    assert found
    assert {category[3] for category in report.sums if category[2] == "pharmacy"} == {"MA-MED-PBR"}
    assert all(one.after_minor <= one.before_minor for one in found)


def test_the_period_is_of_care_or_of_decision(world: Doors, tmp_path: Path) -> None:
    everything, _ = replayed(world, tmp_path, RAISED_RATE)
    decided, _ = replayed(world, tmp_path, RAISED_RATE, by_care=False, days=(DAY, DAY))
    nothing, found = replayed(world, tmp_path, RAISED_RATE, by_care=False, days=(AFTER, AFTER))
    assert 0 < decided.read <= everything.read
    assert (nothing.read, found) == (0, [])


def test_a_raised_ceiling_reaches_a_later_dossier_outside_of_the_period(
    world: Doors, tmp_path: Path
) -> None:
    record = a_crown_record(world, tmp_path)
    early, late = crown(record, "EARLY", -9), crown(record, "LATE", 3)
    send(world, tmp_path / "sent", AFTER, early, late)
    settle(world, AFTER)
    assert dues(world, "CROWN-EARLY", BASE, "CROWN-LATE") == [157500, 52500, 0]
    day = dt.date.fromisoformat(record["lines"][0]["date"])
    _, found = replayed(world, tmp_path, RAISED_CEILING, days=(day, day))
    by_number = {one.public_number: one for one in found}
    assert (by_number[BASE].before_minor, by_number[BASE].after_minor) == (52500, 122500)
    # 4,000.00 are used up by the first two: the third one gets nothing either way.
    assert set(by_number) == {BASE}


def test_versions_are_refused_for_a_figure_that_is_not_in_the_scheme(
    world: Doors, tmp_path: Path
) -> None:
    before = rows(world.database, "dossier_version")
    with pytest.raises(UsageError, match="2026-01-01: put the figure into the scheme first"):
        replayed(world, tmp_path, RAISED_RATE, opened_by="amina")
    assert rows(world.database, "dossier_version") == before


def test_new_versions_pay_the_difference_once_and_a_second_replay_finds_nothing(
    world: Doors, tmp_path: Path
) -> None:
    pay(world, DAY)
    _, listed = replayed(world, tmp_path, RAISED_RATE)
    doors = with_scheme(world, tmp_path, "  reviewed_until", IN_SCHEME)
    report, found = replayed(doors, tmp_path, RAISED_RATE, opened_by="amina")
    assert [(one.dossier_id, one.after_minor) for one in found] == [
        (one.dossier_id, one.after_minor) for one in listed
    ]
    assert report.opened == len(found)
    process(doors, AFTER)
    assert settle(doors, AFTER).reopened == 0
    paid = {one.dossier_id: one for one in found if one.status == "paid"}
    assert paid
    for one in found:
        assert reasons(doors, one.public_number)[-1] in ("tariff_changed", "appeal")
    # A machine's own acceptances are paid; what waits for a person waits again.
    more = sum(
        one.after_minor - one.before_minor
        for key, one in paid.items()
        if dossier(doors, one.public_number).status == "approved"
    )
    assert pay(doors, AFTER) == more > 0
    again, nothing = replayed(doors, tmp_path, RAISED_RATE, opened_by="amina")
    assert (again.opened, nothing) == (0, [])
    assert day_balance(doors.database, AFTER).is_balanced
    assert verify(doors.database, doors.storage) == []
    (event,) = [
        each
        for each in export(doors.database, min(paid))
        if each["detail"].startswith("tariff_changed")
    ]
    assert event["actor"] == "amina"
    assert "rate.general@2026-01-01 (DECRET-TEST)" in event["detail"]


@pytest.mark.parametrize(("language", "words"), list(zip(
    LANGUAGES,
    ("tarif modifié rétroactivement", "تغير التعريفة بأثر رجعي", "tariff changed"),
    strict=True,
)))  # fmt: skip
def test_explain_tells_that_the_tariff_changed(
    world: Doors, tmp_path: Path, language: str, words: str
) -> None:
    doors = with_scheme(world, tmp_path, "  reviewed_until", IN_SCHEME)
    _, found = replayed(doors, tmp_path, RAISED_RATE, opened_by="amina")
    process(doors, AFTER)
    number = found[0].public_number
    told = explain(doors.database, doors.storage, doors.settings, number, language)
    assert words in render(told, language)


@pytest.fixture
def commanded(world: Doors, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    """The command's own doors onto the same payer."""
    monkeypatch.setenv("TASFIYA_HOME", str(world.settings.home))
    monkeypatch.setenv("TASFIYA_ENVIRONMENT", "demo")
    monkeypatch.setenv("TASFIYA_WORKERS", "1")
    monkeypatch.setenv("DATABASE_URL", world.database.url)
    monkeypatch.setenv("STORAGE_URL", world.settings.storage())
    monkeypatch.chdir(ROOT)
    open_doors.cache_clear()
    yield world
    open_doors().pool.close()
    open_doors().database.close()
    open_doors.cache_clear()


def test_the_command_tells_money_and_decisions_and_writes_all_of_them(
    commanded: Doors, tmp_path: Path
) -> None:
    change, listing = tmp_path / "change.yaml", tmp_path / "list.csv"
    _, found = replayed(commanded, tmp_path, RAISED_RATE)
    words = ["tariff", "replay", "--from", "2026-01-01", "--to", "2026-12-31",
             "--change", str(change), "--list", str(listing)]  # fmt: skip
    result = CliRunner().invoke(cli.app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["decisions_affected"] == len(found) == len(told["decisions"])
    assert told["versions_opened"] == 0
    with listing.open(encoding="utf-8", newline="") as file:
        written = {row["dossier_id"]: int(row["after_minor"]) for row in csv.DictReader(file)}
    assert written == {one.dossier_id: one.after_minor for one in found}
    text = CliRunner().invoke(cli.app, words).stdout
    assert f"{len(found)} affected" in text
    assert "MA-TNR-LETTRE" in text

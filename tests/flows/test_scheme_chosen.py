"""A dossier filed under the wrong scheme is decided and paid under the one a person chose."""

import io
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.explain_dossier import explain
from flows.open_desk import desk_app
from infra.clock import now_text
from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.form_cases import read_form_cases
from infra.simulation.paper.render import render_sheet
from infra.stores.desk_accounts import add_account
from models.desk import Account, Role
from tasks.doors import Doors
from tests.flows.test_other_schemes import (
    CARD,
    HOSPITAL,
    INPE,
    MA_NUMBER,
    TADAMON,
    account,
    codes,
    decided,
    known,
    member,
    person,
    provider,
)
from tests.flows.world import DAY, load_folder, open_world, pay, process, receive, rows, send
from tests.stages.review.desk_site import Answer, Browser, Desk, Moment, password_hash, serving

FORM = Path(__file__).parents[2] / "tasks" / "extraction" / "forms" / "cn_cq_outpatient_receipt"
REGISTERS = [
    person("PTA", "ESSAI", "Troisieme"),
    member("PTA", "ma-amo-tadamon", MA_NUMBER),
    known("PTA", "ma-amo-tadamon", "rsu_score", "8.5"),
    account("PTA"),
    provider("VMA", INPE, "hospital", "public"),
    person("PCN", "张", "三丰"),
    member("PCN", "cn-cq-resident", CARD, "tier1"),
    known("PCN", "cn-cq-resident", "insured_status", "tier1"),
    provider("VCN", HOSPITAL, "hospital", "public"),
    known("VCN", "cn-cq-resident", "hospital_level", "L1"),
]
#: Somebody of Tadamon, filed under the scheme of the employees.
MISFILED = {**TADAMON, "scheme": "ma-amo-salaries", "public_number": "MA-2026-0011"}


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[Doors]:
    doors = open_world(tmp_path / "home", database_url)
    folder = tmp_path / "registers"
    folder.mkdir()
    text = "".join(f"{json.dumps(row)}\n" for row in REGISTERS)
    (folder / "all.jsonl").write_text(text, encoding="utf-8")
    load_folder(doors, folder)
    yield doors
    doors.database.close()


@pytest.fixture
def url(world: Doors) -> Iterator[str]:
    for login in ("amina", "brahim"):
        roles = frozenset({Role.PROCESSOR.value})
        made = Account(login, login, roles, password_hash(), "fr", True)
        add_account(world.database, made, "test", now_text())
    settings = world.settings.model_copy(update={"desk_names": "127.0.0.1"})
    app = desk_app(settings, world.database, world.storage, today=lambda: DAY)
    with serving(Desk(app, world.database, world.storage, Moment())) as address:
        yield address


def post(world: Doors, url: str, login: str, what: str, **form: str) -> Answer:
    """What a colleague sends about the one open task, from a page of their own."""
    (task,) = rows(world.database, "review_task", state="open")
    browser = Browser(url)
    assert browser.sign_in(login).status == 303
    assert browser.get(f"/item/{task.task_id}").status == 200
    answer = browser.post(f"/item/{task.task_id}/{what}", **form)
    browser.post("/sign-out")
    return answer


def test_what_was_refused_under_the_wrong_scheme_is_paid_once_under_the_chosen_one(
    world: Doors, url: str, tmp_path: Path
) -> None:
    number = MISFILED["public_number"]
    send(world, tmp_path / "sent", DAY, MISFILED)
    assert (decided(world, number)[0], codes(world, number)) == ("refused", {"AUTRE_REGIME"})
    send(world, tmp_path / "sent", DAY, {**MISFILED, "kind_of_submission": "appeal"})
    assert decided(world, number)[0] == "under_appeal"

    chosen = post(world, url, "amina", "scheme", scheme="ma-amo-tadamon", note="carte Tadamon")
    assert "said=scheme_moved" in chosen.where
    assert pay(world, DAY) == 0
    process(world, DAY)
    (dossier,) = rows(world.database, "dossier", public_number=number)
    key = dossier.dossier_id
    assert (dossier.scheme, dossier.status, dossier.version) == (
        "ma-amo-tadamon",
        "under_appeal",
        3,
    )
    (priced,) = rows(world.database, "priced_dossier", dossier_id=key, version=3)
    # 50.00: 70 % by the insurance, the patient's 30 % by the State
    assert (priced.scheme, priced.due_minor) == ("ma-amo-tadamon", 5_000)
    assert rows(world.database, "finding", dossier_id=key, version=3) == []

    refused = post(world, url, "amina", "answer", answer="accept")
    assert (refused.status, "Un recours est décidé par une personne" in refused.text) == (400, True)
    assert "said=decided" in post(world, url, "brahim", "answer", answer="accept").where
    assert pay(world, DAY) == 5_000
    assert pay(world, DAY) == 0
    (link,) = rows(world.database, "payment_obligation", dossier_id=key)
    assert (link.version, link.amount_minor) == (3, 5_000)
    (event,) = rows(world.database, "audit_event", object_id=key, action="scheme_chosen")
    assert (event.actor, event.before, event.after) == (
        "amina", "ma-amo-salaries MAD", "ma-amo-tadamon MAD",
    )  # fmt: skip


def test_a_complement_follows_the_choice_whatever_its_sender_writes(
    world: Doors, url: str, tmp_path: Path
) -> None:
    named = {**TADAMON, "insured_name": "AUTRE Nom"}
    send(world, tmp_path / "sent", DAY, named)
    assert codes(world, named["public_number"]) == {"NOM_DISCORDANT"}
    post(world, url, "amina", "scheme", scheme="ma-amo-salaries")
    process(world, DAY)
    assert decided(world, named["public_number"])[0] == "refused"
    again = {**named, "kind_of_submission": "appeal"}
    assert send(world, tmp_path / "sent", DAY, again) == ["IN_APPEAL"]
    (dossier,) = rows(world.database, "dossier", public_number=named["public_number"])
    contents = rows(world.database, "extracted_dossier", dossier_id=dossier.dossier_id)
    schemes = {row.content_version: row.scheme for row in contents}
    assert schemes == {1: "ma-amo-tadamon", 2: "ma-amo-salaries", 3: "ma-amo-salaries"}


@pytest.mark.tesseract
def test_a_scan_that_leaves_its_scheme_open_is_decided_under_the_chosen_one(
    world: Doors, url: str, tmp_path: Path
) -> None:
    case = read_form_cases(FORM)[0]
    zones = {name: text for name, text in case.values.zones.items() if name != "insurance_type"}
    values = replace(case.values, zones=zones)
    page = render_sheet(case.template_path, values, typeface="mono", seed=4)
    out = io.BytesIO()
    degrade(page, "scan", random.Random(4)).save(out, format="PNG", dpi=(200, 200))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "PAPER-2026-0001.png").write_bytes(out.getvalue())
    receive(world, inbox, DAY)
    process(world, DAY)
    (dossier,) = rows(world.database, "dossier")
    assert (dossier.scheme, dossier.status) == ("cn-cq-employee", "in_review")
    assert codes(world, dossier.public_number) == {"REGIME_INCERTAIN"}

    assert "said=scheme_moved" in post(world, url, "amina", "scheme", scheme="cn-cq-resident").where
    process(world, DAY)
    (dossier,) = rows(world.database, "dossier")
    assert (dossier.scheme, dossier.version) == ("cn-cq-resident", 2)
    # (600.00 of class A and 90 % of 500.00 of class B) x 60 %, and 300.00 a year at most
    assert decided(world, dossier.public_number)[:2] == ("approved", 30_000)
    told = explain(
        world.database, world.storage, world.settings, dossier.public_number, "fr"
    )["dossiers"][0]  # fmt: skip
    (correction,) = told["contents"][0]["corrections"]
    assert (correction["field"], correction["before"], correction["after"]) == (
        "scheme", "cn-cq-employee", "cn-cq-resident",
    )  # fmt: skip
    assert correction["corrected_by"] == "amina"

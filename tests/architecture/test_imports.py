"""The house rules hold for every file, and each of them goes red on a file that breaks it."""

import pytest

from tests.architecture.house_rules import (
    COMMON_RULES,
    PRODUCT_RULES,
    Rule,
    all_sources,
    clock_has_one_reader,
    dates_are_imported_whole,
    doors_are_kept,
    environment_has_one_reader,
    files_stay_short,
    flow_files_are_verb_noun,
    imports_run_downhill,
    is_one_of,
    names_say_something,
    nothing_is_deferred,
    parse,
    product_sources,
    schemes_do_not_know_one_another,
    stages_do_not_know_one_another,
)


@pytest.mark.parametrize("rule", PRODUCT_RULES, ids=lambda rule: rule.__name__)
def test_every_file_of_the_product_keeps_the_rule(rule: Rule) -> None:
    faults = [fault for source in product_sources() for fault in rule(source)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("rule", COMMON_RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule: Rule) -> None:
    faults = [fault for source in all_sources() for fault in rule(source)]
    assert not faults, "\n".join(faults)


def test_there_are_files_to_look_at() -> None:
    assert {source.package for source in product_sources()} == {
        "flows", "tasks", "contracts", "infra", "models",
    }  # fmt: skip


BROKEN: tuple[tuple[Rule, str, str], ...] = (
    (imports_run_downhill, "models/money.py", "from infra.clock import today"),
    (imports_run_downhill, "infra/pool.py", "import tasks.pricing.engine"),
    (imports_run_downhill, "infra/pool.py", "from contracts import gate"),
    (imports_run_downhill, "contracts/gate.py", "from infra.database import Database"),
    (imports_run_downhill, "tasks/lot_run.py", "from flows.process_lot import process_lot"),
    (imports_run_downhill, "models/money.py", "if True:\n    import tasks"),
    (stages_do_not_know_one_another, "tasks/pricing/lot.py", "import tasks.fraud.chunk"),
    (stages_do_not_know_one_another, "tasks/ocr/task.py", "from tasks.extraction import template"),
    (stages_do_not_know_one_another, "tasks/ocr/engines/rapid.py", "from tasks import fraud"),
    (
        schemes_do_not_know_one_another,
        "tasks/pricing/schemes/one/rules/rates.py",
        "from tasks.pricing.schemes.two.rules import rates",
    ),
    (doors_are_kept, "tasks/pricing/engine.py", "from prefect import task"),
    (doors_are_kept, "infra/database.py", "import prefect.artifacts"),
    (doors_are_kept, "tasks/pricing/engine.py", "from infra.database import Database"),
    (doors_are_kept, "tasks/pricing/chunk.py", "from infra.settings import Settings"),
    (doors_are_kept, "tasks/review/store.py", "from infra.clock import now_text"),
    (doors_are_kept, "tasks/pricing/engine.py", "from contracts.gate import ExpectationsGate"),
    (doors_are_kept, "infra/database.py", "import boto3"),
    (doors_are_kept, "tasks/intake/sources.py", "from botocore.config import Config"),
    (doors_are_kept, "tasks/pricing/engine.py", "from sqlalchemy import select"),
    (doors_are_kept, "models/rows.py", "import sqlalchemy.orm"),
    (doors_are_kept, "infra/database.py", "from sqlmodel import Session"),
    (doors_are_kept, "tasks/payment/store.py", "import psycopg"),
    (doors_are_kept, "tasks/pricing/tables.py", "import pandas as pd"),
    (doors_are_kept, "flows/process_lot.py", "import great_expectations as gx"),
    (doors_are_kept, "tasks/ocr/reader.py", "import pytesseract"),
    (doors_are_kept, "tasks/extraction/fields.py", "from rapidocr import RapidOCR"),
    (doors_are_kept, "tasks/extraction/fields.py", "from PIL import Image"),
    (doors_are_kept, "tasks/intake/sniff.py", "import PIL.Image"),
    (doors_are_kept, "tasks/intake/decide.py", "from pydantic_settings import BaseSettings"),
    (doors_are_kept, "tasks/pricing/explain.py", "import typer"),
    (nothing_is_deferred, "tasks/pricing/engine.py", "def price():\n    import decimal"),
    (nothing_is_deferred, "flows/cli.py", "def demo():\n    from tasks.ocr import task"),
    (nothing_is_deferred, "tasks/ocr/lot.py", "def f():\n    import pandas"),
    (environment_has_one_reader, "infra/pool.py", "import os\nhome = os.environ['HOME']"),
    (environment_has_one_reader, "infra/pool.py", "import os\nhome = os.getenv('HOME')"),
    (environment_has_one_reader, "infra/pool.py", "from os import environ"),
    (
        environment_has_one_reader,
        "infra/throwaway.py",
        "import os\npassword = os.environ.get('PGPASSWORD', '')",
    ),
    (clock_has_one_reader, "tasks/fraud/chunk.py", "import datetime as dt\nd = dt.date.today()"),
    (
        clock_has_one_reader,
        "tasks/payment/store.py",
        "import datetime as dt\nat = dt.datetime.now(tz=dt.UTC)",
    ),
    (clock_has_one_reader, "infra/pool.py", "import time\nstarted = time.time()"),
    (clock_has_one_reader, "infra/pool.py", "from time import time"),
    (dates_are_imported_whole, "models/audit.py", "from datetime import date"),
    (files_stay_short, "models/rows.py", "x = 1\n" * 501),
    (names_say_something, "tasks/pricing/utils.py", ""),
    (names_say_something, "infra/manager.py", ""),
    (flow_files_are_verb_noun, "flows/calendar.py", ""),
    (flow_files_are_verb_noun, "flows/models.py", ""),
    (flow_files_are_verb_noun, "flows/payments.py", ""),
)


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_file_that_breaks_a_rule_is_found(rule: Rule, path: str, text: str) -> None:
    assert list(rule(parse(path, text)))


KEPT: tuple[tuple[Rule, str, str], ...] = (
    (imports_run_downhill, "tasks/lot_run.py", "from infra.pool import WorkerPool"),
    (imports_run_downhill, "infra/audit.py", "from models.audit import AuditEvent"),
    (stages_do_not_know_one_another, "tasks/ocr/task.py", "from tasks.lot_run import run_stage"),
    (stages_do_not_know_one_another, "tasks/ocr/task.py", "from tasks.ocr.lot import read_lot"),
    (doors_are_kept, "tasks/pricing/lot.py", "from infra.database import Database"),
    (doors_are_kept, "tasks/pricing/engine.py", "import prefectural"),
    (nothing_is_deferred, "contracts/gate.py", "def check():\n    import pandas as pd"),
    (
        environment_has_one_reader,
        "infra/throwaway.py",
        "import os\npath = os.environ.get('PATH', '')",
    ),
    (clock_has_one_reader, "infra/pool.py", "import time\nstarted = time.monotonic()"),
    (files_stay_short, "models/rows.py", "x = 1\n" * 500),
    (flow_files_are_verb_noun, "flows/watch_inbox.py", ""),
    (flow_files_are_verb_noun, "flows/cli.py", ""),
)


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_a_file_that_keeps_a_rule_is_left_alone(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(parse(path, text)))


@pytest.mark.parametrize(
    ("path", "pattern", "is_met"),
    [
        ("tasks/ocr/task.py", "tasks/*/task.py", True),
        ("tasks/ocr/engines/task.py", "tasks/*/task.py", False),
        ("infra/simulation/paper/pen.py", "infra/simulation/**", True),
        ("infra/simulationXpaper.py", "infra/simulation/**", False),
        ("tasks/lot_run.py", "tasks/*.py", True),
        ("tasks/ocr/lot.py", "tasks/*.py", False),
    ],
)
def test_a_star_stops_at_a_slash(path: str, pattern: str, is_met: bool) -> None:
    assert is_one_of(path, (pattern,)) is is_met


def test_every_rule_is_broken_by_some_file() -> None:
    broken = {rule for rule, _, _ in BROKEN}
    assert broken == {*PRODUCT_RULES, *COMMON_RULES}

"""``tasfiya bench desk``: how fast the desk lists and opens, with tens of thousands waiting."""

import datetime as dt
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import cv2
import numpy as np
import typer

from flows.open_desk import desk_app, serving
from flows.show_result import AsJson, show
from infra.clock import now_text
from infra.database import Database
from infra.measure import PeakMemory, commit, machine
from infra.migrate import migrate
from infra.passwords import hash_password
from infra.settings import Settings
from infra.storage import FolderStorage
from infra.stores.desk_accounts import add_account, find_account
from infra.stores.desk_queue import plan_of
from infra.throwaway import start_postgresql
from models.desk import Account, QueueView, Role
from models.records.all_tables import table
from models.review_task import TASK_NAMES, open_task

DAY = dt.date(2026, 11, 20)
PASSWORD = "the bench's own password"
REQUESTS = 50
ROWS_AT_ONCE = 5_000
#: Decided dossiers lie in the same tables as the waiting ones.
DECIDED_PER_WAITING = 3
TASKS_SAMPLED = 1_000
#: Different pages, more than are kept in memory: each look decodes and encodes one.
SHEETS = 101
LINES, FIELDS = 4, 14
KINDS = ("reading", "finding", "fraud", "amount", "appeal")
CODES = ("CHAMP_DOUTEUX", "NOM_DISCORDANT", "F19", "F50 NOM_DISCORDANT", "MONTANT_A_CONFIRMER")
VIEWS: Mapping[str, QueueView] = {
    "age": QueueView(),
    "amount": QueueView(order="amount"),
    "reason": QueueView(order="reason"),
    "kind": QueueView(kind="fraud"),
    "one_code": QueueView(reason="F50"),
}
TABLES = (
    "dossier", "dossier_version", "extracted_dossier", "extracted_line", "field_evidence",
    "page_reading", "priced_dossier", "finding", "decision", "review_task",
)  # fmt: skip


def desk(
    waiting: Annotated[int, typer.Option(min=200, help="Tasks that wait.")] = 50_000,
    as_json: AsJson = False,
) -> None:
    """List, turn pages, open dossiers and look at pages over HTTP, on a PostgreSQL of our own."""
    with tempfile.TemporaryDirectory(prefix="tasfiya-bench-") as folder:
        server = start_postgresql()
        try:
            with PeakMemory(frozenset({server.process.pid})) as memory:
                database = Database(server.url)
                started = time.monotonic()
                ids = _fill(database, FolderStorage(Path(folder)), waiting)
                filled = time.monotonic() - started
                result = _measure(database, Path(folder), ids)
                database.close()
        finally:
            server.stop()
    show(
        {
            "machine": machine(),
            "commit": commit(),
            "waiting": waiting,
            "decided_besides": waiting * DECIDED_PER_WAITING,
            "requests": REQUESTS,
            "fill_seconds": round(filled, 1),
            **result,
            "peak_rss_mb": memory.peak_mb,
        },
        as_json,
    )


def _measure(database: Database, folder: Path, ids: Sequence[str]) -> dict[str, Any]:
    settings = Settings.model_validate({"home": folder, "DATABASE_URL": database.url})
    at = now_text()
    roles = frozenset({Role.PROCESSOR.value, Role.SUPERVISOR.value})
    account = Account("bench", "Bench", roles, hash_password(PASSWORD), "fr", True)
    add_account(database, account, "bench", at)
    app = desk_app(settings, database, FolderStorage(folder), today=lambda: DAY)
    paths: dict[str, Callable[[int], str]] = {
        f"list_{name}": _list_path(view) for name, view in VIEWS.items()
    }
    paths["item"] = lambda number: f"/item/{ids[number * 7 % len(ids)]}"
    paths["page_picture"] = lambda number: f"/item/{ids[number * 7 % len(ids)]}/page/1"
    paths["team"] = lambda _: "/team"
    with serving(app) as port:
        cookies = _signed_in(port)
        figures = {name: _timed(port, cookies, path) for name, path in paths.items()}
        figures["list_next_pages"] = _next_pages(port, cookies)
        figures["next_task"] = _timed(port, cookies, lambda _: "/next")
    return {"milliseconds": figures, "plans": _plans(database)}


def _list_path(view: QueueView) -> Callable[[int], str]:
    query = urlencode({"order": view.order, "kind": view.kind, "reason": view.reason})
    return lambda _: f"/queue?{query}"


def _ask(
    port: int, method: str, path: str, cookies: Mapping[str, str], body: str = ""
) -> tuple[int, bytes, Mapping[str, str]]:
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    line.request(method, path, body or None, headers)
    answer = line.getresponse()
    data = answer.read()
    found = dict(cookies)
    for value in answer.headers.get_all("set-cookie") or []:
        name, _, rest = value.partition("=")
        found[name] = rest.partition(";")[0]
    line.close()
    return answer.status, data, found


def _signed_in(port: int) -> Mapping[str, str]:
    _, data, cookies = _ask(port, "GET", "/sign-in", {})
    seal = data.decode().partition('name="seal" value="')[2].partition('"')[0]
    form = urlencode({"seal": seal, "login": "bench", "password": PASSWORD})
    status, _, cookies = _ask(port, "POST", "/sign-in", cookies, form)
    assert status == 303, "the bench could not sign in"
    return cookies


def _timed(port: int, cookies: Mapping[str, str], path: Callable[[int], str]) -> dict[str, float]:
    _ask(port, "GET", path(REQUESTS + 1), cookies)  # templates are compiled once, before
    times = []
    for number in range(REQUESTS):
        started = time.perf_counter()
        status, _, _ = _ask(port, "GET", path(number), cookies)
        times.append(time.perf_counter() - started)
        assert status in {200, 303}, f"{path(number)} answered {status}"
    return _quantiles(times)


def _next_pages(port: int, cookies: Mapping[str, str]) -> dict[str, float]:
    """One page after another from the first: the last must cost what the first did."""
    path, times = "/queue", []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        status, data, _ = _ask(port, "GET", path, cookies)
        times.append(time.perf_counter() - started)
        assert status == 200, f"{path} answered {status}"
        link = data.decode().partition('id="more" href="')[2].partition('"')[0]
        path = link.replace("&amp;", "&") or "/queue"
    return _quantiles(times)


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return {
        "p50": round(statistics.median(times) * 1_000, 1),
        "p95": round(cuts[18] * 1_000, 1),
        "most": round(max(times) * 1_000, 1),
    }


def _plans(database: Database) -> dict[str, list[str]]:
    """How PostgreSQL finds a page of each list, step by step."""
    plans: dict[str, list[str]] = {}
    with database.reading() as connection:
        account = find_account(connection, "bench")
        assert account is not None
        for name, view in VIEWS.items():
            plans[name] = plan_of(connection, view, account)
    return plans


def _fill(database: Database, storage: FolderStorage, waiting: int) -> list[str]:
    """Write waiting and decided dossiers; return the ids of some waiting tasks."""
    migrate(database)
    for number in range(SHEETS):
        storage.put(_sheet_key(number), _sheet(number))
    ids: list[str] = []
    total = waiting * (1 + DECIDED_PER_WAITING)
    for start in range(0, total, ROWS_AT_ONCE):
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for number in range(start, min(start + ROWS_AT_ONCE, total)):
            task_id = _add(rows, number, is_waiting=number < waiting)
            if number < waiting and number % max(1, waiting // TASKS_SAMPLED) == 0:
                ids.append(task_id)
        with database.transaction() as connection:
            for name in TABLES:
                database.insert_rows(connection, table(name), rows[name])
    with database.transaction() as connection:
        database.analyze(connection, TABLES)
    return ids


def _sheet_key(number: int) -> str:
    return f"pages/bench/1/{number % SHEETS}.jpg"


def _sheet(number: int) -> bytes:
    """A page of lines with a scanner's grain."""
    grain = np.random.default_rng(number).normal(242, 4, (2339, 1654))
    page = np.clip(grain, 0, 255).astype(np.uint8)
    for top in range(100, 2300, 45):
        cv2.putText(page, "0123456789 " * 6, (80, top), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 30, 2)
    _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return io.BytesIO(data.tobytes()).getvalue()


def _add(rows: dict[str, list[dict[str, Any]]], number: int, *, is_waiting: bool) -> str:
    key = f"D{number:016d}"
    scattered = number * 7_919 % 100_003
    amount = 5_000 + scattered * 13
    kind, codes = KINDS[scattered % 5], CODES[scattered % 5]
    opened = DAY - dt.timedelta(days=scattered % 12)
    base = {"dossier_id": key}
    content = {**base, "content_version": 1}
    version = {**base, "version": 1}
    rows["dossier"].append(
        {
            **base, "public_number": f"BENCH-{number:08d}", "scheme": "ma-amo-salaries",
            "currency": "MAD", "channel": "paper", "agency": f"AG-{scattered % 80:02d}",
            "region": "R-01", "version": 1, "stage": "review",
            "status": "in_review" if is_waiting else "paid", "lot_id": "2026-11-20/001",
            "deposit_date": opened, "receipt_date": opened, "scan_date": opened,
            "decision_date": None, "order_key": f"{number:08d}",
        }
    )  # fmt: skip
    rows["dossier_version"].append(
        {**version, "content_version": 1, "reason": "first", "opened_by": "machine",
         "opened_on": opened}
    )  # fmt: skip
    rows["priced_dossier"].append(
        {**version, "scheme": "ma-amo-salaries", "currency": "MAD", "tariff_version": "1",
         "engine_version": "1", "asked_minor": amount, "base_minor": amount, "due_minor": amount}
    )  # fmt: skip
    rows["decision"].append(
        {**version, "outcome": "review" if is_waiting else "accepted", "due_minor": amount,
         "currency": "MAD", "decided_by": "machine", "decided_on": opened,
         "reasons": json.dumps(codes.split())}
    )  # fmt: skip
    task = dict(
        zip(
            TASK_NAMES,
            open_task((key, 1), kind, codes.split(), opened, opened + dt.timedelta(7), amount),
            strict=True,
        )
    )
    if not is_waiting:
        task |= {"state": "answered", "decided_by": "bench", "answer": "accept"}
        task |= {"decided_at": f"{opened}T10:00:00.000000Z"}
    rows["review_task"].append(task)
    if is_waiting:
        _add_content(rows, content, version, opened, _sheet_key(scattered))
    return str(task["task_id"])


def _add_content(
    rows: dict[str, list[dict[str, Any]]],
    content: Mapping[str, Any],
    version: Mapping[str, Any],
    day: dt.date,
    image_key: str,
) -> None:
    empty = (
        "insured_cin", "beneficiary_number", "beneficiary_cin", "agreement_number", "ald_code",
        "diagnosis", "invoice_number", "invoice_ice", "establishment_inpe", "facts",
    )  # fmt: skip
    rows["extracted_dossier"].append(
        {
            **content, **dict.fromkeys(empty, ""), "scheme": "ma-amo-salaries", "currency": "MAD",
            "care_kind": "ambulatory", "request_kind": "reimbursement",
            "insured_number": "100000001", "insured_name": "Essai Premier", "relation": "self",
            "beneficiary_name": "Essai Premier", "beneficiary_birth_date": None,
            "beneficiary_sex": "M", "prescriber_inpe": "", "provider_inpe": "200000001",
            "prescription_date": None, "is_continuous_care": False, "admission_date": None,
            "discharge_date": None, "pieces": "[]", "care_start": day, "care_end": day,
            "total_minor": 8_000 * LINES,
        }
    )  # fmt: skip
    for line_no in range(1, LINES + 1):
        rows["extracted_line"].append(
            {
                **content, "line_no": line_no, "kind": "letter", "code": "", "letter": "C",
                "coefficient": "1", "ean": "", "label": "", "care_date": day, "quantity": 1,
                "unit_amount_minor": 8_000, "amount_minor": 8_000, "tooth": "", "facts": "",
            }
        )  # fmt: skip
    names = ["insured_number", "insured_name", "deposit_date", "total_minor", "provider_inpe"]
    names += [f"lines[{no}].{what}" for no in range(1, LINES + 1)
              for what in ("amount_minor", "care_date", "letter")]  # fmt: skip
    for place, name in enumerate(names[:FIELDS]):
        rows["field_evidence"].append(
            {
                **content, "field": name, "page_no": 1, "box_left": 600,
                "box_top": 200 + 60 * place,
                "box_width": 300, "box_height": 50, "reading": "80,00", "second_reading": "80,O0",
                "value": "8000", "error_probability": 0.1, "is_doubtful": place < 2,
                "source": "tesseract",
            }
        )  # fmt: skip
    rows["page_reading"].append(
        {
            **content, "page_no": 1, "sha256": "a" * 64, "pixel_sha256": "b" * 64, "width": 1654,
            "height": 2339, "dpi": 200, "form_id": "", "inliers": 0, "word_count": 100,
            "skew_degrees": 0.0, "sharpness": 90.0, "is_text_layer": False,
            "words_key": "pages/bench/1/1.json", "image_key": image_key, "problem": "",
        }
    )  # fmt: skip
    rows["finding"].append(
        {**version, "stage": "validation", "sequence": 1, "code": "NOM_DISCORDANT",
         "effect": "review", "line_no": 0, "params": "{}"}
    )  # fmt: skip

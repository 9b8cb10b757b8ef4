"""A desk on a database of one's own: accounts, a clock set by hand, paper that can be seen."""

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from argon2 import PasswordHasher
from PIL import Image, ImageDraw, ImageFont
from starlette.applications import Starlette

from flows.open_desk import desk_app, desk_doors
from flows.open_desk import serving as open_desk_server
from infra.clock import later
from infra.database import Database
from infra.migrate import migrate
from infra.settings import Settings
from infra.storage import FolderStorage, Storage
from infra.stores.desk_accounts import add_account
from models.desk import Account
from models.records.all_tables import table
from tests.builders import a_dossier, a_line
from tests.stages.review.desk_rows import DAY, a_waiting_dossier

PASSWORD = "a long enough password"
AT = "2026-11-20T09:00:00.000000Z"
#: Where the fields stand on the drawn page: field → (text on paper, left, top, width, height).
PLACES: Mapping[str, tuple[str, int, int, int, int]] = {
    "insured_number": ("100000001", 620, 330, 330, 50),
    "insured_name": ("ESSAI PREMIER", 620, 420, 420, 50),
    "deposit_date": ("18/11/2026", 620, 510, 280, 50),
    "lines[1].amount_minor": ("80,00", 1240, 830, 160, 50),
    "lines[2].amount_minor": ("45,50", 1240, 920, 160, 50),
    "total_minor": ("125,50", 1240, 1100, 180, 50),
}


class Moment:
    """A clock that stands until it is moved on."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> str:
        return self.at

    def pass_by(self, seconds: int) -> None:
        self.at = later(self.at, seconds)


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that can be asked, with what stands behind it."""

    app: Starlette
    database: Database
    storage: Storage
    clock: Moment
    doors: Any = None


def open_desk(database: Database, folder: Path, **settings: Any) -> Desk:
    storage = FolderStorage(folder / "objects")
    clock = Moment()
    made = Settings.model_validate({"home": folder, "desk_names": "127.0.0.1", **settings})
    app = desk_app(made, database, storage, clock=clock, today=lambda: DAY)
    doors = desk_doors(made, database, storage, clock=clock, today=lambda: DAY)
    return Desk(app, database, storage, clock, doors)


@contextmanager
def desk_on_sqlite(folder: Path, **settings: Any) -> Iterator[Desk]:
    """A desk for what is decided before, or whatever, a database is asked."""
    database = Database(f"sqlite:///{folder / 'desk.db'}")
    migrate(database)
    yield open_desk(database, folder, **settings)
    database.close()


@cache
def password_hash() -> str:
    """A hash of the same kind that is quick to compare: how long one takes stands in itself."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def account(
    database: Database, login: str, *roles: str, language: str = "fr", hashed: str = ""
) -> None:
    kept = hashed or password_hash()
    made = Account(login, login.title(), frozenset(roles), kept, language, True)
    add_account(database, made, "test", AT)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the desk answered."""

    status: int
    text: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def where(self) -> str:
        """Where the browser is sent."""
        return self.headers.get("location", "")


class Browser:
    """A browser without scripts, at an address of loopback of its own."""

    def __init__(self, url: str, address: str = "127.0.0.1") -> None:
        self.host, self.port = url.removeprefix("http://").split(":")
        self.address = address
        self.cookies: dict[str, str] = {}
        self.headers: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def send(self, path: str, **form: str) -> Answer:
        """Send a form as it stands, without its token."""
        body = urlencode({name.replace("__", ":", 1): value for name, value in form.items()})
        return self.ask("POST", path, body, "application/x-www-form-urlencoded")

    def post(self, path: str, **form: str) -> Answer:
        """Send a form with the token of a page of this session."""
        return self.send(path, csrf=self.csrf(), **form)

    def csrf(self) -> str:
        for path in ("/status", "/accounts"):
            page = self.get(path)
            if page.status == 200:
                return page.text.partition('name="csrf" content="')[2].partition('"')[0]
        return ""

    def sign_in(self, login: str, password: str = PASSWORD) -> Answer:
        seal = self.get("/sign-in").text.partition('name="seal" value="')[2].partition('"')[0]
        return self.send("/sign-in", seal=seal, login=login, password=password)

    def ask(self, method: str, path: str, body: str = "", media_type: str = "") -> Answer:
        source = (self.address, 0)
        line = HTTPConnection(self.host, int(self.port), timeout=30, source_address=source)
        headers = dict(self.headers)
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if media_type:
            headers["content-type"] = media_type
        line.request(method, path, body or None, headers)
        answer = line.getresponse()
        data = answer.read()
        for value in answer.headers.get_all("set-cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        line.close()
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, data.decode(errors="replace"), data, found)


def a_page() -> bytes:
    """A drawn sheet with the fields where their boxes are."""
    picture = Image.new("L", (1654, 2339), 250)
    draw = ImageDraw.Draw(picture)
    large, plain = ImageFont.load_default(52), ImageFont.load_default(34)
    draw.text((420, 120), "FEUILLE DE SOINS · FAC-SIMILE", fill=30, font=large)
    draw.rectangle((120, 280, 1530, 600), outline=90, width=3)
    draw.rectangle((120, 760, 1530, 1200), outline=90, width=3)
    for name, (text, left, top, _, _) in PLACES.items():
        draw.text((160, top), name.replace("_", " "), fill=120, font=plain)
        draw.text((left, top), text, fill=20, font=plain)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()


def a_paper_dossier(desk: Desk, number: int = 1, *, read: str = "45,50", **changes: Any) -> str:
    """A dossier read from paper, its second amount and its total in doubt; return its task."""
    lines = (
        a_line(line_no=1),
        a_line(line_no=2, letter="V", amount_minor=4550, unit_amount_minor=4550),
    )
    content = a_dossier(lines=lines, total_minor=12550, **changes.pop("content", {}))
    task_id = a_waiting_dossier(
        desk.database, number, dossier=replace(content, channel="paper"), kind="reading",
        reasons="CHAMP_DOUTEUX", stage="extraction", findings=(), due_minor=0,
        due_on=dt.date(2026, 11, 27), **changes,
    )  # fmt: skip
    key = f"D{number:04d}"
    image_key = f"pages/{key.lower()}/1/1.jpg"
    desk.storage.put(image_key, a_page())
    page = {
        "dossier_id": key, "content_version": 1, "page_no": 1, "sha256": "a" * 64,
        "pixel_sha256": "b" * 64, "width": 1654, "height": 2339, "dpi": 200, "form_id": "",
        "inliers": 0, "word_count": 20, "skew_degrees": 0.0, "sharpness": 90.0,
        "is_text_layer": False, "words_key": "pages/x.json", "image_key": image_key, "problem": "",
    }  # fmt: skip
    evidence = []
    for name, (text, left, top, width, height) in PLACES.items():
        is_doubtful = name in {"lines[2].amount_minor", "total_minor"}
        value = {"lines[2].amount_minor": "4550", "total_minor": "12550"}.get(name, text)
        evidence.append(
            {
                "dossier_id": key, "content_version": 1, "field": name, "page_no": 1,
                "box_left": left - 10, "box_top": top - 5, "box_width": width,
                "box_height": height, "reading": read if is_doubtful else text,
                "second_reading": text, "value": value,
                "error_probability": 0.2 if is_doubtful else 0.001, "is_doubtful": is_doubtful,
                "source": "tesseract",
            }
        )  # fmt: skip
    with desk.database.transaction() as connection:
        desk.database.insert_rows(connection, table("page_reading"), [page])
        desk.database.insert_rows(connection, table("field_evidence"), evidence)
        dossier = table("dossier")
        connection.execute(
            dossier.update().where(dossier.c.dossier_id == key).values(channel="paper")
        )
    return task_id


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """The desk on a free port of loopback, for a real browser."""
    with open_desk_server(desk.app) as port:
        yield f"http://127.0.0.1:{port}"

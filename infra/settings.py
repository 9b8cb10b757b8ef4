"""The one reader of the environment: every setting with its default and its reason."""

import datetime as dt
import os
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings from the environment (``TASFIYA_…``, ``DATABASE_URL``, ``STORAGE_URL``).

    Built once at a command's or a flow's start and passed down; nobody else reads the environment.
    """

    model_config = SettingsConfigDict(env_prefix="TASFIYA_", extra="ignore")

    environment: Literal["development", "demo", "production"] = "development"
    home: Path = ROOT / "var"
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    storage_url: str = Field(default="", validation_alias="STORAGE_URL")
    #: Another endpoint than the cloud's, for an S3 server of one's own.
    s3_endpoint_url: str = ""
    schemes_dir: Path = ROOT / "tasks" / "pricing" / "schemes"
    #: Tables imported from official lists; in the home folder unless another is named.
    tariffs_dir: Path | None = None
    forms_dir: Path = ROOT / "tasks" / "extraction" / "forms"
    contracts_dir: Path = ROOT / "contracts"
    bank_profile: str = "demo-ma"
    time_zone: str = "Africa/Casablanca"
    inbox: str = ""

    # Lots: a flow run costs a second or more, a contract gate a part of one (decision 0008).
    lot_size_electronic: int = Field(default=10_000, ge=1, le=110_000)
    lot_size_paper: int = Field(default=40, ge=1, le=1_000)
    chunk_size: int = Field(default=500, ge=1, le=5_000)
    chunk_size_paper: int = Field(default=2, ge=1, le=100)
    workers: int = Field(default=0, ge=0, le=256)

    # Reading: tesserocr in the worker where it is installed, else the program tesseract.
    ocr_engine: Literal["auto", "tesseract", "tesserocr"] = "auto"
    tessdata_dir: Path = Path("/usr/share/tesseract-ocr/5/tessdata")
    second_reader: Literal["all", "calibrated"] = "calibrated"

    # Limits of what is accepted from outside.
    file_bytes_max: int = Field(default=200_000_000, ge=1)
    document_bytes_max: int = Field(default=50_000_000, ge=1)
    pages_max: int = Field(default=60, ge=1)
    batch_pages_max: int = Field(default=300, ge=1)
    page_pixels_max: int = Field(default=40_000_000, ge=1)
    json_depth_max: int = Field(default=50, ge=1)
    lines_max: int = Field(default=500, ge=1)
    records_per_file_max: int = Field(default=200_000, ge=1)
    decode_seconds_max: int = Field(default=20, ge=1)
    decode_memory_bytes_max: int = Field(default=1_500_000_000, ge=100_000_000)
    decodes_per_child_max: int = Field(default=200, ge=1)

    # Deciding and paying.
    four_eyes_above_minor: int = Field(default=1_000_000, ge=0)
    review_days_max: int = Field(default=5, ge=1)
    approval_timeout_seconds: int = Field(default=3_600 * 8, ge=1)

    # The random audit of accepted readings; without the key nobody can tell what will be drawn.
    audit_share: float = Field(default=0.01, ge=0, le=1)
    audit_key: str = "tasfiya"

    # The desk page. It answers on loopback; a proxy with HTTPS stands before it in production.
    desk_host: str = "127.0.0.1"
    desk_port: int = Field(default=4280, ge=0, le=65_535)
    desk_names: str = "127.0.0.1 localhost"
    desk_is_https: bool = False
    desk_idle_seconds: int = Field(default=900, ge=10, le=86_400)
    desk_session_seconds: int = Field(default=36_000, ge=60, le=86_400)
    desk_lease_seconds: int = Field(default=600, ge=10, le=86_400)
    desk_proxy_header: str = ""
    desk_proxy_addresses: str = ""

    def worker_count(self) -> int:
        """Pool children: the setting, or one for each core this process may use."""
        return self.workers or len(os.sched_getaffinity(0))

    def business_day(self) -> dt.date:
        """The day that work of the present moment belongs to, in the payer's time zone."""
        return dt.datetime.now(tz=ZoneInfo(self.time_zone)).date()

    def database(self) -> str:
        """The database's URL; SQLite in the home folder unless another is named."""
        return self.database_url or f"sqlite:///{self.home / 'tasfiya.db'}"

    def storage(self) -> str:
        """The object store's URL; a folder in the home folder unless another is named."""
        return self.storage_url or (self.home / "objects").as_uri()

    def imported_tariffs(self) -> Path:
        """The folder of the tables imported from official lists; it need not exist."""
        return self.tariffs_dir or self.home / "tariffs"

    def check(self) -> None:
        """Refuse settings that would be unsafe in production.

        Raises:
            SettingsError: names the setting and what to put there.
        """
        if self.environment == "production" and self.database().startswith("sqlite"):
            raise SettingsError(
                "TASFIYA_ENVIRONMENT=production with SQLite; set DATABASE_URL to PostgreSQL"
            )
        if self.environment == "production" and self.bank_profile.startswith("demo"):
            raise SettingsError(
                "TASFIYA_ENVIRONMENT=production with the demo's bank; name your bank's profile in "
                "TASFIYA_BANK_PROFILE"
            )

    def check_desk(self) -> None:
        """Refuse a desk that would show dossiers, or believe who somebody is, on an open line.

        Raises:
            SettingsError: names the setting and what to put there.
        """
        is_loopback = self.desk_host in {"127.0.0.1", "::1", "localhost"}
        if not self.desk_is_https and (self.environment == "production" or not is_loopback):
            raise SettingsError(
                "the desk needs HTTPS in production and on any address but loopback; put a proxy "
                "in front of it and set TASFIYA_DESK_IS_HTTPS=true"
            )
        if bool(self.desk_proxy_header) != bool(self.desk_proxy_addresses):
            raise SettingsError(
                "TASFIYA_DESK_PROXY_HEADER and TASFIYA_DESK_PROXY_ADDRESSES go together: a "
                "header is believed from those addresses alone"
            )


def child_environment(**changes: str) -> dict[str, str]:
    """The environment for a child process, with some variables changed."""
    return {**os.environ, **changes}


def change_environment(**changes: str) -> None:
    """Change this process's own environment, before settings are read from it."""
    os.environ.update(changes)


def has_variable(name: str) -> bool:
    """Whether the environment names something."""
    return bool(os.environ.get(name))


def quiet_telemetry() -> None:
    """Switch off telemetry and noise of the libraries; called first by every entry point."""
    for name, value in {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The stages' own log lines stand in the Prefect UI; the terminal shows warnings.
        "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,tasks,contracts,infra",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
        # One thread for each tesseract: four of them on two cores are three times slower.
        "OMP_THREAD_LIMIT": "1",
    }.items():
        os.environ.setdefault(name, value)

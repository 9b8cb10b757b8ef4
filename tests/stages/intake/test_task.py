"""The settings and sources around receiving; the flow engine itself is tested with the flows."""

import datetime as dt
import json
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra.database import Database
from infra.migrate import migrate
from infra.settings import Settings
from infra.storage import FolderStorage
from models.errors import CatalogueError, UsageError
from tasks.intake.limits import Limits
from tasks.intake.report import IntakeReport
from tasks.receiving import limits_of, read_schemes, receive_all

DAY = dt.date(2026, 11, 20)
RECORD = {
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "lines": [],
    "total_minor": 0,
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "schemes" / "one"
    folder.mkdir(parents=True)
    (folder / "scheme.yaml").write_text("id: ma-amo-salaries\ncurrency: MAD\n")
    return Settings(home=tmp_path, schemes_dir=tmp_path / "schemes", workers=1)


def receive(settings: Settings, source: str) -> IntakeReport:
    database = Database(settings.database())
    migrate(database)
    try:
        storage = FolderStorage(settings.home / "objects")
        return receive_all(database, storage, settings, source, DAY)
    finally:
        database.close()


def test_every_limit_is_a_setting() -> None:
    values = Settings(
        file_bytes_max=1,
        document_bytes_max=2,
        pages_max=3,
        page_pixels_max=4,
        json_depth_max=5,
        lines_max=6,
        records_per_file_max=7,
        decode_seconds_max=8,
        decode_memory_bytes_max=100_000_009,
        decodes_per_child_max=10,
        batch_pages_max=11,
    )
    assert limits_of(values) == Limits(1, 2, 3, 4, 5, 6, 7, 8, 100_000_009, 10, 11)


def test_the_limits_of_tests_and_the_settings_say_the_same() -> None:
    assert limits_of(Settings()) == Limits()


def test_the_schemes_are_read_with_their_currencies(settings: Settings) -> None:
    assert read_schemes(settings.schemes_dir) == {"ma-amo-salaries": "MAD"}


@pytest.mark.parametrize("text", ["id: x\n", "- x\n", ""])
def test_a_scheme_without_id_or_currency_stops_intake(settings: Settings, text: str) -> None:
    (settings.schemes_dir / "one" / "scheme.yaml").write_text(text)
    with pytest.raises(CatalogueError, match="id and currency"):
        read_schemes(settings.schemes_dir)


def test_no_scheme_at_all_stops_intake(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no scheme\.yaml"):
        read_schemes(tmp_path)


def test_a_folder_is_received_file_by_file(settings: Settings, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "good.json").write_text(json.dumps(RECORD))
    (inbox / "again.txt").write_text(json.dumps(RECORD))
    (inbox / "empty.pdf").write_bytes(b"")
    report = receive(settings, str(inbox))
    assert report.files == 3
    assert report.codes == {"IN_ACCEPTED": 1, "DOUBLON_FICHIER": 1, "IN_EMPTY": 1}
    assert len(report.dossier_ids) == 1
    assert len(report.acknowledgement_keys) == 3


def test_an_s3_prefix_is_received_object_by_object(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="inbox")
        client.put_object(Bucket="inbox", Key="day/é one.json", Body=json.dumps(RECORD).encode())
        client.put_object(Bucket="inbox", Key="other/two.json", Body=b"{}")
        report = receive(settings, "s3://inbox/day/")
    assert report.codes == {"IN_ACCEPTED": 1}


def test_a_source_that_is_not_there_is_a_wrong_call(settings: Settings) -> None:
    with pytest.raises(UsageError, match="inbox is not there"):
        receive(settings, "/nowhere/at/all")

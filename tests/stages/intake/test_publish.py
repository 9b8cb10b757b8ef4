from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tasks.intake.publish import FILE_NAME, dossier_schema, schema_text

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "schema" / FILE_NAME
RECORD: dict[str, Any] = {
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "lines": [{"letter": "C", "coefficient": 1, "date": "2026-11-02", "amount_minor": 8000}],
    "total_minor": 8000,
}


def is_valid(**changes: Any) -> bool:
    checker = jsonschema.Draft202012Validator(dossier_schema())
    return bool(checker.is_valid(RECORD | changes))


def test_the_published_schema_is_the_models_own() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_sound_one_and_takes_a_dossier() -> None:
    jsonschema.Draft202012Validator.check_schema(dossier_schema())
    assert is_valid()


@pytest.mark.parametrize(
    "changes", [{"total_minor": "8000"}, {"total_minor": -1}, {"rib": "x"}, {"lines": {}}]
)
def test_the_schema_refuses_what_intake_refuses(changes: dict[str, Any]) -> None:
    assert not is_valid(**changes)

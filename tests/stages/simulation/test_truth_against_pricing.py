"""Two computations that share no code and no figures must owe the same centimes."""

import datetime as dt
import json
from pathlib import Path

from infra.simulation.day import simulate
from models.outcome import PricingInput
from tasks.extraction.electronic import DossierHead, dossier_of_record
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tests.builders import a_validated

ROOT = Path(__file__).parents[3]
DAY = dt.date(2026, 11, 20)
#: Their second dossier depends on what the first one used of the two years' ceiling.
WITH_HISTORY = {"crown_on_crown", "sound_ceiling_over_days"}


def test_the_truth_and_the_pricing_stage_owe_the_same_on_every_dossier(tmp_path):
    drugs = ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"
    simulate(tmp_path, seed=3, day=DAY, electronic=600, drugs_csv=drugs)
    catalogue = load_catalogue(ROOT / "tasks" / "pricing" / "schemes")
    sectors = _sectors(tmp_path)
    compared = 0
    for row in _rows(tmp_path / "truth" / "2026-11-20.jsonl"):
        if row["answer"] != "accepted" or row["fault"] in WITH_HISTORY:
            continue
        fields = row["expected_fields"]
        dossier = dossier_of_record(json.dumps(fields), _head(row))
        sector = sectors.get(fields["provider_id"], "private")
        validated = a_validated(provider_sector=sector, ald_code=fields.get("ald_code", ""))
        priced = price(PricingInput(dossier, validated, ()), catalogue)
        is_unknown = any(line.tariff_minor is None for line in priced.lines)
        assert row["priced_minor"] == (None if is_unknown else priced.due_minor)
        compared += 1
    assert compared > 500


def test_the_truth_and_the_pricing_stage_owe_the_same_on_paper_of_every_form(tmp_path):
    drugs = ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"
    simulate(tmp_path, seed=3, day=DAY, electronic=0, fault_rate=0, drugs_csv=drugs, paper=48)
    catalogue = load_catalogue(ROOT / "tasks" / "pricing" / "schemes")
    sectors = _sectors(tmp_path)
    schemes = set()
    for row in _rows(tmp_path / "paper" / "drafts.jsonl"):
        fields = row["dossier"]
        dossier = dossier_of_record(json.dumps(fields), _head(row["truth"]))
        validated = a_validated(
            provider_sector=sectors[fields["provider_id"]], ald_code=fields.get("ald_code", "")
        )
        priced = price(PricingInput(dossier, validated, ()), catalogue)
        assert row["truth"]["priced_minor"] == priced.due_minor
        schemes.add(fields["scheme"])
    assert schemes == {"ma-amo-salaries", "ma-cnops"}


def _rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _sectors(out):
    providers = _rows(out / "registers" / "provider.jsonl")
    return {row["values"]["inpe"]: row["values"]["sector"] for row in providers}


def _head(row):
    return DossierHead(
        dossier_id="D1",
        version=row["version"],
        content_version=1,
        public_number=row["public_number"],
        scheme="ma-amo-salaries",
        currency="MAD",
        channel=row["channel"],
        agency="",
        region="",
        deposit_date=DAY,
        receipt_date=DAY,
    )

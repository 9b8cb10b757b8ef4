import collections
import datetime as dt
import hashlib
import json
import re
from pathlib import Path

import pytest

from infra.simulation.canaries import FAMILY_NAME
from infra.simulation.day import planned_cases, simulate, working_day
from infra.simulation.faults import all_faults
from infra.simulation.faults.fraud import CARRIED_BY_PAPER
from infra.simulation.paper.dossier import paper_from_electronic
from infra.simulation.population import PROVIDERS_MIN, ROLES
from infra.simulation.registers_out import REGISTERS
from models.electronic import ElectronicDossier
from models.records.all_tables import table

DAY = dt.date(2026, 11, 20)
DRUGS = Path(__file__).parents[3] / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"
COUNT = 600
PERIODS = {"row_id", "valid_from", "valid_to", "known_from", "known_to"}

#: Every code the stages are asked to find in an electronic dossier, by the stage that finds it.
VALIDATION_CODES = {
    "IDENTITE_INCONNUE", "BENEFICIAIRE_INCONNU", "NOM_DISCORDANT", "DROITS_FERMES",
    "DROITS_SUSPENDUS", "AUTRE_REGIME", "AYANT_DROIT_AGE", "FORCLUSION", "PIECE_MANQUANTE",
    "ORDONNANCE", "CODE_BARRES", "FACTURE_IF_ICE", "INPE", "PRESTATAIRE_INCONNU",
    "PRESTATAIRE_INACTIF", "DATES_INCOHERENTES", "TOTAL_INCOHERENT", "LIGNE_INCOHERENTE",
    "EAN_INVALIDE", "ACTE_INCONNU", "MEDICAMENT_INCONNU", "ENTENTE_PREALABLE", "ENTENTE_DEMANDE",
}  # fmt: skip
FRAUD_RULES = {"F01", "F12", "F13", "F14", "F19", "F23", "F26", "F34", "F49", "F50"}
PAYMENT_RULES = {"F11", "F16", "F50"}
INTAKE_CODES = {
    "IN_JSON_SYNTAX", "IN_JSON_DUPLICATE_KEY", "IN_EMPTY", "IN_SCHEME", "IN_SCHEMA", "IN_NO_PRIOR",
    "DOUBLON_FICHIER", "DOUBLON_NUMERO",
}  # fmt: skip


def run(out, seed=11, count=COUNT, **options):
    return simulate(out, seed=seed, day=DAY, electronic=count, drugs_csv=DRUGS, **options)


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def digest_of(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated")
    return out, run(out, lines_per_file=100)


@pytest.fixture(scope="module")
def truth(simulated):
    out, _ = simulated
    return {day: lines_of(out / "truth" / f"{day}.jsonl") for day in ("2026-11-19", "2026-11-20")}


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        run(tmp_path / name, seed=seed, count=150)
    assert digest_of(tmp_path / "a") == digest_of(tmp_path / "b")
    assert digest_of(tmp_path / "a") != digest_of(tmp_path / "c")


def test_a_day_larger_than_its_planted_cases_has_about_the_wanted_submissions(tmp_path):
    summary = run(tmp_path, count=2_000)
    assert 2_000 <= summary.submissions["day"] <= 2_012
    assert summary.submissions["eve"] == 100


def test_every_planted_kind_occurs(simulated):
    _, summary = simulated
    assert {fault.name for fault in all_faults()} <= set(summary.faults)


def test_the_faults_cover_every_code_an_electronic_dossier_can_carry():
    planted = {code for fault in all_faults() for code in fault.expected.codes}
    assert planted == VALIDATION_CODES | {"TARIF_INCONNU"} | FRAUD_RULES
    at_payment = {code for fault in all_faults() for code in fault.expected.payment_codes}
    assert at_payment == PAYMENT_RULES
    answers = {fault.expected.answer_code for fault in all_faults()}
    assert answers == INTAKE_CODES | {""}
    assert CARRIED_BY_PAPER == ("F04",)


def test_fault_names_are_unique_and_scale_with_the_day():
    names = [fault.name for fault in all_faults()]
    assert len(names) == len(set(names))
    counts = collections.Counter(case.name for case in planned_cases(100_000, 0.12))
    assert counts["late_deposit"] > 300
    assert counts["empty_file"] == 1
    assert set(counts) == set(names)


def test_every_accepted_native_record_fits_the_published_form(simulated, truth):
    out, _ = simulated
    checked = 0
    for day, rows in truth.items():
        for row in rows:
            if row["answer"] == "refused" or row["channel"] != "electronic":
                continue
            lines = (out / "inbox" / day / row["file"]).read_bytes().split(b"\n")
            text = lines[row["part"] - 1]
            dossier = ElectronicDossier.model_validate_json(text, strict=True)
            assert dossier.public_number == row["public_number"]
            checked += 1
    assert checked > 500


def test_a_truth_row_names_the_hash_of_its_file(simulated, truth):
    out, _ = simulated
    for day, rows in truth.items():
        for row in rows[::7]:
            data = (out / "inbox" / day / row["file"]).read_bytes()
            assert row["sha256"] == hashlib.sha256(data).hexdigest()


def test_every_file_of_the_inbox_has_truth_rows(simulated, truth):
    out, _ = simulated
    for day, rows in truth.items():
        files = {path.name for path in (out / "inbox" / day).iterdir()}
        assert files == {row["file"] for row in rows}


def test_clean_dossiers_expect_no_code_and_know_what_is_owed(truth):
    clean = [row for rows in truth.values() for row in rows if row["is_clean"]]
    assert len(clean) > COUNT // 2
    for row in clean:
        assert (row["codes"], row["allowed_codes"], row["payment_codes"]) == ([], [], [])
        assert row["outcome"] == "accepted"
        assert row["due_minor"] == row["priced_minor"]
        assert 0 <= row["due_minor"] <= row["asked_minor"]


def test_clean_dossiers_hold_together(truth):
    for row in (row for rows in truth.values() for row in rows if row["is_clean"]):
        fields = row["expected_fields"]
        deposit = fields["deposit_date"]
        assert fields["total_minor"] == sum(line["amount_minor"] for line in fields["lines"])
        for line in fields["lines"]:
            assert line["unit_amount_minor"] * line["quantity"] == line["amount_minor"]
            assert line["date"] < deposit
        acts = [(line.get("ean"), line.get("code"), line.get("letter"), line.get("coefficient"),
                 line["date"], line.get("tooth")) for line in fields["lines"]]  # fmt: skip
        assert len(acts) == len(set(acts))


def test_no_clean_provider_has_a_long_day(truth):
    minutes = {"C": 15, "Cs": 20, "CNPSY": 40, "CsC": 30, "AMM": 30}
    loads = collections.Counter()
    for row in (row for rows in truth.values() for row in rows if row["is_clean"]):
        fields = row["expected_fields"]
        for line in fields["lines"]:
            taken = minutes.get(line.get("letter", ""), 0) * line["quantity"]
            loads[fields["provider_id"], line["date"]] += taken
    assert max(loads.values()) <= 600


def test_nobody_has_other_clean_care_beside_a_stay(truth):
    kinds = collections.defaultdict(list)
    for row in (row for rows in truth.values() for row in rows if row["is_clean"]):
        fields = row["expected_fields"]
        person = fields["beneficiary_id"] or fields["insured_id"]
        kinds[person].append(fields["kind_of_care"])
    assert any("hospital" in found for found in kinds.values())
    assert all(found == ["hospital"] for found in kinds.values() if "hospital" in found)


def test_register_rows_have_the_columns_of_the_tables(simulated):
    out, summary = simulated
    assert set(REGISTERS) == {path.stem for path in (out / "registers").iterdir()}
    for register in REGISTERS:
        rows = lines_of(out / "registers" / f"{register}.jsonl")
        assert len(rows) == summary.register_rows[register]
        columns = {column.name for column in table(f"register_{register}").columns} - PERIODS
        for row in rows[:50]:
            assert set(row["values"]) == columns
            assert row["op"] == "assert"
    assert not lines_of(out / "registers" / "alias.jsonl")


def test_registers_hold_what_was_known_on_the_eve(simulated):
    out, _ = simulated
    for register in REGISTERS:
        for row in lines_of(out / "registers" / f"{register}.jsonl"):
            assert row["known_from"] <= "2026-11-19"


def test_deltas_change_rights_accounts_providers_and_persons(simulated):
    out, summary = simulated
    assert summary.delta_files == ("2026-11-20.jsonl", "2026-11-23.jsonl")
    kinds = {
        name: {(row["register"], row["op"]) for row in lines_of(out / "deltas" / name)}
        for name in summary.delta_files
    }
    retracted = {("contribution", "retract"), ("affiliation", "retract"), ("account", "retract")}
    assert retracted | {("provider", "retract")} <= kinds["2026-11-20.jsonl"]
    later = {("alias", "merge"), ("person", "assert"), ("affiliation", "retract")}
    assert later <= kinds["2026-11-23.jsonl"]


def test_what_a_delta_retracts_stands_in_the_registers(simulated):
    out, summary = simulated
    known = {
        json.dumps([row["register"], row["valid_from"], row["values"]], sort_keys=True)
        for register in REGISTERS
        for row in lines_of(out / "registers" / f"{register}.jsonl")
    }
    retracted = [
        row
        for name in summary.delta_files
        for row in lines_of(out / "deltas" / name)
        if row["op"] == "retract"
    ]
    assert retracted
    for row in retracted:
        key = json.dumps([row["register"], row["valid_from"], row["values"]], sort_keys=True)
        assert key in known


def test_a_completed_dossier_was_returned_on_the_eve_under_the_same_number(truth):
    eve = {row["public_number"]: row for row in truth["2026-11-19"]}
    completed = [row for row in truth["2026-11-20"] if row["fault"] == "completed"]
    assert completed
    for row in completed:
        before = eve[row["public_number"]]
        assert (before["outcome"], before["version"], before["due_minor"]) == ("returned", 1, 0)
        assert (row["outcome"], row["version"]) == ("accepted", 2)
        assert row["expected_fields"]["kind_of_submission"] == "complement"


def test_a_suspended_dossier_says_what_it_is_owed_after_the_delta(truth):
    for name in ("arrears_paid_later", "declared_later"):
        rows = [row for row in truth["2026-11-19"] if row["fault"] == name]
        assert rows
        for row in rows:
            assert (row["codes"], row["due_minor"]) == (["DROITS_SUSPENDUS"], 0)
            assert row["after_delta"]["delta"] == "2026-11-20"
            assert row["after_delta"]["due_minor"] == row["priced_minor"] > 0


def test_a_second_costly_crown_is_owed_what_the_ceiling_leaves(truth):
    rows = [row for row in truth["2026-11-20"] if row["fault"] == "sound_ceiling_over_days"]
    assert rows
    assert {row["due_minor"] for row in rows} == {52_500}


def test_without_an_account_a_dossier_is_accepted_and_waits(truth):
    rows = [row for row in truth["2026-11-20"] if row["fault"] == "without_account"]
    assert rows
    assert {(row["outcome"], row["waits"]) for row in rows} == {("accepted", "no_account")}


def test_no_dossier_carries_a_bank_account_but_the_one_that_is_refused_for_it(simulated, truth):
    out, _ = simulated
    ribs = {row["values"]["rib"] for row in lines_of(out / "registers" / "account.jsonl")}
    texts = "".join(json.dumps(row["expected_fields"]) for rows in truth.values() for row in rows)
    assert ribs.isdisjoint(re.findall(r"\d{24}", texts))


def test_canaries_stand_in_registers_and_inbox_and_in_their_list(simulated):
    out, _ = simulated
    canaries = json.loads((out / "truth" / "canaries.json").read_text(encoding="utf-8"))
    inbox = "".join(
        path.read_text(encoding="utf-8") for path in (out / "inbox" / "2026-11-20").iterdir()
    )
    registers = "".join(path.read_text(encoding="utf-8") for path in (out / "registers").iterdir())
    assert FAMILY_NAME in canaries
    assert all(word in inbox or word in registers or word.istitle() for word in canaries)


def test_the_working_day_before_a_monday_is_a_friday():
    assert working_day(dt.date(2026, 11, 23), -1) == DAY
    assert working_day(DAY, 1) == dt.date(2026, 11, 23)


def test_small_days_spread_over_several_providers_of_each_role(simulated):
    _, summary = simulated
    assert summary.register_rows["provider"] >= len(ROLES) * PROVIDERS_MIN


def test_paper_drafts_are_sound_dossiers_of_registered_people(tmp_path):
    run(tmp_path, count=150, paper=10)
    persons = lines_of(tmp_path / "registers" / "person.jsonl")
    cins = {row["values"]["cin"] for row in persons}
    drafts = lines_of(tmp_path / "paper" / "drafts.jsonl")
    assert len(drafts) == 10
    for draft in drafts:
        paper = paper_from_electronic(draft["dossier"], draft["identity"], truth=draft["truth"])
        assert paper.record.channel == "paper"
        assert paper.identity.insured_cin in cins
        assert draft["truth"]["due_minor"] > 0

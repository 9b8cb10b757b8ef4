"""Distinctive people and words in the simulated day, to be searched for where none may be."""

from infra.simulation.electronic import consultation, laboratory, pharmacy
from infra.simulation.faults.fault import insured_draft
from infra.simulation.identifiers import rib_of
from infra.simulation.studio import CLEAN, Expected, Studio

FAMILY_NAME = "ZZCANARIVOX"
GIVEN_NAMES = ("QWXYZIM", "QWXYZOR", "QWXYZUD", "QWXYZAN")
ARABIC_NAME = "زظزكناري قضقض"
DIAGNOSIS = "zzcanari-syndrome de Qwxyz"
#: Three go through untouched, the last one waits for a person: both ways must stay silent.
_BUILDERS = (consultation, pharmacy, laboratory, laboratory)


def plant_canaries(studio: Studio) -> list[str]:
    """Put the canaries into registers and inbox; return every string that must not be found."""
    words = {FAMILY_NAME, FAMILY_NAME.title(), *GIVEN_NAMES, ARABIC_NAME, DIAGNOSIS}
    for number, (given, builder) in enumerate(zip(GIVEN_NAMES, _BUILDERS, strict=True)):
        draft = insured_draft(studio, builder)
        insured, account = draft.household.insured, draft.household.account
        assert account is not None
        insured.family_name, insured.given_name = FAMILY_NAME, given
        insured.arabic_name = ARABIC_NAME
        insured.cin = f"ZZ99887{number}"
        rib = rib_of("007", "780", f"77665544332211{number:02d}")
        draft.household.account = type(account)(
            account.account_id, account.holder_id, account.holder_kind, rib, account.valid_from
        )
        name = f"{FAMILY_NAME} {given}"
        draft.dossier.update(
            insured_name=name, beneficiary_name=name, diagnosis=f"{DIAGNOSIS} {number}"
        )
        words |= {insured.cin, rib, draft.household.number}
        expected = CLEAN
        if number == len(GIVEN_NAMES) - 1:
            draft.dossier["total_minor"] += 700
            expected = Expected(
                fault="canary_in_review", codes=("TOTAL_INCOHERENT",), outcome="review"
            )
        studio.submit(draft, expected)
        studio.close_case()
    return sorted(words)

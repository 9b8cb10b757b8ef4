"""The price of a line in the provider's list, and why a line is not taken over at all."""

from models.money import round_minor
from tasks.pricing.primitives import months_later
from tasks.pricing.product import (
    ADULT,
    COVER_ASKS,
    COVER_READS,
    LISTED,
    cover_of,
    key_of,
    nights_of,
    patient_of,
    price_of,
    service_of,
    units_of,
)
from tasks.pricing.rule import Case, Figures, LineState, Tariff, tariff_rule

IN_PATIENT, OUT_PATIENT = "I", "O"


def _refused(code: str, **params: str) -> Tariff:
    """A line that is worth nothing by a rule of the payer, which the code says."""
    return Tariff(0, (), is_payable=False, code=code, params=params)


@tariff_rule(
    "ZZ-REGISTRE",
    reference="General rule: a service or item is registered on the day of care",
    reads=("services",),
    codes=("ZZ_HORS_REGISTRE",),
)
def in_register(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Refuse what the register of services and items does not hold on the day of care."""
    return None if service_of(state, figures) is not None else _refused("ZZ_HORS_REGISTRE")


@tariff_rule(
    "ZZ-PATIENT",
    reference="General rule: a service may be for one sex, for adults or for children alone",
    reads=("services", "adult_age"),
    codes=("ZZ_PATIENT",),
)
def for_patient(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Refuse a service that is not for a person of that sex and age; an unknown sex passes."""
    service = service_of(state, figures)
    if service is None:
        return None
    sex, wanted = service.texts["sex"], service.texts["patient"]
    actual = case.validated.beneficiary_sex
    if sex and actual and sex != actual:
        return _refused("ZZ_PATIENT")
    if wanted and patient_of(state, figures)[0] != wanted:
        return _refused("ZZ_PATIENT")
    return None


@tariff_rule(
    "ZZ-TYPE-SOIN",
    reference="General rule: in- and out-patient services, by the facility and the stay",
    reads=("services",),
    codes=("ZZ_TYPE_SOIN",),
    asks=("care_type",),
)
def care_type(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Refuse a service that fits neither the facility nor the stay.

    A stay makes the care in-patient care: an out-patient service during it is refused wherever it
    was given, because the stay pays for what is done in it.
    """
    service = service_of(state, figures)
    if service is None:
        return None
    actual = IN_PATIENT if nights_of(case) > 0 else OUT_PATIENT
    allowed = (case.choice("care_type", state), service.texts["care_type"])
    if all(kind in ("", "B", actual) for kind in allowed):
        return None
    return _refused("ZZ_TYPE_SOIN")


@tariff_rule(
    "ZZ-UNITES-LIGNE",
    reference="General rule: the most units that one line may bill",
    reads=("services",),
    codes=("ZZ_UNITES_LIGNE",),
)
def units_a_line(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Refuse a line that bills more units than the register allows in one line."""
    service = service_of(state, figures)
    if service is None or state.line.quantity <= service.value:
        return None
    return _refused("ZZ_UNITES_LIGNE", most=str(service.value))


@tariff_rule(
    "ZZ-CARENCE",
    reference="General rule: waiting period, in months from the first day of the member's cover",
    reads=("services", "adult_age"),
    codes=("ZZ_CARENCE",),
    asks=("member_since",),
)
def waiting_period(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Refuse care before the waiting period is over; the day on which it ends is covered.

    It counts from the member's own first day of cover without a break: a renewed policy starts
    nothing anew, and a member who joined it later waits.
    """
    service = service_of(state, figures)
    if service is None:
        return None
    patient, _ = patient_of(state, figures)
    months = service.numbers.get("waiting_adult" if patient == ADULT else "waiting_child")
    if not months:
        return None
    since = case.date("member_since", state)
    first_day = months_later(since, int(months))
    if state.line.care_date >= first_day:
        return None
    return _refused("ZZ_CARENCE", first_day=first_day.isoformat())


@tariff_rule(
    "ZZ-COUVERTURE",
    reference="General rule: a product lists what it covers",
    reads=COVER_READS,
    codes=("ZZ_NON_COUVERT",),
    asks=COVER_ASKS,
)
def is_covered(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Refuse what none of the person's products covers for that patient and kind of visit."""
    return None if cover_of(state, case, figures) is not None else _refused("ZZ_NON_COUVERT")


@tariff_rule(
    "ZZ-PRIX",
    reference="General rule: units × list price, or price claimed, within the fixed limit",
    reads=COVER_READS,
    codes=("ZZ_HORS_LISTE",),
    asks=COVER_ASKS,
)
def list_price(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the price of the line's units; a fixed limit of 0 is worth 0.

    A line that the provider's list does not hold is refused, also where the product would pay the
    price claimed: the list says what the provider may bill.
    """
    cover = cover_of(state, case, figures)
    if cover is None:
        return None
    if price_of(state, case, figures) is None:
        return _refused("ZZ_HORS_LISTE", key=key_of(state.line))
    amount = round_minor(cover.unit_minor * units_of(state.line), cover.row.rounding)
    return Tariff(amount, cover.figures, group=LISTED)

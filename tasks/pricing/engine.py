"""Prices a dossier: asks a scheme's rules in their order, rounds, checks, and knows no law.

Each line is priced at its own date; the sum of the lines is the dossier's total. What a rule
answers is checked here: nothing below zero, nothing above the amount asked.
"""

import datetime as dt
from collections.abc import Sequence

from models.dossier import RequestKind
from models.errors import CatalogueError, FactMissing, FigureNotInForce
from models.money import format_minor, round_minor
from models.outcome import CounterUse, PricedDossier, PricedLine, PricingInput
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.draft import NO_RATE, Draft, Step, Work
from tasks.pricing.figures import DOUBTFUL, Figure
from tasks.pricing.rule import FAMILY_PREFIX, AdjustFunction, Change, Phase
from tasks.pricing.scheme import AnyRule, BoundRule, Scheme

#: Changes when the same catalogue could give other amounts; kept with every priced dossier.
ENGINE_VERSION = "2"
#: The rule id of a line for which no rule gave a tariff.
NO_RULE = "TARIF-INCONNU"
#: The tariff version of a dossier whose scheme has no tariff at all.
NO_VERSION = "unknown"
#: How the rules that made a line's amount are joined in its ``rule_id``.
RULE_SEPARATOR = "+"


def price(given: PricingInput, catalogue: Catalogue, *, production: bool = False) -> PricedDossier:
    """Return a dossier's lines with amounts, rules and figures; findings say what is not sure."""
    return price_traced(given, catalogue, production=production, is_traced=False)[0]


def price_traced(
    given: PricingInput, catalogue: Catalogue, *, production: bool = False, is_traced: bool = True
) -> tuple[PricedDossier, tuple[Step, ...]]:
    """Return what ``price`` returns, and the steps in the order in which they were taken."""
    work = Work(given, catalogue, production=production, is_traced=is_traced)
    scheme = work.scheme
    if scheme is None:
        for draft in work.drafts:
            work.find("TARIF_INCONNU", draft, act=draft.line.act_key)
    else:
        _tell_faults(work)
        for draft in work.drafts:
            _set_tariff(work, scheme, draft)
        for bound in scheme.base_rules:
            _adjust(work, bound, Phase.BASE)
        for draft in work.drafts:
            if draft.is_payable:
                _set_due(work, scheme, draft)
        for due_rule in scheme.due_rules:
            _adjust(work, due_rule, Phase.DUE)
        for draft in work.drafts:
            _mark_doubt(work, scheme, draft)
        if scheme.status in DOUBTFUL and work.drafts:
            work.find("REGIME_NON_CONFIRME", None, scheme=scheme.scheme_id)
    return _result(work), tuple(work.trace or ())


def _tell_faults(work: Work) -> None:
    """Say which facts of the dossier and its lines the scheme does not know or cannot read."""
    for fault in work.case.facts.faults:
        code = "FAIT_INVALIDE" if fault.is_known else "FAIT_INCONNU"
        draft = None
        if fault.line_no:
            draft = next(each for each in work.drafts if each.line.line_no == fault.line_no)
        work.find(code, draft, fact=fault.name)


def _set_tariff(work: Work, scheme: Scheme, draft: Draft) -> None:
    """Ask the tariff rules in order; the base starts as the lesser of asked and tariff."""
    reason = ""
    # A quantity below one is a reading fault: no tariff, rather than a tariff of nothing.
    rules = scheme.tariff_rules if draft.line.quantity > 0 else ()
    for bound in rules:
        rule = bound.rule
        try:
            answer = rule.apply(draft, work.case, bound.figures)
        except FigureNotInForce as error:
            reason = str(error)
            break
        except FactMissing as error:
            work.find("FAIT_MANQUANT", draft, fact=str(error))
            return
        if answer is None:
            continue
        draft.tariff_minor = tariff = answer.amount_minor
        if answer.is_benefit:
            draft.asked_minor = max(draft.asked_minor, tariff)
        draft.group = answer.group
        draft.rule_ids.append(rule.rule_id)
        draft.figures.extend(answer.figures)
        draft.is_payable = answer.is_payable
        if answer.is_payable:
            draft.base_minor = (
                tariff if answer.is_benefit else max(0, min(draft.asked_minor, tariff))
            )
        if answer.code:
            sentence = {"act": draft.line.act_key, **answer.params}
            work.find(_declared(rule, answer.code), draft, **sentence)
        if work.trace is not None:
            _trace(work, rule, draft, (None, tariff), answer.figures,
                   tuple(answer.params.items()))  # fmt: skip
            _trace_base(work, draft)
        return
    work.find("TARIF_INCONNU", draft, act=draft.line.act_key)
    if work.trace is not None:
        params = (*_facts(work, draft), *((("reason", reason),) if reason else ()))
        work.trace.append(Step("no_tariff", "", "", draft.line.line_no, params, (), None, None))


def _set_due(work: Work, scheme: Scheme, draft: Draft) -> None:
    """Ask the rate rules in order, and round the line's share of its base."""
    for bound in scheme.rate_rules:
        rule = bound.rule
        try:
            answer = rule.apply(draft, work.case, bound.figures)
        except FigureNotInForce:
            break
        except FactMissing as error:
            _give_up(work, draft, "no_rate", fact=str(error))
            return
        if answer is None:
            continue
        figure = answer.figure
        draft.rate = figure.value
        draft.due_minor = round_minor(draft.base_minor * figure.value, figure.rounding)
        draft.rule_ids.append(rule.rule_id)
        draft.figures.append(figure)
        draft.figures.extend(answer.figures)
        if answer.code:
            work.find(_declared(rule, answer.code), draft, **answer.params)
        if work.trace is not None:
            _trace(work, rule, draft, (draft.base_minor, draft.due_minor),
                   (figure, *answer.figures), tuple(answer.params.items()))  # fmt: skip
        return
    _give_up(work, draft, "no_rate")


def _give_up(work: Work, draft: Draft, name: str, *, fact: str = "") -> None:
    """Take a line back to "no tariff known": a figure or ``fact`` that it needs is not there."""
    draft.is_payable = False
    draft.tariff_minor = None
    draft.base_minor = 0
    draft.due_minor = 0
    draft.rate = NO_RATE
    draft.shares = {}
    if fact:
        work.find("FAIT_MANQUANT", draft, fact=fact)
    else:
        work.find("TARIF_INCONNU", draft, act=draft.line.act_key)
    if work.trace is not None:
        line_no = draft.line.line_no
        work.trace.append(Step(name, "", "", line_no, _facts(work, draft), (), None, None))


def _adjust(work: Work, bound: BoundRule[AdjustFunction], phase: Phase) -> None:
    """Ask a rule about all lines at once and take over what it changes."""
    rule = bound.rule
    try:
        changes = rule.apply(work.drafts, work.case, bound.figures)
    except (FigureNotInForce, FactMissing) as error:
        fact = str(error) if isinstance(error, FactMissing) else ""
        for draft in work.drafts:
            if draft.is_payable:
                _give_up(work, draft, "no_adjustment", fact=fact)
        return
    for change in changes:
        draft = work.drafts[change.position]
        before = draft.base_minor if phase is Phase.BASE else draft.due_minor
        if not 0 <= change.amount_minor <= max(0, draft.asked_minor):
            raise CatalogueError(
                f"{rule.rule_id}: line {draft.line.line_no}: {change.amount_minor} is below zero "
                "or above the amount asked; the rule is wrong"
            )
        if phase is Phase.BASE:
            draft.base_minor = change.amount_minor
        else:
            draft.due_minor = change.amount_minor
            if change.fund or draft.shares:
                _share(work, rule, draft, change, before)
        draft.rule_ids.append(rule.rule_id)
        draft.figures.extend(change.figures)
        _take_over(work, rule, draft, change)
        if work.trace is not None:
            # A line without a tariff has no amount to show: what a rule says of it is not 0.
            is_known = draft.tariff_minor is not None
            amounts = (before, change.amount_minor) if is_known else (None, None)
            _trace(work, rule, draft, amounts, change.figures, tuple(change.params.items()))


def _take_over(work: Work, rule: AnyRule, draft: Draft, change: Change) -> None:
    if change.code:
        work.find(_declared(rule, change.code), draft, **change.params)
    for charge in change.uses:
        if charge.amount:
            key = (charge.counter, charge.day or draft.line.care_date, charge.is_family)
            work.uses[key] = work.uses.get(key, 0) + charge.amount


def _share(work: Work, rule: AnyRule, draft: Draft, change: Change, before: int) -> None:
    """Put what a due rule adds, or gives back, to the account of the fund it names."""
    funds = work.scheme.funds if work.scheme is not None else ()
    fund = change.fund or next(iter(funds), "")
    if fund not in funds:
        raise CatalogueError(f"{rule.rule_id}: fund {fund} does not stand in scheme.yaml: funds")
    if not draft.shares:
        draft.shares = {next(iter(funds)): before}
    share = draft.shares.get(fund, 0) + change.amount_minor - before
    if share < 0:
        raise CatalogueError(
            f"{rule.rule_id}: line {draft.line.line_no}: takes more from {fund} than it bears"
        )
    draft.shares[fund] = share


def _declared(rule: AnyRule, code: str) -> str:
    if code not in rule.codes:
        raise CatalogueError(f"{rule.rule_id}: code {code} does not stand in codes=(…)")
    return code


def _mark_doubt(work: Work, scheme: Scheme, draft: Draft) -> None:
    """Say it where a figure is not confirmed, or older than its last review allows."""
    day = draft.line.care_date
    doubtful = ""
    stale: dt.date | None = None
    for figure in draft.figures:
        if figure.is_doubtful and not doubtful:
            doubtful = figure.figure_id
        if day > figure.reviewed_until and stale is None:
            limit = figure.reviewed_until + scheme.review_grace
            stale = figure.reviewed_until if day > limit else None
    if doubtful:
        work.find("CHIFFRE_NON_CONFIRME", draft, figure=doubtful)
    if stale is not None:
        work.find("HORS_REVISION", draft, care_date=day.isoformat(),
                  reviewed_until=stale.isoformat())  # fmt: skip


def _result(work: Work) -> PricedDossier:
    dossier = work.case.dossier
    lines = tuple(map(_priced_line, work.drafts))
    return PricedDossier(
        dossier_id=dossier.dossier_id,
        version=dossier.version,
        scheme=dossier.scheme,
        currency=dossier.currency,
        tariff_version=work.scheme.tariff_version if work.scheme is not None else NO_VERSION,
        engine_version=ENGINE_VERSION,
        lines=lines,
        asked_minor=sum(line.asked_minor for line in lines),
        base_minor=sum(line.base_minor for line in lines),
        due_minor=sum(line.due_minor for line in lines),
        findings=tuple(work.findings),
        counter_uses=_counter_uses(work),
    )


def _priced_line(draft: Draft) -> PricedLine:
    figure_ids = tuple(dict.fromkeys([figure.figure_id for figure in draft.figures]))
    return PricedLine(
        draft.line.line_no,
        draft.asked_minor,
        draft.tariff_minor,
        draft.base_minor,
        draft.rate,
        draft.due_minor,
        RULE_SEPARATOR.join(draft.rule_ids) or NO_RULE,
        figure_ids,
        tuple((fund, share) for fund, share in sorted(draft.shares.items()) if share),
    )


def _counter_uses(work: Work) -> tuple[CounterUse, ...]:
    """What the dossier used of counters; a request for agreement and an unknown person use none."""
    dossier = work.case.dossier
    person = work.case.validated.beneficiary_person_id
    family = work.case.validated.insured_person_id
    if not work.uses or not person or dossier.request_kind is not RequestKind.REIMBURSEMENT:
        return ()
    return tuple(
        CounterUse(
            family if is_family else person,
            f"{FAMILY_PREFIX}{counter}" if is_family else counter,
            day,
            used,
            dossier.dossier_id,
            dossier.version,
            dossier.rank,
        )
        for (counter, day, is_family), used in sorted(work.uses.items())
    )


def _facts(work: Work, draft: Draft) -> tuple[tuple[str, str], ...]:
    line = draft.line
    return (
        ("act", line.act_key),
        ("quantity", str(line.quantity)),
        ("care_date", line.care_date.isoformat()),
        ("sector", work.case.sector),
        ("asked", format_minor(draft.asked_minor, work.case.dossier.currency)),
    )


def _trace(
    work: Work,
    rule: AnyRule,
    draft: Draft,
    amounts: tuple[int | None, int | None],
    figures: Sequence[Figure],
    params: tuple[tuple[str, str], ...] = (),
) -> None:
    if work.trace is not None:
        facts = _facts(work, draft) if rule.phase is Phase.TARIFF else ()
        work.trace.append(
            Step(
                rule.phase.value,
                rule.rule_id,
                rule.reference,
                draft.line.line_no,
                (*facts, *params),
                tuple(figures),
                *amounts,
            )
        )


def _trace_base(work: Work, draft: Draft) -> None:
    if work.trace is not None:
        name = "cap_at_asked" if draft.is_payable else "not_payable"
        work.trace.append(
            Step(name, "", "", draft.line.line_no, (), (), draft.tariff_minor, draft.base_minor)
        )

"""Opens the desk's door to schemes: which may be chosen for a dossier, and the choice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.stores.desk_leases import give_back
from infra.stores.scheme_choices import is_paid
from models.desk import Account
from models.outcome import DecisionOutcome
from models.review_task import READING
from models.review_task import task_id as review_task_id
from models.scheme import KnownScheme, SchemeOffer
from tasks.desk_work import DeskWork
from tasks.review.desk import Signed
from tasks.review.scheme_choice import SETTLED, SchemeFacts, may_move, offered
from tasks.review.web.ports import OpenItem, SchemeChosen
from tasks.scheme_moves import Choice, ChoiceRules, choose_scheme


@dataclass(frozen=True, slots=True)
class DeskSchemes:
    """The schemes that the engine knows, for the colleague who holds a dossier."""

    work: DeskWork
    known: Callable[[], Mapping[str, KnownScheme]]

    def offer(self, item: OpenItem, language: str) -> SchemeOffer | None:
        """Which schemes a person may choose; None when nothing was extracted from the dossier."""
        dossier, summary = item.view.dossier, item.view.summary
        if dossier is None:
            return None
        with self.work.database.reading() as connection:
            has_money = is_paid(connection, summary.dossier_id)
        facts = SchemeFacts(
            scheme=dossier.scheme,
            currency=dossier.currency,
            is_paid=has_money,
            is_accepted=any(
                one.version == summary.version and one.outcome == DecisionOutcome.ACCEPTED.value
                for one in item.view.decisions
            ),
            is_uncertain=any(one.code in SETTLED for one in item.view.findings),
        )
        schemes = offered(facts, self.known()) if may_move(facts) else ()
        return SchemeOffer(
            scheme=dossier.scheme,
            name=self.name(dossier.scheme, language),
            schemes={one.scheme_id: one.names[language] for one in schemes},
            is_uncertain=facts.is_uncertain,
        )

    def name(self, scheme: str, language: str) -> str:
        """What a scheme is called; its id where the engine does not know it."""
        found = self.known().get(scheme)
        return found.names[language] if found else scheme

    def choose(self, task_id: str, scheme: str, note: str, account: Account) -> SchemeChosen:
        """Put a dossier under a scheme.

        Raises:
            ApprovalRefused: when this colleague does not hold the dossier, or may not choose.
            UsageError: when the dossier cannot be under that scheme.
        """
        work = self.work
        key = work.hold(task_id, account)
        work.check_second(task_id, account)
        signed = Signed(account.login, work.today(), work.clock())
        rules = ChoiceRules(self.known(), work.law.four_eyes_above_minor, work.law.correct)
        moved = choose_scheme(work.database, task_id, Choice(scheme, note), signed, rules)
        give_back(work.database, key, account.login)
        next_task = review_task_id(key, moved.version, READING) if moved.waits_for else ""
        return SchemeChosen(moved.is_final, next_task)

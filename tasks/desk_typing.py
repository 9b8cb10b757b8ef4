"""Opens typing mode's doors to tasks: the paper, look-ups, and keyed fields with four eyes.

Whatever the page shows or sends, who may type, who must type again and what is accepted is
decided here, in the transaction that holds the task.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.audit import append_events
from infra.stores.desk_leases import give_back, holder_of
from infra.stores.dossiers import DOSSIER, Head, heads_where, load_dossiers, rows_of_content
from infra.stores.register_lookup import find_household
from infra.stores.review_tasks import task_row
from infra.stores.typing_entries import (
    SETTLERS,
    Typed,
    settle_entries,
    typing_figures,
    waiting_entries,
    write_entry,
)
from models.audit import AuditEvent
from models.desk import Account
from models.dossier import Dossier
from models.errors import ApprovalRefused, UsageError
from models.records.all_tables import table
from models.rows import FINDING_NAMES, finding_rows
from models.stage import Stage
from models.typing import Effort, Keyed, TypingFigures
from tasks.desk_labels import label_fields
from tasks.desk_lookups import HOUSEHOLDS_PER_MINUTE, LOOKUPS_PER_MINUTE, Lookups, Turnstile
from tasks.desk_work import FIELDS_MAX, DeskWork
from tasks.extraction.calibration.labels import TYPING
from tasks.extraction.correct import Refused, correct_dossier
from tasks.extraction.pages import page_of_json
from tasks.extraction.paper import REFERS_TO
from tasks.extraction.piece_count import count_again
from tasks.extraction.template import Template, read_templates
from tasks.extraction.typed_fields import act_codes, place_names
from tasks.review.content import Corrector
from tasks.review.desk import Signed
from tasks.review.policy import POLICY_FILE, read_policy
from tasks.review.store import correct_within, lock_task
from tasks.review.typing import (
    DISPUTED,
    SECOND,
    TOTAL,
    Keying,
    accepted_values,
    check_typist,
    is_money,
    judge_keying,
    next_pass,
)
from tasks.review.web.ports import (
    FormAsked,
    FormChoice,
    TypingAnswer,
    TypingItem,
    TypingSheet,
    Zone,
)
from tasks.spoken_codes import scheme_names
from tasks.typed_extras import FORM, SCHEME, FormAtHand, TypedExtras, form_at_hand

#: Longest text that is looked up, in characters.
TEXT_MAX = 80
#: Most strokes and seconds one dossier is believed to take; what a page sends is not trusted.
STROKES_MAX, SECONDS_MAX = 100_000, 36_000
#: Fields that cannot be emptied: what was there before stays.
_KEPT_WHERE_EMPTY = frozenset(
    {"agency", "insured_number", "insured_name", "beneficiary_name", "provider_inpe",
     "deposit_date", "care_kind", "relation", "request_kind", "pieces", "stay.admission_date",
     "stay.discharge_date", "stay.establishment_inpe"}
)  # fmt: skip
_AMOUNT = re.compile(r"^(\d{1,12})[.,](\d{2})$")
_CELL = re.compile(r"^(?P<table>[a-z_]+)\[(?P<row>\d+)\]\.(?P<column>[a-z_]+)$")


@dataclass(frozen=True, slots=True)
class DeskTyping:
    """Typing mode on the tasks of a database."""

    work: DeskWork
    lookups: Lookups
    turnstile: Turnstile

    def open_typing(
        self,
        task_id: str,
        account: Account,
        language: str,
        chosen: Mapping[str, str] | None = None,
    ) -> TypingItem:
        """Open a task to be typed, and take its dossier where that may be.

        ``chosen`` are the form and the scheme a colleague gave it, where the machine knows none or
        another; who types after them gets theirs.

        Raises:
            UnknownDossier: when there is no such task.
            UsageError: when the dossier did not come on paper, or there is no such form.
        """
        item = self.work.open_item(task_id, account, language)
        with self.work.database.reading() as connection:
            head = _head(connection, task_id)
            before = waiting_entries(connection, task_id)
            zones = self._zones(connection, head)
            form = self._form(connection, head, before[0].values if before else chosen or {})
        _check_paper(head)
        barred = _barred(before, account)
        if barred and item.is_mine:
            # Whoever may not type it next does not keep others from it.
            give_back(self.work.database, head.dossier_id, account.login)
            item = replace(item, is_mine=False, holder=None)
        day = self.work.today()
        letters = self.lookups.letters(form.scheme, day)
        acts = self.lookups.acts_like_letters(form.scheme, day)
        return TypingItem(item, before, barred, zones, letters, self._asked(form), acts)

    def is_being_typed(self, task_id: str) -> bool:
        """Whether a pass over it waits for another colleague, who is to see no amount."""
        with self.work.database.reading() as connection:
            return bool(waiting_entries(connection, task_id))

    def look_up(
        self,
        task_id: str,
        what: str,
        text: str,
        account: Account,
        beside: Mapping[str, str] | None = None,
    ) -> Mapping[str, object]:
        """What registers and tariff say; for whoever holds the dossier, and not too often.

        Raises:
            ApprovalRefused: when somebody else holds the dossier.
            UsageError: when nothing of that kind is looked up, or too much in one minute.
        """
        asked, at, day = " ".join(text.split())[:TEXT_MAX], self.work.clock(), self.work.today()
        most = HOUSEHOLDS_PER_MINUTE if what == "household" else LOOKUPS_PER_MINUTE
        self.turnstile.pass_one(account.login, what if what == "household" else "", at, most)
        with self.work.database.reading() as connection:
            head = _head(connection, task_id)
            holder = holder_of(connection, head.dossier_id, at)
        if holder is None or holder.login != account.login:
            self.work.hold(task_id, account)
        with self.work.database.reading() as connection:
            scheme = self._form(connection, head, beside or {}).scheme
            found = self._answer(connection, what, scheme, asked, day)
            if what == "dossier":
                found = _earlier(connection, asked, (beside or {}).get("insured", ""), day)
        if what == "household":
            # Who looked whom up is noted by the dossier it was for, never by the person.
            self._note(account, "register_asked", task_id, head.dossier_id)
        return found

    def _answer(
        self, connection: Any, what: str, scheme: str, asked: str, day: dt.date
    ) -> Mapping[str, object]:
        listed: Mapping[str, Callable[[], Mapping[str, object]]] = {
            "provider": lambda: self.lookups.provider(connection, scheme, asked, day),
            "household": lambda: self.lookups.household(connection, scheme, asked, day),
            "drug": lambda: {"found": list(self.lookups.drugs(scheme, asked, day))},
            "act": lambda: {"found": list(self.lookups.acts(scheme, asked, day))},
            "dossier": dict,
        }
        if what not in listed:
            raise UsageError("nothing of that kind is looked up")
        return listed[what]()

    def keep_typed(self, task_id: str, sheet: TypingSheet, account: Account) -> TypingAnswer:
        """Keep what a colleague typed; what is settled goes into the dossier and on by itself.

        Raises:
            ApprovalRefused: when this colleague may not be the one who types now.
            UsageError: when the task is closed, or was typed or corrected meanwhile.
        """
        if len(sheet.values) > FIELDS_MAX:
            raise UsageError("too many fields at once")
        with self.work.database.reading() as connection:
            before = waiting_entries(connection, task_id)
        check_typist(before, account.login, may_settle=account.may(SETTLERS))
        key = self.work.hold(task_id, account)
        signed = Signed(account.login, self.work.today(), self.work.clock())
        money, unfit = _money_of(sheet.values)
        values = {name: text for name, text in sheet.values.items() if not is_money(name)}
        if sheet.pass_no == SECOND:
            # Of the second pass the money counts, and whether all the rest is as on the paper.
            values = {DISPUTED: "yes"} if sheet.is_disputed else {}
        keyed = Keyed(sheet.pass_no, account.login, signed.at, values, money)
        with self.work.database.transaction() as connection:
            locked = lock_task(connection, task_id)
            head = locked[1]
            _check_paper(head)
            before = waiting_entries(connection, task_id)
            check_typist(before, account.login, may_settle=account.may(SETTLERS))
            is_in_turn = sheet.pass_no == next_pass(before)
            if not is_in_turn or head.content_version != sheet.content_version:
                raise UsageError("this dossier was typed meanwhile; open it again")
            dossier = load_dossiers(connection, [head])[head.dossier_id]
            form, typed = self._read(connection, head, accepted_values(before, keyed), money)
            seen = {row.field for row in rows_of_content(connection, "field_evidence", [head])}
            accepted = _corrections(dossier, typed.values, seen)
            unfit |= typed.unfit | _unfit(dossier, accepted)
            if unfit:
                return TypingAnswer(None, tuple(sorted(unfit)))
            keying = self._write(connection, locked, (before, keyed), _effort(sheet), signed)
            if keying is Keying.SETTLED:
                settle_entries(connection, task_id)
                result = correct_within(
                    self.work.database, connection, locked, accepted, signed,
                    correct=self._corrector(form), count_again=count_again,
                    reason=f"typed, pass {keyed.pass_no}", is_whole=True,
                )  # fmt: skip
                found = finding_rows(
                    head.dossier_id, result.version, Stage.EXTRACTION.value, typed.findings
                )
                self.work.database.insert_tuples(
                    connection, table("finding"), FINDING_NAMES, found
                )  # fmt: skip
                self._note_scheme(connection, head, form, signed)
                # Lines typed anew have no reading to be compared with.
                read = {name: text for name, text in accepted.items() if "[" not in name}
                content = (head.dossier_id, head.content_version)
                label_fields(self.work.database, connection, content, read, signed, origin=TYPING)
        give_back(self.work.database, key, account.login)
        return TypingAnswer(keying)

    def _form(self, connection: Any, head: Head, chosen: Mapping[str, str]) -> FormAtHand:
        pages = rows_of_content(connection, "page_reading", [head], "page_no")
        return form_at_hand(self.lookups.settings, head, [page.form_id for page in pages], chosen)

    def _asked(self, form: FormAtHand) -> FormAsked:
        """What the page is told of a form, and which other forms there are."""
        templates = read_templates(self.lookups.settings.forms_dir)
        names = scheme_names(self.lookups.settings.schemes_dir)
        choices = tuple(
            FormChoice(one.form_id, scheme, one.title, names.get(scheme, {}))
            for one in templates.values()
            for scheme in one.schemes or (form.scheme,)
        )
        own = form.templates[0] if form.is_known else None
        return FormAsked(
            form.form_id, form.scheme, form.extras(), form.required,
            own.constants if own else {}, act_codes(own) if own else {},
            own is not None and own.line_maker == "codes", choices, names.get(form.scheme, {}),
        )  # fmt: skip

    def _read(
        self, connection: Any, head: Head, typed: Mapping[str, str], money: Mapping[str, int]
    ) -> tuple[FormAtHand, TypedExtras]:
        """The form of typed values, and the values in their normal form."""
        form = self._form(connection, head, typed)
        values = {name: text for name, text in typed.items() if name not in (FORM, SCHEME)}
        read = form.read(values, money.get(TOTAL, 0))
        number, insured = read.values.get(REFERS_TO, ""), read.values.get("insured_number", "")
        if number and _earlier(connection, number, insured, self.work.today())["state"] == "other":
            read = replace(read, unfit=read.unfit | {REFERS_TO})
        return form, read

    def _corrector(self, form: FormAtHand) -> Corrector:
        """Corrections of a dossier under the scheme it was typed for."""

        def correct(dossier: Dossier, values: Mapping[str, str]) -> Dossier:
            moved = replace(dossier, scheme=form.scheme, currency=form.currency)
            return self.work.law.correct(moved, values)

        return correct

    def _note_scheme(self, connection: Any, head: Head, form: FormAtHand, signed: Signed) -> None:
        before, after = f"{head.scheme} {head.currency}", f"{form.scheme} {form.currency}"
        if before != after:
            event = AuditEvent(
                f"desk:{signed.day.isoformat()}", signed.by, "scheme_typed", signed.at, "dossier",
                head.dossier_id, head.version, before, after, form.form_id,
            )  # fmt: skip
            append_events(self.work.database, connection, [event])

    def _write(
        self,
        connection: Any,
        locked: tuple[Any, Head],
        passes: tuple[Sequence[Keyed], Keyed],
        effort: Effort,
        signed: Signed,
    ) -> Keying:
        """Judge a pass and keep it with its event."""
        task, head = locked
        before, keyed = passes
        keying = judge_keying(
            before,
            keyed,
            double_keying_from_minor=read_policy(POLICY_FILE, signed.day).double_keying_from_minor,
            # Whoever may not settle was refused before.
            may_settle=True,
        )
        typed = Typed(task.task_id, head.dossier_id, head.version, head.content_version, signed.day)
        write_entry(self.work.database, connection, typed, keyed, effort)
        event = _event(head, signed, keyed, keying)
        append_events(self.work.database, connection, [event])
        return keying

    def typing_figures(self, days: int) -> Sequence[TypingFigures]:
        """Medians of strokes and seconds for each colleague, day and pass, newest first."""
        today = self.work.today()
        with self.work.database.reading() as connection:
            return typing_figures(connection, today - dt.timedelta(days=days), today)

    def _zones(self, connection: Any, head: Head) -> dict[str, Zone]:
        """Where the fields stand on the dossier's registered pages, filled or not."""
        templates = read_templates(self.lookups.settings.forms_dir)
        found: dict[str, Zone] = {}
        for page in rows_of_content(connection, "page_reading", [head], "page_no"):
            if page.form_id not in templates:
                continue
            names = _zone_fields(templates[page.form_id])
            for zone in page_of_json(self.work.storage.get(page.words_key)).zones:
                if field := names(zone.zone):
                    found.setdefault(field, Zone(page.page_no, zone.box))
        return found

    def _note(self, account: Account, action: str, task_id: str, detail: str) -> None:
        self.work.note(account, action, "review_task", [task_id], detail)


def _effort(sheet: TypingSheet) -> Effort:
    """What typing took, within what is believable."""
    return Effort(
        max(0, min(sheet.fields, FIELDS_MAX)),
        max(0, min(sheet.keystrokes, STROKES_MAX)),
        max(0, min(sheet.seconds, SECONDS_MAX)),
    )


def _head(connection: Any, task_id: str) -> Head:
    key = task_row(connection, task_id).dossier_id
    return heads_where(connection, DOSSIER.c.dossier_id == key)[0]


def _check_paper(head: Head) -> None:
    if head.channel != "paper":
        raise UsageError("only what came on paper is typed; correct its fields instead")


def _barred(before: Sequence[Keyed], account: Account) -> str:
    try:
        check_typist(before, account.login, may_settle=account.may(SETTLERS))
    except ApprovalRefused:
        return "same" if account.login in {one.typed_by for one in before} else "settle"
    return ""


def _zone_fields(template: Template) -> Callable[[str], str]:
    """From the name of a zone or cell to the field it fills; empty where it fills none."""
    fields = place_names(template)
    columns = {
        (table.name, column.name): column.field
        for table in template.tables
        for column in table.columns
    }

    def field_of(name: str) -> str:
        if match := _CELL.match(name):
            column = columns.get((match["table"], match["column"]), "")
            return f"lines[{match['row']}].{column}" if column else ""
        return fields.get(name, "")

    return field_of


def _money_of(values: Mapping[str, str]) -> tuple[dict[str, int], set[str]]:
    """The amounts among typed fields in minor units, and those that are no amount."""
    money: dict[str, int] = {}
    unfit: set[str] = set()
    for field in (name for name in values if is_money(name)):
        match = _AMOUNT.match(re.sub(r"\s", "", values[field]))
        if match is None:
            unfit.add(field)
        else:
            money[field] = int(match[1] + match[2])
    if TOTAL not in values:
        unfit.add(TOTAL)
    return money, unfit


def _corrections(
    dossier: Dossier, typed: Mapping[str, str], seen: Collection[str]
) -> dict[str, str]:
    """Typed fields as corrections: the lines that were read go, those that were typed come.

    Of the fields that not every dossier has, one left empty empties what was read, if anything was.
    """
    header = {
        name: text
        for name, text in typed.items()
        if not name.startswith("lines[")
        and (text or (name in seen if _is_rare(name) else name not in _KEPT_WHERE_EMPTY))
    }
    gone = {f"lines[{line.line_no}]": "" for line in dossier.lines}
    lines = {name: text for name, text in typed.items() if name.startswith("lines[+")}
    return {**header, **gone, **lines}


def _is_rare(name: str) -> bool:
    return name == REFERS_TO or name.startswith(("facts.", "form."))


def _earlier(connection: Any, number: str, insured: str, day: dt.date) -> Mapping[str, object]:
    """The dossier that a complement or an appeal names; ``state`` is found, unknown or other.

    It is somebody else's when the register knows its insured number and another one was typed: a
    number mistyped must not put one person's papers into another's dossier.
    """
    found = heads_where(connection, DOSSIER.c.public_number == number)
    if not found:
        return {"state": "unknown"}
    head = found[0]
    is_other = insured not in ("", head.household) and bool(head.household)
    if is_other and find_household(connection, head.scheme, head.household, day):
        return {"state": "other"}
    return {"state": "found", "deposit_date": f"{head.deposit_date:%d/%m/%Y}"}


def _unfit(dossier: Dossier, accepted: Mapping[str, str]) -> set[str]:
    result = correct_dossier(dossier, accepted)
    return set(result.errors) if isinstance(result, Refused) else set()


def _event(head: Head, signed: Signed, keyed: Keyed, keying: Keying) -> AuditEvent:
    state = f"{head.stage}/{head.status}"
    return AuditEvent(
        f"desk:{signed.day.isoformat()}", signed.by, "desk_typed", signed.at, "dossier",
        head.dossier_id, head.version, state, state, f"pass {keyed.pass_no} {keying.value}",
    )  # fmt: skip

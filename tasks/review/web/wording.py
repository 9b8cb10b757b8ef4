"""The words of the page in one language, and how amounts and days are written in it."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.desk import DESK_LANGUAGES
from models.errors import CatalogueError
from models.written import written_amount, written_day, written_money
from models.yaml_loader import safe_load

#: The words of the pages, of fields that some forms have, and of the register's codes.
TEXTS_FILES = tuple(
    Path(__file__).parent / name for name in ("texts.yaml", "fields.yaml", "register_words.yaml")
)
#: Who decides where no person does, as the decision is signed.
MACHINE = "machine"

#: What the desk's law says in English → the page's own sentence for it.
ERRORS: Mapping[str, str] = {
    "somebody else works on this dossier": "held",
    "the same person has answered already": "same_person",
    "of two people who decide together": "approver",
    "an appeal is answered by somebody": "appeal",
    "needs one of these codes": "code",
    "this dossier was not read to its end": "reading",
    "the amount must lie between": "amount",
    "an agreement is for more than 0": "amount",
    "no tariff is known for this request": "estimate",
    "this task is closed or was overtaken": "overtaken",
    "the decision is final already": "final",
    "the register does not know who": "person",
    "a remark has at most": "note",
    "name at least one field": "nothing",
    "nothing was extracted": "not_extracted",
    "hand it over to a colleague": "target",
    "only a supervisor takes": "supervisor",
    "this page of the list begins nowhere": "list",
    "too many fields at once": "fields",
    "this audit question was": "overtaken",
    "what is typed is no value": "value",
    "another colleague must type": "typed_same",
    "where two colleagues typed differently": "typed_settle",
    "this dossier was typed": "typed_meanwhile",
    "type every amount": "typed_amounts",
    "this dossier is typed by two": "typed_two",
    "too many look-ups": "lookups",
    "only what came on paper": "not_paper",
    ": write ": "value",
    "cannot be corrected": "value",
    "belongs in exactly one pile": "piles",
    "keeps at least one page": "piles_empty",
    "nothing was moved": "piles_same",
    "its pages stay": "piles_decided",
    "its pages cannot be moved": "piles_state",
    "only pages of paper": "piles_paper",
    "no dossier bears that number": "piles_number",
    "was paid or is being paid": "scheme_paid",
    "accepted under its scheme": "scheme_accepted",
    "no scheme has that id": "scheme_unknown",
    "pays in another currency": "scheme_currency",
    "is one of another country": "scheme_country",
    "is of that scheme already": "scheme_same",
    "there is no line": "value",
    "there is no stay": "value",
    "this form cannot be read": "unreadable",
}


@cache
def read_texts() -> Mapping[str, Mapping[str, str]]:
    """The words in every language of the desk.

    Raises:
        CatalogueError: when a word lacks a language or stands twice.
    """
    known: dict[str, Mapping[str, str]] = {}
    for path in TEXTS_FILES:
        for name, texts in safe_load(path.read_text(encoding="utf-8")).items():
            if set(texts) != set(DESK_LANGUAGES) or name in known:
                raise CatalogueError(f"{path.name}: {name}: once, one text for each language")
            known[name] = texts
    return known


class Wording:
    """The words in one language."""

    def __init__(self, language: str) -> None:
        """Use a language of the desk; the first one for any other."""
        self.language = language if language in DESK_LANGUAGES else DESK_LANGUAGES[0]
        self._texts = read_texts()

    def __call__(self, name: str, **values: Any) -> str:
        """The word of a name; a name without one stands for its last part."""
        texts = self._texts.get(name)
        if texts is None:
            return name.rpartition(".")[2].replace("_", " ")
        return texts[self.language].format_map(values) if values else texts[self.language]

    def has(self, name: str) -> bool:
        """Whether a name has a word of its own."""
        return name in self._texts

    def known(self, group: str, value: str) -> str:
        """The word for a code that others write, such as a register's; an unknown one as it is."""
        name = f"{group}.{value}"
        return self(name) if name in self._texts else value

    @property
    def is_right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language == "ar"

    def person(self, target: str) -> str:
        """A colleague's login as it is, a role and the machine in words."""
        if target == MACHINE:
            return self("machine")
        return self(f"role.{target[5:]}") if target.startswith("role:") else target

    def amount(self, minor: int | None) -> str:
        """An amount without its currency; a dash where none is known."""
        return written_amount(minor, self.language)

    def money(self, minor: int, currency: str) -> str:
        """An amount with its currency."""
        return written_money(minor, currency, self.language)

    def day(self, value: dt.date | None) -> str:
        """A day; a dash where there is none."""
        return written_day(value, self.language)


def error_key(message: str) -> str:
    """Which sentence of the page says what the desk's law said."""
    return next((key for part, key in ERRORS.items() if part in message), "other")

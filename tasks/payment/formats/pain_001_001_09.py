"""Writes, reads and checks ISO 20022 pain.001.001.09, the customer credit transfer initiation.

Structured data only: names and accounts, no postal address (unstructured ones are refused across
SEPA from 15 November 2026). Accounts travel as IBAN, computed from the RIB. The schema is the
official one, as the sepaxml package carries it.

A file is read twice: validated first, then looked at. lxml 6.1 accepts ill-formed files when it
validates while streaming with ``resolve_entities=False``, and dies on an entity when it does so
without; so entities are kept out beforehand: a file must begin as ours do, and declare nothing.
"""

import datetime as dt
import functools
import importlib.resources
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from lxml import etree

from models.errors import ContractBreach, MoneyError
from models.money import MINOR_UNITS, minor_from_major
from tasks.payment.account import iban_of, normal_account
from tasks.payment.bank_file import FileHead, FileSums, Transfer
from tasks.payment.charset import to_bank_text
from tasks.payment.profile import BankProfile

EXTENSION = "xml"
#: How every file of ours begins: no other encoding can hide a declaration.
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
#: MsgId, PmtInfId and EndToEndId may have this many characters.
ID_LENGTH_MAX = 35
BYTES_PER_READ = 1 << 16

#: What stands for an agent that is not known; by its form alone it would pass for a BIC.
NOT_PROVIDED = "NOTPROVIDED"

_BIC = re.compile(r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")
_NS = f"{{{NAMESPACE}}}"
_HEAD = ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum")


def write(head: FileHead, transfers: Iterable[Transfer], profile: BankProfile) -> Iterator[bytes]:
    """Write a file piece by piece; one payment group is held at a time.

    Raises:
        ContractBreach: when the transfers do not add up to the head.
    """
    if len(head.message_id) > ID_LENGTH_MAX - 5:
        raise ContractBreach("message id leaves no room for the number of the payment group")
    yield _group_header(head, profile).encode()
    rest = iter(transfers)
    count = total = number = 0
    while group := list(islice(rest, profile.max_tx_pmtinf)):
        number += 1
        group_total = sum(transfer.amount_minor for transfer in group)
        count, total = count + len(group), total + group_total
        yield _payment_head(head, profile, number, len(group), group_total).encode()
        yield _transactions(head, group, profile).encode()
        yield b"</PmtInf>\n"
    yield b"</CstmrCdtTrfInitn>\n</Document>\n"
    if (count, total) != (head.payment_count, head.total_minor):
        raise ContractBreach(
            f"file {head.message_id}: {count} transfers of {total} in all, "
            f"but the batch says {head.payment_count} of {head.total_minor}"
        )


def read(stream: BinaryIO) -> tuple[FileHead, tuple[Transfer, ...]]:
    """Read a file of ours back: its head and its transfers, accounts as RIB where they are.

    Raises:
        ContractBreach: when it is not valid, or lacks what our files have.
    """
    transfers: list[Transfer] = []
    heads: list[dict[str, str]] = []
    for name, element in _valid_elements(stream, "GrpHdr", "CdtTrfTxInf"):
        if name == "GrpHdr":
            heads.append({key: _required(element, key) for key in _HEAD})
            continue
        if len(heads) == 1:
            heads.append(_payment_fields(element.getparent()))
        transfers.append(
            Transfer(
                end_to_end_id=_required(element, "PmtId", "EndToEndId"),
                payee_name=_required(element, "Cdtr", "Nm"),
                account=normal_account(_required(element, "CdtrAcct", "Id", "IBAN")),
                amount_minor=_minor(_required(element, "Amt", "InstdAmt")),
            )
        )
        element.clear()
    message, group = heads
    head = FileHead(
        message_id=message["MsgId"],
        created_at=message["CreDtTm"],
        execution_date=dt.date.fromisoformat(group["date"][:10]),
        currency=group["currency"],
        payment_count=int(message["NbOfTxs"]),
        total_minor=_minor(message["CtrlSum"]),
        debit_account=normal_account(group["account"]),
        debit_name=group["name"],
    )
    return head, tuple(transfers)


def check(stream: BinaryIO) -> FileSums:
    """Validate a file against the schema and count it again, holding one group in memory.

    Raises:
        ContractBreach: names what does not hold, and no value of a transfer.
    """
    sums = _Sums()
    for name, element in _valid_elements(stream, "GrpHdr", "CdtTrfTxInf", "PmtInf"):
        if name == "CdtTrfTxInf":
            sums.add_transaction(element)
            element.clear()
        elif name == "PmtInf":
            sums.close_group(element)
            element.clear()
        else:
            sums.open_file(element)
    return sums.close_file()


@functools.cache
def schema() -> etree.XMLSchema:
    """The official schema, compiled once in a process."""
    place = importlib.resources.files("sepaxml") / "schemas" / "pain.001.001.09.xsd"
    with importlib.resources.as_file(place) as path:
        return etree.XMLSchema(
            etree.parse(str(path), etree.XMLParser(no_network=True, resolve_entities=False))
        )


def _group_header(head: FileHead, profile: BankProfile) -> str:
    return (
        f'{PROLOG}\n<Document xmlns="{NAMESPACE}">\n<CstmrCdtTrfInitn>\n'
        f"<GrpHdr><MsgId>{escape(head.message_id)}</MsgId>"
        f"<CreDtTm>{escape(head.created_at)}</CreDtTm><NbOfTxs>{head.payment_count}</NbOfTxs>"
        f"<CtrlSum>{_amount(head.total_minor)}</CtrlSum>"
        f"<InitgPty><Nm>{_name(head.debit_name, profile)}</Nm></InitgPty></GrpHdr>\n"
    )


def _payment_head(
    head: FileHead, profile: BankProfile, number: int, count: int, total_minor: int
) -> str:
    purpose = ""
    if profile.category_purpose:
        code = escape(profile.category_purpose)
        purpose = f"<PmtTpInf><CtgyPurp><Cd>{code}</Cd></CtgyPurp></PmtTpInf>"
    # The debtor's agent must be there in this schema, even where it is not known.
    debit_agent = _agent("DbtrAgt", profile.debit_agent or NOT_PROVIDED)
    return (
        f"<PmtInf><PmtInfId>{escape(head.message_id)}-{number:04d}</PmtInfId>"
        f"<PmtMtd>TRF</PmtMtd><BtchBookg>{str(profile.batch_booking).lower()}</BtchBookg>"
        f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{_amount(total_minor)}</CtrlSum>{purpose}"
        f"<ReqdExctnDt><Dt>{head.execution_date.isoformat()}</Dt></ReqdExctnDt>"
        f"<Dbtr><Nm>{_name(head.debit_name, profile)}</Nm></Dbtr>"
        f"<DbtrAcct><Id><IBAN>{escape(iban_of(head.debit_account))}</IBAN></Id>"
        f"<Ccy>{escape(head.currency)}</Ccy></DbtrAcct>{debit_agent}"
        f"<ChrgBr>{escape(profile.charge_bearer)}</ChrgBr>\n"
    )


def _transactions(head: FileHead, group: Sequence[Transfer], profile: BankProfile) -> str:
    agent = _agent("CdtrAgt", profile.creditor_agent) if profile.creditor_agent else ""
    currency = escape(head.currency)
    return "".join(
        f"<CdtTrfTxInf><PmtId><EndToEndId>{escape(one.end_to_end_id)}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{currency}">{_amount(one.amount_minor)}</InstdAmt></Amt>{agent}'
        f"<Cdtr><Nm>{_name(one.payee_name, profile)}</Nm></Cdtr>"
        f"<CdtrAcct><Id><IBAN>{iban_of(one.account)}</IBAN></Id></CdtrAcct></CdtTrfTxInf>\n"
        for one in group
    )


def _agent(tag: str, agent: str) -> str:
    if agent != NOT_PROVIDED and _BIC.match(agent):
        return f"<{tag}><FinInstnId><BICFI>{agent}</BICFI></FinInstnId></{tag}>"
    return f"<{tag}><FinInstnId><Othr><Id>{escape(agent)}</Id></Othr></FinInstnId></{tag}>"


def _amount(amount_minor: int) -> str:
    if amount_minor <= 0:
        raise ContractBreach("a transfer of nothing or less may not be written")
    return f"{amount_minor // MINOR_UNITS}.{amount_minor % MINOR_UNITS:02d}"


def _name(name: str, profile: BankProfile) -> str:
    plain = to_bank_text(name, profile.characters, profile.name_length_max)
    if not plain:
        raise ContractBreach("a name has no character that the bank accepts")
    return escape(plain)


def _valid_elements(stream: BinaryIO, *names: str) -> Iterator[tuple[str, Any]]:
    """The elements of these names, each when it is whole, of a file that was validated before."""
    _require_plain(stream)
    try:
        stream.seek(0)
        for _, element in etree.iterparse(
            stream, tag=f"{_NS}CdtTrfTxInf", schema=schema(), no_network=True, huge_tree=False
        ):
            element.clear()
        stream.seek(0)
        for _, element in etree.iterparse(
            stream,
            tag=[_NS + name for name in names],
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
        ):
            yield str(element.tag).removeprefix(_NS), element
    except etree.XMLSyntaxError as error:
        # The parser's own message quotes the value, which may be a name or an account.
        raise ContractBreach(
            f"bank file is not valid pain.001.001.09 at line {error.lineno}"
        ) from None


def _require_plain(stream: BinaryIO) -> None:
    """Refuse, before it is parsed, a file that begins otherwise than ours or declares anything."""
    stream.seek(0)
    piece = stream.read(len(PROLOG))
    if piece != PROLOG.encode():
        raise ContractBreach("bank file does not begin as an XML file in UTF-8")
    while piece:
        last = piece[-1:]
        piece = stream.read(BYTES_PER_READ)
        if b"<!" in last + piece:
            raise ContractBreach("bank file holds a declaration; nothing in it was read")


def _required(element: Any, *path: str) -> str:
    text = _text(element, *path)
    if not text:
        raise ContractBreach(f"bank file: {'/'.join(path)} is missing; it is no file of ours")
    return text


def _text(element: Any, *path: str) -> str:
    return str(element.findtext("/".join(_NS + name for name in path)) or "")


def _minor(text: str) -> int:
    try:
        return minor_from_major(Decimal(text))
    except (InvalidOperation, MoneyError) as error:
        raise ContractBreach("an amount of the bank file is not in whole minor units") from error


def _payment_fields(payment: Any) -> dict[str, str]:
    return {
        "date": _required(payment, "ReqdExctnDt", "Dt"),
        "name": _required(payment, "Dbtr", "Nm"),
        "account": _required(payment, "DbtrAcct", "Id", "IBAN"),
        "currency": _required(payment, "DbtrAcct", "Ccy"),
    }


_END_TO_END_ID = f"{_NS}PmtId/{_NS}EndToEndId"
_INSTRUCTED = f"{_NS}Amt/{_NS}InstdAmt"


class _Sums:
    """Adds a file up as it is read, and compares with what it says of itself."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.groups: set[str] = set()
        self.currencies: set[str] = set()
        self.accounts: set[str] = set()
        self.count = self.total_minor = 0
        self.group_count = self.group_total_minor = 0
        self.stated = (0, 0)
        self.message_id = ""

    def open_file(self, header: Any) -> None:
        self.message_id = _text(header, "MsgId")
        self.stated = _stated(header)

    def add_transaction(self, transaction: Any) -> None:
        self.ids.add(transaction.findtext(_END_TO_END_ID))
        amount = transaction.find(_INSTRUCTED)
        if amount is None:
            raise ContractBreach("bank file: a transfer has no instructed amount")
        self.currencies.add(amount.get("Ccy"))
        self.group_count += 1
        self.group_total_minor += _minor(amount.text)

    def close_group(self, payment: Any) -> None:
        if _stated(payment) != (self.group_count, self.group_total_minor):
            raise ContractBreach("bank file: a payment group does not add up to its control sum")
        fields = _payment_fields(payment)
        self.groups.add(_text(payment, "PmtInfId"))
        self.currencies.add(fields["currency"])
        self.accounts.add(normal_account(fields["account"]))
        self.count += self.group_count
        self.total_minor += self.group_total_minor
        self.group_count = self.group_total_minor = 0
        if len(self.ids) != self.count:
            raise ContractBreach("bank file: an EndToEndId stands twice")

    def close_file(self) -> FileSums:
        if self.stated != (self.count, self.total_minor):
            raise ContractBreach("bank file: the groups do not add up to the file's control sum")
        if len(self.currencies) != 1 or len(self.accounts) != 1:
            raise ContractBreach("bank file: more than one currency or debit account")
        return FileSums(
            self.message_id,
            self.count,
            self.total_minor,
            self.currencies.pop(),
            self.accounts.pop(),
        )


def _stated(element: Any) -> tuple[int, int]:
    return int(_required(element, "NbOfTxs")), _minor(_required(element, "CtrlSum"))

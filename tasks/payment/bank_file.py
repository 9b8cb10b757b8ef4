"""What every bank file format has in common: a head, transfers, and sums checked from the bytes."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from tasks.payment.profile import BankProfile


@dataclass(frozen=True, slots=True)
class FileHead:
    """The head of a bank file; everything in it comes from the batch, so a rebuild is the same.

    ``created_at`` is ISO text in UTC to the second; ``execution_date`` an open day of the bank.
    """

    message_id: str
    created_at: str
    execution_date: dt.date
    currency: str
    payment_count: int
    total_minor: int
    debit_account: str
    debit_name: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a bank file: to whom, on which account, how much in minor units."""

    end_to_end_id: str
    payee_name: str
    account: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FileSums:
    """What the bytes of a file say: counted and added up from the transfers themselves."""

    message_id: str
    payment_count: int
    total_minor: int
    currency: str
    debit_account: str


class Format(Protocol):
    """A bank file format. What ``write`` makes, ``check`` SHALL pass and ``read`` SHALL give back.

    Names SHALL be written in the profile's characters; bytes SHALL depend on the arguments alone.
    """

    #: How the names of its files end, without the dot.
    EXTENSION: str

    def write(
        self, head: FileHead, transfers: Iterable[Transfer], profile: BankProfile
    ) -> Iterator[bytes]:
        """Write a file piece by piece, holding no more than one payment group in memory."""

    def read(self, stream: BinaryIO) -> tuple[FileHead, tuple[Transfer, ...]]:
        """Read a file of ours back."""

    def check(self, stream: BinaryIO) -> FileSums:
        """Validate a file against its official schema, and its stated sums against its transfers.

        SHALL raise ContractBreach, without quoting a value, when one does not hold.
        """

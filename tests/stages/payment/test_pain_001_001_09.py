"""pain.001.001.09: the golden file, the schema, the way there and back, and broken files.

``TASFIYA_REWRITE_GOLDEN=1`` writes the golden file anew; the difference is read in review.
"""

import datetime as dt
import io
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from models.errors import ContractBreach
from tasks.payment.bank_file import FileHead, Transfer
from tasks.payment.formats import all_formats, pain_001_001_09
from tasks.payment.formats.pain_001_001_09 import NAMESPACE, check, read, schema, write
from tests.stages.payment.payday import PROFILE, a_rib

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "payment" / "pain_001_001_09" / "three_payees.xml"
THIRD_PARTY_XSD = ROOT.parent / "shared" / "data" / "payment" / "xsd" / "pain.001.001.09.xsd"

THREE = (
    Transfer("TF0001", "ESSAI PREMIER", a_rib(1), 7_440),
    Transfer("TF0002", "ÉSSAI & <DEUX>", a_rib(2), 25_000),
    Transfer("TF0003", "ESSAI D'OR", a_rib(3), 1),
)
SMALL_GROUPS = replace(PROFILE, max_tx_pmtinf=2)


def head_of(*transfers: Transfer) -> FileHead:
    return FileHead(
        message_id="TASFIYA-20261120-MAD-001",
        created_at="2026-11-20T08:00:00Z",
        execution_date=dt.date(2026, 11, 20),
        currency="MAD",
        payment_count=len(transfers),
        total_minor=sum(one.amount_minor for one in transfers),
        debit_account=PROFILE.debit_accounts["MAD"].account,
        debit_name="CAISSE DE DEMONSTRATION",
    )


def file_of(*transfers: Transfer) -> bytes:
    return b"".join(write(head_of(*transfers), transfers, SMALL_GROUPS))


def test_the_format_is_found_by_its_file_name() -> None:
    assert "pain_001_001_09" in all_formats()


def test_the_file_is_the_golden_one() -> None:
    made = file_of(*THREE)
    if os.environ.get("TASFIYA_REWRITE_GOLDEN"):
        GOLDEN.write_bytes(made)
    assert made == GOLDEN.read_bytes()


def test_the_golden_file_holds_the_official_schema() -> None:
    assert schema().validate(etree.parse(str(GOLDEN)))


def test_the_golden_file_holds_an_independent_copy_of_the_schema() -> None:
    if not THIRD_PARTY_XSD.exists():
        pytest.skip("the reference schemas are not beside the repository")
    other = etree.XMLSchema(etree.parse(str(THIRD_PARTY_XSD)))
    assert other.validate(etree.parse(str(GOLDEN)))


def test_the_golden_file_says_its_sums() -> None:
    with GOLDEN.open("rb") as stream:
        sums = check(stream)
    assert (sums.payment_count, sums.total_minor, sums.currency) == (3, 32_441, "MAD")
    assert sums.debit_account == PROFILE.debit_accounts["MAD"].account


def test_no_address_is_sent() -> None:
    assert b"PstlAdr" not in GOLDEN.read_bytes()


def test_an_unknown_agent_is_not_sent_as_a_bic() -> None:
    assert b"BICFI" not in GOLDEN.read_bytes()
    with_bic = replace(PROFILE, debit_agent="AAAAMAMC", creditor_agent="")
    made = b"".join(write(head_of(*THREE), THREE, with_bic))
    assert b"<DbtrAgt><FinInstnId><BICFI>AAAAMAMC</BICFI>" in made
    assert b"CdtrAgt" not in made
    assert check(io.BytesIO(made)).payment_count == 3


def test_groups_are_split_at_the_banks_limit() -> None:
    assert file_of(*THREE).count(b"<PmtInf>") == 2


PLAIN_NAMES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ'-.", min_size=1, max_size=70).filter(
    lambda name: any(letter.isalpha() for letter in name)
)
TRANSFERS = st.lists(
    st.tuples(PLAIN_NAMES, st.integers(0, 10**15), st.integers(1, 10**13)),
    min_size=1,
    max_size=9,
).map(
    lambda rows: tuple(
        Transfer(f"TF{number:032X}", name, a_rib(account), amount)
        for number, (name, account, amount) in enumerate(rows)
    )
)


@given(TRANSFERS)
def test_what_is_written_is_read_back(transfers: tuple[Transfer, ...]) -> None:
    made = file_of(*transfers)
    assert read(io.BytesIO(made)) == (head_of(*transfers), transfers)
    sums = check(io.BytesIO(made))
    assert (sums.payment_count, sums.total_minor) == (
        len(transfers),
        sum(one.amount_minor for one in transfers),
    )


@given(st.lists(st.text(max_size=90), min_size=1, max_size=5))
def test_any_name_gives_a_valid_file(names: list[str]) -> None:
    transfers = tuple(
        Transfer(f"TF{number}", f"N{name}", a_rib(number), 100) for number, name in enumerate(names)
    )
    assert check(io.BytesIO(file_of(*transfers))).payment_count == len(names)


def test_a_name_without_a_letter_for_the_bank_is_never_written() -> None:
    with pytest.raises(ContractBreach, match="no character"):
        file_of(replace(THREE[0], payee_name="中文"))


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_nothing_and_less_is_never_written(amount_minor: int) -> None:
    with pytest.raises(ContractBreach, match="nothing or less"):
        file_of(*THREE, replace(THREE[0], amount_minor=amount_minor))


@pytest.mark.parametrize("changes", [{"payment_count": 4}, {"total_minor": 32_442}])
def test_transfers_that_do_not_add_up_to_the_head_are_seen(changes: dict[str, int]) -> None:
    with pytest.raises(ContractBreach, match="but the batch says"):
        b"".join(write(replace(head_of(*THREE), **changes), THREE, PROFILE))


def broken(before: bytes, after: bytes, count: int = 1) -> io.BytesIO:
    made = file_of(*THREE)
    assert before in made
    return io.BytesIO(made.replace(before, after, count))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (b">74.40<", b">74.41<", "group does not add up"),
        (b">TF0002<", b">TF0001<", "stands twice"),
        (b"<CtrlSum>324.41<", b"<CtrlSum>324.42<", "file's control sum"),
        (b"<NbOfTxs>3<", b"<NbOfTxs>4<", "file's control sum"),
        (b"<NbOfTxs>2<", b"<NbOfTxs>1<", "group does not add up"),
        (b'Ccy="MAD"', b'Ccy="EUR"', "more than one currency"),
        (b"MA64999001000000000000000178", b"MA64999002000000000000000275", "debit account"),
        (b">74.40<", b">74.400001<", "not valid"),
        (b">74.40<", b">74.405<", "minor units"),
        (b">74.40<", b">-74.40<", "not valid"),
        (b"<PmtMtd>TRF<", b"<PmtMtd>XXX<", "not valid"),
        (b"<Nm>ESSAI PREMIER</Nm>", b"<Nm></Nm>", "not valid"),
        (b"</Document>", b"", "not valid"),
        (b"</Document>", b"</Document><x/>", "not valid"),
        (b"ESSAI PREMIER", b"ESSAI & PREMIER", "not valid"),
        (b"ESSAI PREMIER", b"&eacute;", "not valid"),
        (b"ESSAI PREMIER", b"\xff\xfe", "not valid"),
        (b"</GrpHdr>", b"</GrpHdx>", "not valid"),
        (b"ESSAI PREMIER", b"<![CDATA[ESSAI]]>", "declaration"),
        (b"ESSAI PREMIER", b"<!-- -->ESSAI", "declaration"),
        (b'"UTF-8"?>', b'"UTF-16"?>', "does not begin"),
    ],
)
def test_a_changed_file_does_not_pass(before: bytes, after: bytes, message: str) -> None:
    with pytest.raises(ContractBreach, match=message):
        check(broken(before, after))


def test_a_breach_quotes_no_value_of_the_file() -> None:
    with pytest.raises(ContractBreach) as caught:
        check(broken(b"<Nm>ESSAI PREMIER</Nm>", b"<Nm>" + b"ESSAI" * 40 + b"</Nm>"))
    assert "ESSAI" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!ENTITY x SYSTEM "file:///etc/hostname">',
        b'<!ENTITY x "ESSAI">',
        b'<!ENTITY y "ESSAI"><!ENTITY x "&y;&y;&y;&y;">',
    ],
)
def test_a_file_that_declares_entities_is_not_parsed(declaration: bytes) -> None:
    # The parser itself is not asked: it dies on such a file when it validates.
    declared = b'"UTF-8"?><!DOCTYPE Document [' + declaration + b"]>"
    made = file_of(*THREE).replace(b'"UTF-8"?>', declared).replace(b"ESSAI PREMIER", b"&x;")
    for look_at in (read, check):
        with pytest.raises(ContractBreach, match="declaration"):
            look_at(io.BytesIO(made))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_declaration_is_seen_wherever_the_pieces_are_cut(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pain_001_001_09, "BYTES_PER_READ", 3)
    made = pain_001_001_09.PROLOG.encode() + b" " * place + b"<!DOCTYPE x><x/>"
    with pytest.raises(ContractBreach, match="declaration"):
        check(io.BytesIO(made))


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ContractBreach, match="not valid"):
        read(io.BytesIO(pain_001_001_09.PROLOG.encode() + b"<Document/>"))


def many(count: int) -> Iterator[Transfer]:
    return (
        Transfer(f"TF{number:032X}", "ESSAI PREMIER", a_rib(number), 100 + number)
        for number in range(count)
    )


def test_a_large_file_is_written_and_checked_in_bounded_memory(tmp_path: Path) -> None:
    count = 4_000
    head = replace(
        head_of(), payment_count=count, total_minor=sum(100 + number for number in range(count))
    )
    path = tmp_path / "large.xml"
    profile = replace(PROFILE, max_tx_pmtinf=200)
    tracemalloc.start()
    try:
        with path.open("wb") as out:
            out.writelines(write(head, many(count), profile))
        with path.open("rb") as stream:
            assert check(stream).payment_count == count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 1_300_000
    assert peak < 1_000_000


def test_the_namespace_is_the_schemas_own() -> None:
    document = etree.fromstring(file_of(*THREE))
    assert document.tag == f"{{{NAMESPACE}}}Document"

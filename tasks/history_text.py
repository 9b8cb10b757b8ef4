"""Writes a dossier's history as lines of text for an auditor, with labels in one language."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.written import written
from tasks.labels import WIDTH, Labels, moment, period
from tasks.version_text import version_lines

Told = Mapping[str, Any]


def history_text(told: Told, language: str) -> str:
    """A told history as text; what does not exist is left out.

    Days and amounts in it are written as the language writes them.
    """
    labels = Labels(language)
    parts = ["\n".join(dossier_lines(labels, one)) for one in told["dossiers"]]
    hidden = told["dossier_count"] - len(told["dossiers"])
    if hidden:
        parts.append(f"{labels.word('more_dossiers')}: {hidden}")
    return written("\n\n".join(parts), language)


def dossier_lines(labels: Labels, told: Told) -> Iterator[str]:
    """Everything about one dossier."""
    yield f"{labels.word('dossier')} {told['public_number']} · {told['dossier_id']}"
    yield "=" * WIDTH
    yield from _head(labels, told)
    for version in told["versions"]:
        yield from version_lines(labels, version, told["currency"])
    for payment in told["payments"]:
        yield from _payment(labels, payment)
    for content in told["contents"]:
        yield from _content(labels, content)
    yield from _apart(labels, told)
    yield from _audit(labels, told["audit"])


def _head(labels: Labels, told: Told) -> Iterator[str]:
    status = f"{labels.said('status', told['status'])} · {labels.said('stage', told['stage'])}"
    yield labels.line("status", status)
    yield labels.line("scheme", f"{told['scheme']} · {told['currency']}")
    place = [told["agency"], told["region"]]
    channel = labels.said("channel", told["channel"])
    yield labels.line("channel", " · ".join(one for one in (channel, *place) if one))
    dates = told["dates"]
    yield labels.line("date.care", period(dates["care_start"], dates["care_end"]))
    for name in ("deposit", "receipt", "scan", "decision"):
        yield labels.line(f"date.{name}", dates[name] or "–")
    for original in told["originals"]:
        kept = labels.word("intact" if original["is_intact"] else "not_intact")
        yield labels.line("original", f"SHA-256 {original['sha256']}")
        yield labels.line("", f"{original['byte_count']:,} B · {original['media_type']} · {kept}")
    for one in told["paper"]:
        yield from _paper(labels, one)
    for submission in told["submissions"]:
        answer = labels.said("answer", submission["answer"])
        yield labels.line("submission", f"{moment(submission['received_at'])} · {answer}")
        yield from labels.wrapped(submission["sentence"], 2)


def _paper(labels: Labels, told: Told) -> Iterator[str]:
    """The envelope of some pages, its bordereau, and where the originals lie."""
    first, last = told["pages"]
    place = f"{labels.word('page')} {first}-{last} / {told['page_count']}"
    parts = (told["envelope_id"], told["arrived_on"], told["agency"], place)
    yield labels.line("envelope", " · ".join(part for part in parts if part))
    if told["bordereau"]:
        counts = (
            f"{labels.word('stated')} {told['stated']}, {labels.word('came')} {told['counted']}"
        )
        yield labels.line("bordereau", f"{told['bordereau']} · {counts}")
    if told["box"]:
        gone = told["destroyed_on"]
        end = "destroyed_on" if gone else "destroy_on"
        yield labels.line("box_of_originals", f"{told['box']} · {labels.word(end)} {told[end]}")


def _payment(labels: Labels, told: Told) -> Iterator[str]:
    batch = told["batch"]
    yield ""
    yield f"{labels.word('payment')} {told['end_to_end_id']}"
    yield "-" * WIDTH
    state = labels.said("payment_state", told["state"])
    yield labels.line("status", f"{state} · {labels.said('payee', told['payee_kind'])}")
    yield labels.line("payment_amount", labels.money(told["amount_minor"], told["currency"]))
    for one in told["settles"]:
        live = "" if one["is_live"] else f" · {labels.word('not_live')}"
        version = f"{labels.word('version')} {one['version']}"
        yield labels.line("settles", f"{version} · {labels.amount(one['amount_minor'])}{live}")
    yield labels.line("account", told["account"] or "–")
    yield labels.line(
        "batch",
        f"{batch['batch_id']} · {labels.said('batch_state', batch['state'])} · "
        f"{batch['pay_date']} · {batch['format_id']} · {batch['prepared_by']}",
    )
    if batch["file_sha256"]:
        kept = labels.word("intact" if batch["is_intact"] else "not_intact")
        yield labels.line("file", f"SHA-256 {batch['file_sha256']}")
        yield labels.line("", kept)
    for one in batch["approvals"]:
        demo = f" · {labels.word('demo')}" if one["is_demo"] else ""
        yield labels.line(
            "approved_by",
            f"{one['approver']} · {moment(one['approved_at'])} · {one['from_where']}{demo}",
        )


def _content(labels: Labels, told: Told) -> Iterator[str]:
    yield ""
    yield f"{labels.word('read')} {told['content_version']}"
    yield "-" * WIDTH
    for page in told["pages"]:
        size = f"{page['width']}×{page['height']} px, {page['dpi']} dpi"
        form = page["form_id"] or labels.word("free_layout")
        problem = f" · {page['problem']}" if page["problem"] else ""
        in_file = f" · {labels.word('file_page')} {page['file_page']}"
        yield labels.line("page", f"{page['page_no']} · {size} · {form}{in_file}{problem}")
    for one in told["archive"]:
        kept = labels.word("intact" if one["is_intact"] else "not_intact")
        yield labels.line("archive", f"{one['storage_key']} · {one['pages']} p.")
        yield labels.line("", f"SHA-256 {one['sha256']}")
        yield labels.line("", f"{one['byte_count']:,} B · {moment(one['made_at'])} · {kept}")
    for one in told["fields"]:
        yield from _field(labels, one)
    for one in told["corrections"]:
        yield labels.line("correction", f"{one['field']}: {one['before']} → {one['after']}")
        yield from labels.wrapped(
            f"{one['corrected_by']} · {moment(one['corrected_at'])} · {one['reason'] or '–'}",
            2,
        )


def _field(labels: Labels, one: Told) -> Iterator[str]:
    left, top, width, height = one["box"]
    doubtful = f" · {labels.word('doubtful')}" if one["is_doubtful"] else ""
    yield f"  {one['field']} = {one['value'] or '–'}{doubtful}"
    if not one["page_no"]:  # a person typed what nothing had read
        yield from labels.wrapped(one["source"], 2)
        return
    second = (
        f" · {labels.word('second')} « {one['second_reading']} »" if one["second_reading"] else ""
    )
    basis = (one["source"], *one["flags"], one["quality_band"], one["calibration"])
    yield from labels.wrapped(
        f"{labels.word('page')} {one['page_no']} · {labels.word('box')} {left},{top} "
        f"{width}×{height} · {labels.word('reading')} « {one['reading']} »{second} · "
        f"{labels.word('error')} {one['error_probability']:.4f} · "
        f"{' '.join(part for part in basis if part)}",
        2,
    )


def _apart(labels: Labels, told: Told) -> Iterator[str]:
    for one in told["quarantine"]:
        yield ""
        stage, rules = labels.said("stage", one["stage"]), " ".join(one["rules"])
        yield labels.line("quarantine", f"{stage} · {one['contract']} · {rules}")
        yield from labels.wrapped(
            f"{labels.said('task_state', one['state'])} · {moment(one['held_at'])} · "
            f"{one['released_by'] or '–'} {moment(one['released_at'])}",
            2,
        )
    for one in told["overpayments"]:
        yield ""
        yield labels.line(
            "overpayment",
            f"{labels.money(one['paid_minor'], one['currency'])} · {one['listed_on']} · "
            f"{one['sentence']}",
        )


def _audit(labels: Labels, events: Iterable[Told]) -> Iterator[str]:
    yield ""
    yield labels.word("audit")
    yield "-" * WIDTH
    for one in events:
        change = f"{one['before'] or '–'} → {one['after'] or '–'}"
        yield from labels.wrapped(
            f"{moment(one['happened_at'])}  {one['actor']} · {one['action']} · {change}", 1
        )
        yield from labels.wrapped(
            f"{one['chain']} #{one['sequence']} · {one['hash'][:16]}… {one['detail']}".strip(),
            2,
        )

"""Tells the whole history of a dossier: what came in, was read, said, decided and paid, by whom."""

import json
from collections import Counter
from typing import Any

from infra.stores.dossier_history import DossierHistory, find_dossiers, read_history
from infra.stores.envelopes import PaperOfDossier
from tasks.payment_history import payment_told
from tasks.teller import Teller, Told, is_intact, sentence_of, text_of
from tasks.version_history import version_told

#: A payment may settle hundreds of dossiers; the first ones are told in full.
DOSSIERS_TOLD_MAX = 20


def tell(teller: Teller, key: str) -> Told:
    """Everything kept about the dossier, or the dossiers of the payment, that bears the key.

    Raises:
        UnknownDossier: when nothing bears that key.
    """
    ids = find_dossiers(teller.database, key)
    return {
        "key": key,
        "language": teller.language,
        "dossier_count": len(ids),
        "dossiers": [_dossier(teller, one) for one in ids[:DOSSIERS_TOLD_MAX]],
    }


def _dossier(teller: Teller, dossier_id: str) -> Told:
    history = read_history(teller.database, dossier_id)
    head = history.head
    content = history.rows["extracted_dossier"]
    return {
        "dossier_id": head.dossier_id,
        "public_number": head.public_number,
        "scheme": head.scheme,
        "currency": head.currency,
        "channel": head.channel,
        "agency": head.agency,
        "region": head.region,
        "stage": head.stage,
        "status": head.status,
        "version": head.version,
        "lot_id": head.lot_id,
        "dates": {
            "care_start": text_of(content[-1].care_start if content else None),
            "care_end": text_of(content[-1].care_end if content else None),
            "deposit": text_of(head.deposit_date),
            "receipt": text_of(head.receipt_date),
            "scan": text_of(head.scan_date),
            "decision": text_of(head.decision_date),
        },
        "submissions": [_submission(teller, row) for row in history.rows["submission"]],
        "originals": [_original(teller, row) for row in history.rows["original"]],
        "paper": [_paper(row) for row in history.rows["paper"]],
        "versions": [version_told(teller, history, row) for row in history.rows["dossier_version"]],
        "contents": _contents(teller, history),
        "payments": [payment_told(teller, history, row) for row in history.payments],
        "overpayments": [
            {
                "version": row.version,
                "paid_minor": row.paid_minor,
                "currency": row.currency,
                "cause": row.cause,
                "sentence": sentence_of(teller, row.cause, {}),
                "listed_on": text_of(row.listed_on),
            }
            for row in history.rows["overpayment"]
        ],
        "quarantine": [
            {
                "version": row.version,
                "stage": row.stage,
                "contract": f"{row.contract_id} {row.contract_version}",
                "rules": json.loads(row.reasons),
                "state": row.state,
                "held_at": row.held_at,
                "released_by": row.released_by,
                "released_at": row.released_at,
            }
            for row in history.rows["quarantine"]
        ],
        "audit": [dict(event) for event in history.events],
    }


def _submission(teller: Teller, row: Any) -> Told:
    params = json.loads(row.detail) if row.detail else {}
    return {
        "submission_id": row.submission_id,
        "sha256": row.sha256,
        "part": row.part,
        "channel": row.channel,
        "answer": row.answer,
        "code": row.code,
        "sentence": sentence_of(teller, row.code, params),
        "received_at": row.received_at,
    }


def _original(teller: Teller, row: Any) -> Told:
    """A received file, and whether the bytes that are kept still have the hash they came with."""
    return {
        "sha256": row.sha256,
        "byte_count": row.byte_count,
        "media_type": row.media_type,
        "first_received_at": row.first_received_at,
        "is_intact": is_intact(teller.storage, row.storage_key, row.sha256),
    }


def _archived(teller: Teller, row: Any) -> Told:
    """The searchable PDF of a content, and whether it is still the one that was made."""
    return {
        "sha256": row.sha256,
        "storage_key": row.storage_key,
        "pages": row.page_count,
        "byte_count": row.byte_count,
        "made_at": row.made_at,
        "is_intact": is_intact(teller.storage, row.storage_key, row.sha256),
    }


def _contents(teller: Teller, history: DossierHistory) -> list[Told]:
    """What was read from paper, content by content: files, pages, archive, fields, corrections."""
    names = ("page_reading", "field_evidence")
    numbers = sorted({row.content_version for name in names for row in history.rows[name]})
    places = _file_pages(history)
    return [
        {
            "content_version": number,
            "files": [
                {
                    "sha256": row.sha256,
                    "media_type": row.media_type,
                    "pages": row.page_count,
                    "first_page": row.first_page,
                    "last_page": row.last_page or row.page_count,
                }
                for row in history.of_content("dossier_file", number)
            ],
            "pages": [
                {
                    "page_no": row.page_no,
                    "sha256": row.sha256,
                    "file_page": places.get((number, row.page_no), row.page_no),
                    "form_id": row.form_id,
                    "width": row.width,
                    "height": row.height,
                    "dpi": row.dpi,
                    "problem": row.problem,
                }
                for row in history.of_content("page_reading", number)
            ],
            "archive": [
                _archived(teller, row) for row in history.of_content("archived_document", number)
            ],
            "fields": [_field(row) for row in history.of_content("field_evidence", number)],
            "corrections": [
                {
                    "field": row.field,
                    "before": row.before,
                    "after": row.after,
                    "corrected_by": row.corrected_by,
                    "corrected_at": row.corrected_at,
                    "reason": row.reason,
                }
                for row in history.of_content("field_correction", number)
            ],
        }
        for number in numbers
    ]


def _file_pages(history: DossierHistory) -> dict[tuple[int, int], int]:
    """The page of its file that each page of a content is: people count within the dossier."""
    places: dict[tuple[int, int], int] = {}
    counted: Counter[int] = Counter()
    for row in history.rows["dossier_file"]:
        for page in range(row.first_page, (row.last_page or row.page_count) + 1):
            counted[row.content_version] += 1
            places[row.content_version, counted[row.content_version]] = page
    return places


def _paper(row: PaperOfDossier) -> Told:
    """An envelope that pages of the dossier came in, its bordereau, and the originals' box."""
    return {
        "envelope_id": row.envelope_id,
        "arrived_on": text_of(row.arrived_on),
        "agency": row.agency,
        "pages": [row.first_page, row.last_page],
        "page_count": row.page_count,
        "bordereau": row.bordereau,
        "stated": row.stated_count,
        "counted": row.counted,
        "box": row.box_id,
        "destroy_on": text_of(row.destroy_on),
        "destroyed_on": text_of(row.destroyed_on),
    }


def _field(row: Any) -> Told:
    return {
        "field": row.field,
        "page_no": row.page_no,
        "box": [row.box_left, row.box_top, row.box_width, row.box_height],
        "reading": row.reading,
        "second_reading": row.second_reading,
        "value": row.value,
        "error_probability": row.error_probability,
        "is_doubtful": bool(row.is_doubtful),
        "source": row.source,
        "flags": row.flags.split(),
        "field_type": row.field_type,
        "quality_band": row.quality_band,
        "calibration": row.calibration,
        "register_value": row.register_value,
    }

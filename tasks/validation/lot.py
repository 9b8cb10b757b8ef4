"""Reads the dossiers of one chunk and the registers about them, and validates; in a pool child."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from infra.database import shared_database
from infra.settings import Settings
from infra.stores.dossiers import load_dossiers, load_findings
from infra.stores.registers import load_slice
from models.dossier import Dossier
from models.finding import Effect, Finding
from models.registers import RegisterSlice
from models.work import ChunkOutput
from tasks.lot_run import ChunkRequest
from tasks.validation.chunk import validate_chunk
from tasks.validation.context import read_context
from tasks.validation.subject import ValidationContext, build_subject


def validate_lot_chunk(request: ChunkRequest) -> ChunkOutput:
    """Validate the dossiers of a chunk on the registers as known on the lot's day."""
    with shared_database(request.database_url).reading() as connection:
        dossiers = load_dossiers(connection, request.heads)
        registers = slice_of(connection, dossiers.values(), request.day)
    return validate_chunk(
        [dossiers[head.dossier_id] for head in request.heads],
        registers,
        context_of(request.settings),
    )


def context_of(settings: Settings) -> ValidationContext:
    """The rules and known codes of all schemes."""
    national_dir = settings.schemes_dir.parent / "national"
    imported_dir = settings.imported_tariffs()
    # Read again once tables are imported for the first time, as the catalogue of prices is.
    return read_context(
        settings.schemes_dir, national_dir, imported_dir if imported_dir.is_dir() else None
    )


def slice_of(connection: Connection, dossiers: Iterable[Dossier], day: dt.date) -> RegisterSlice:
    """The registers about the people and providers of some dossiers, as known on a day."""
    known = list(dossiers)
    return load_slice(
        connection,
        numbers=[dossier.insured_number for dossier in known],
        cins=[dossier.insured_cin for dossier in known],
        inpes=[
            inpe
            for dossier in known
            for inpe in (
                dossier.provider_inpe,
                dossier.prescriber_inpe,
                dossier.stay.establishment_inpe if dossier.stay else "",
            )
        ],
        care_from=min((dossier.care_start for dossier in known), default=day),
        day=day,
        dossier_ids=[dossier.dossier_id for dossier in known],
    )


def uncovered_of_chunk(request: ChunkRequest) -> dict[str, frozenset[dt.date]]:
    """The days of care of a chunk's dossiers on which the registers of the day open no rights."""
    with shared_database(request.database_url).reading() as connection:
        dossiers = load_dossiers(connection, request.heads)
        findings = load_findings(connection, request.heads)
        registers = slice_of(connection, dossiers.values(), request.day)
    return uncovered_days(
        list(dossiers.values()), findings, registers, context_of(request.settings)
    )


def uncovered_days(
    dossiers: Sequence[Dossier],
    findings: Mapping[str, Sequence[Finding]],
    registers: RegisterSlice,
    context: ValidationContext,
) -> dict[str, frozenset[dt.date]]:
    """For each dossier the days of care on which these registers open no rights.

    A day all of whose lines were refused (``findings``, by dossier) is left out: nothing is paid
    for it.
    """
    found: dict[str, frozenset[dt.date]] = {}
    for dossier in dossiers:
        subject = build_subject(dossier, registers, context)
        closed = {day for day, answer in subject.rights if not answer.is_open}
        if closed:
            closed -= _refused_days(dossier, findings.get(dossier.dossier_id, ()))
        found[dossier.dossier_id] = frozenset(closed)
    return found


def _refused_days(dossier: Dossier, findings: Sequence[Finding]) -> set[dt.date]:
    refused = {one.line_no for one in findings if one.effect is Effect.REFUSE_LINE}
    days = {line.care_date for line in dossier.lines if line.line_no in refused}
    return days - {line.care_date for line in dossier.lines if line.line_no not in refused}

"""``tasfiya tariff list|diff|document|sign``: what the tariffs say, for who answers for it."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from flows.show_result import AsJson, show
from infra.clock import today
from infra.settings import ROOT, Settings
from models.errors import UsageError
from tasks.pricing.cases import PricingCase, read_cases
from tasks.pricing.catalogue import Catalogue, load_catalogue
from tasks.pricing.diff import diff_schemes
from tasks.pricing.document.content import page_of
from tasks.pricing.document.page import html_of, sha256_of
from tasks.pricing.document.pdf import pdf_of
from tasks.pricing.document.signatures import Signature, add_signature
from tasks.pricing.explain import format_cells
from tasks.pricing.figures import Figure, Status

#: Where golden cases stand in a checkout; an installation without them names its own folder.
CASES_DIR = ROOT / "tests" / "cases" / "pricing"
PAGES_DIR = ROOT / "docs" / "tariffs"
SIGNATURES = "signatures"

Scheme = Annotated[str, typer.Argument(help="A scheme's id, such as ma-amo-salaries.")]


def list_figures(
    scheme: Annotated[str, typer.Argument(help="A scheme's id; empty lists the schemes.")] = "",
    on: Annotated[str, typer.Option(help="Only figures in force on that day.")] = "",
    status: Annotated[str, typer.Option(help="Only figures of that status.")] = "",
    key: Annotated[str, typer.Option(help="Only keys that hold this text.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the schemes, or a scheme's figures with their interval, source and status."""
    settings = Settings()
    catalogue = load_catalogue(settings.schemes_dir, settings.imported_tariffs())
    if not scheme:
        rows = [_scheme_row(catalogue, name) for name in sorted(catalogue.schemes)]
        text = "\n".join(f"{row['scheme']:<18} {row['currency']}  {row['name']}" for row in rows)
        show({"schemes": rows}, as_json, text)
        return
    _known(catalogue, scheme)
    day = _day(on) if on else None
    if status and status not in list(Status):
        raise UsageError(f"--status must be one of {', '.join(Status)}")
    figures = [
        figure
        for figure in catalogue.figures(scheme)
        if (day is None or figure.start <= day <= figure.last_day)
        and (not status or figure.status == status)
        and key in figure.key
    ]
    text = "\n".join(
        f"{figure.figure_id} = {format_cells(figure)} ({figure.interval}) "
        f"· {figure.status.value} · {figure.source}"
        for figure in figures
    )
    show({"scheme": scheme, "figures": [_figure_row(each) for each in figures]}, as_json,
         text or "no such figure")  # fmt: skip


def diff(
    before: Annotated[str, typer.Argument(help="SCHEME, SCHEME@DAY or FOLDER:SCHEME[@DAY].")],
    after: Annotated[str, typer.Argument(help="The same; DAY is a day of knowledge.")],
    as_json: AsJson = False,
) -> None:
    """Say which figures, rules and facts differ between two schemes, or two states of one."""
    old, old_id = _state(before)
    new, new_id = _state(after)
    found = diff_schemes(old, old_id, new, new_id)
    rows = [
        {"kind": each.kind, "key": each.key, "before": each.before, "after": each.after}
        for each in found
    ]
    text = "\n".join(
        f"{each.kind} {each.key}\n  - {each.before or '(not there)'}\n"
        f"  + {each.after or '(not there)'}"
        for each in found
    )
    show({"before": before, "after": after, "differences": rows}, as_json, text or "no difference")


def document(
    scheme: Annotated[str, typer.Argument(help="A scheme's id; empty for all of them.")] = "",
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = PAGES_DIR,
    cases: Annotated[Path, typer.Option(help="Folder of the golden cases.")] = CASES_DIR,
    pdf: Annotated[bool, typer.Option(help="Write the PDF to sign by hand too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Write the page that a lawyer and an actuary sign: figures, sources, rules, cases."""
    catalogue = load_catalogue(Settings().schemes_dir)
    wanted = [scheme] if scheme else sorted(catalogue.schemes)
    out.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    for name in wanted:
        _known(catalogue, name)
        html = page_html(catalogue, name, cases)
        (out / f"{name}.html").write_text(html, encoding="utf-8")
        written[name] = sha256_of(html)
        if pdf:
            (out / f"{name}.pdf").write_bytes(pdf_of(html, written[name]))
    text = "\n".join(
        f"{name}: {out / name}.html, sha256 {found}" for name, found in written.items()
    )
    show({"pages": dict(written)}, as_json, text)


def sign(
    scheme: Scheme,
    by: Annotated[str, typer.Option(help="Who signs.")],
    role: Annotated[str, typer.Option(help="lawyer or actuary.")],
    pages: Annotated[Path, typer.Option(help="Folder of the pages.")] = PAGES_DIR,
    as_json: AsJson = False,
) -> None:
    """Write a signature under a scheme's page as it stands in the folder of pages."""
    path = pages / f"{scheme}.html"
    if not path.exists():
        raise UsageError(f"{path.name}: no such page; tasfiya tariff document {scheme} writes it")
    fingerprint = sha256_of(path.read_text(encoding="utf-8"))
    signed = add_signature(pages / SIGNATURES, scheme, Signature(fingerprint, role, by, today()))
    show(
        {"scheme": scheme, "page_sha256": fingerprint, "role": role, "file": signed.name},
        as_json,
        f"{scheme}: page {fingerprint} signed as {role} in {signed.name}",
    )


def page_html(catalogue: Catalogue, scheme_id: str, cases_dir: Path) -> str:
    """The page of one scheme with the cases of its folder."""
    return html_of(page_of(catalogue, scheme_id, cases_of(catalogue, scheme_id, cases_dir)))


def cases_of(catalogue: Catalogue, scheme_id: str, cases_dir: Path) -> list[PricingCase]:
    """The golden cases of one scheme, in the order of their files."""
    currencies = {name: scheme.currency for name, scheme in catalogue.schemes.items()}
    return [
        case
        for path in sorted((cases_dir / scheme_id).glob("*.yaml"))
        for case in read_cases(path, currencies)
    ]


def _state(word: str) -> tuple[Catalogue, str]:
    """The catalogue and the scheme of a word such as ``ma-cnops@2026-01-31``."""
    folder, is_given, rest = word.rpartition(":")
    scheme_id, has_day, day = rest.partition("@")
    settings = Settings()
    catalogue = (
        load_catalogue(Path(folder))
        if is_given
        else load_catalogue(settings.schemes_dir, settings.imported_tariffs())
    )
    return (catalogue.as_known(_day(day)) if has_day else catalogue), scheme_id


def _known(catalogue: Catalogue, scheme_id: str) -> None:
    if scheme_id not in catalogue.schemes:
        known = ", ".join(sorted(catalogue.schemes))
        raise UsageError(f"{scheme_id}: no such scheme; the catalogue has {known}")


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text}: a day is written 2026-01-31") from None


def _scheme_row(catalogue: Catalogue, scheme_id: str) -> dict[str, str]:
    scheme = catalogue.schemes[scheme_id]
    return {
        "scheme": scheme_id,
        "country": scheme.country,
        "currency": scheme.currency,
        "name": scheme.names["fr"],
        "status": scheme.status.value,
        "tariff_version": scheme.tariff_version,
    }


def _figure_row(figure: Figure) -> dict[str, str | None]:
    return {
        "figure_id": figure.figure_id,
        "value": format_cells(figure),
        "unit": figure.unit,
        "from": figure.start.isoformat(),
        "to": None if figure.end is None else figure.end.isoformat(),
        "known_from": None if figure.known_from is None else figure.known_from.isoformat(),
        "source": figure.source,
        "status": figure.status.value,
        "notes": figure.notes,
    }

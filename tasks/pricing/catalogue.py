"""The tariff catalogue: every scheme of a folder, the register of sources, the finding codes.

Every figure has two times: in force (from, to) and known (``known_from``). ``as_known`` returns
the catalogue as the payer knew it on a day, so that an old decision can be replayed as it was.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from models.errors import CatalogueError
from models.messages import Code, read_codes
from tasks.pricing.figures import Figure
from tasks.pricing.lists.records import RECORDS_SUFFIX, read_records
from tasks.pricing.scheme import Country, Scheme, read_country, read_scheme
from tasks.pricing.sources import Source, read_sources
from tasks.pricing.strict_yaml import part_files

CODES_PATH = Path(__file__).parent / "codes.yaml"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Schemes by id, sources by id, and the codes of pricing."""

    schemes: Mapping[str, Scheme]
    sources: Mapping[str, Source]
    codes: Mapping[str, Code]

    def find(self, scheme_id: str, currency: str) -> Scheme | None:
        """Return the scheme of that id and currency, or None: no tariff is known for it."""
        scheme = self.schemes.get(scheme_id)
        return scheme if scheme is not None and scheme.currency == currency else None

    def as_known(self, known_on: dt.date) -> "Catalogue":
        """Return the catalogue as it was known on a day."""
        schemes = {key: scheme.as_known(known_on) for key, scheme in self.schemes.items()}
        return replace(self, schemes=schemes)

    def figures(self, scheme_id: str) -> Iterator[Figure]:
        """Yield every figure in force in a scheme: parameters first, then the rows of tables."""
        scheme = self.schemes[scheme_id]
        for parameter in scheme.parameters.values():
            yield from parameter.timeline.figures
        for table in scheme.tables.values():
            for timeline in table.by_key.values():
                yield from timeline.figures

    def drafts(self, scheme_id: str) -> Iterator[Figure]:
        """Yield the figures that are written but not in force; they price nothing."""
        scheme = self.schemes[scheme_id]
        for parameter in scheme.parameters.values():
            yield from parameter.drafts
        for table in scheme.tables.values():
            yield from table.drafts


def load_catalogue(schemes_dir: Path, imported_dir: Path | None = None) -> Catalogue:
    """Return the catalogue of a folder of schemes, with ``national/`` and ``sources.yaml`` beside.

    ``imported_dir`` holds the tables imported from official lists, ``<country>/<table>.csv``;
    where it is absent, or lies empty, the shipped extracts count alone.

    A scheme folder, and a country's under ``national/``, may bring ``sources.yaml`` (or files in
    ``sources/``) and ``codes.yaml`` of their own; national tables are optional.

    Raises:
        CatalogueError: names the scheme, the file, the key and the date of the first fault.
    """
    national_dir = schemes_dir.parent / "national"
    sources = dict(_sources_of(schemes_dir.parent))
    codes = read_codes(CODES_PATH)
    for folder in sorted([*national_dir.glob("*/"), *schemes_dir.glob("*/")]):
        _add_codes(codes, folder)
        if folder.parent == national_dir:
            sources.update(_sources_of(folder))
            sources.update(_sources_of_imports(_imported(imported_dir, folder.name), sources))
    # Read once for all schemes of a country: an imported list has thousands of rows.
    country_of = cache(partial(_country_of, national_dir, imported_dir, dict(sources)))
    schemes: dict[str, Scheme] = {}
    for folder in sorted(path.parent for path in schemes_dir.glob("*/scheme.yaml")):
        try:
            own = _sources_of(folder)
            if twice := sorted(own.keys() & sources.keys()):
                raise CatalogueError(f"sources.yaml: {twice[0]}: registered twice")
            known = {**sources, **own}
            scheme = read_scheme(folder, country_of=country_of, sources=known, codes=codes)
        except CatalogueError as error:
            raise CatalogueError(f"{folder.name}/{error}") from error
        if scheme.scheme_id.replace("-", "_") != folder.name or scheme.scheme_id in schemes:
            raise CatalogueError(
                f"{folder.name}/scheme.yaml: id {scheme.scheme_id} does not name its folder"
            )
        sources.update(known)
        schemes[scheme.scheme_id] = scheme
    if not schemes:
        raise CatalogueError(f"{schemes_dir.name}: holds no scheme folder with a scheme.yaml")
    return Catalogue(schemes, sources, codes)


def _country_of(
    national_dir: Path,
    imported_dir: Path | None,
    sources: Mapping[str, Source],
    name: str,
    currency: str,
) -> Country:
    """What the schemes of a country share, in one currency."""
    imported = _imported(imported_dir, name)
    return read_country(national_dir / name, imported=imported, currency=currency, sources=sources)


def _imported(imported_dir: Path | None, country: str) -> Path | None:
    """The folder of a country's imported tables, if there is one."""
    folder = None if imported_dir is None else imported_dir / country
    return folder if folder is not None and folder.is_dir() else None


def _sources_of_imports(folder: Path | None, known: Collection[str]) -> Mapping[str, Source]:
    """The lists that imported tables of a country were taken from, each a source."""
    found: dict[str, Source] = {}
    for path in [] if folder is None else sorted(folder.glob(f"*{RECORDS_SUFFIX}")):
        for record in read_records(path):
            source = record.as_source()
            if source.source_id in known or source.source_id in found:
                raise CatalogueError(f"imported {path.name}: {source.source_id}: registered twice")
            found[source.source_id] = source
    return found


def _sources_of(folder: Path) -> Mapping[str, Source]:
    """The sources of a folder's ``sources.yaml`` and of every file of its ``sources/``."""
    found: dict[str, Source] = {}
    for path in part_files(folder, "sources"):
        for source_id, source in read_sources(path).items():
            if source_id in found:
                raise CatalogueError(f"{folder.name}/{path.name}: {source_id}: registered twice")
            found[source_id] = source
    return found


def _add_codes(codes: dict[str, Code], folder: Path) -> None:
    path = folder / "codes.yaml"
    if not path.exists():
        return
    for name, code in read_codes(path).items():
        if name in codes:
            raise CatalogueError(f"{folder.name}/codes.yaml: {name}: described twice")
        codes[name] = code

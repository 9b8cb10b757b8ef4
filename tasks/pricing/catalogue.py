"""The tariff catalogue: every scheme of a folder, the register of sources, the finding codes.

Every figure has two times: in force (from, to) and known (``known_from``). ``as_known`` returns
the catalogue as the payer knew it on a day, so that an old decision can be replayed as it was.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import CatalogueError
from models.messages import Code, read_codes
from tasks.pricing.figures import Figure
from tasks.pricing.scheme import Scheme, read_scheme
from tasks.pricing.sources import Source, read_sources

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


def load_catalogue(schemes_dir: Path) -> Catalogue:
    """Return the catalogue of a folder of schemes, with ``national/`` and ``sources.yaml`` beside.

    A scheme folder may bring a ``sources.yaml`` of its own; national tables are optional.

    Raises:
        CatalogueError: names the scheme, the file, the key and the date of the first fault.
    """
    shared = schemes_dir.parent / "sources.yaml"
    sources = dict(read_sources(shared)) if shared.exists() else {}
    codes = read_codes(CODES_PATH)
    schemes: dict[str, Scheme] = {}
    for folder in sorted(path.parent for path in schemes_dir.glob("*/scheme.yaml")):
        try:
            own_path = folder / "sources.yaml"
            own = read_sources(own_path) if own_path.exists() else {}
            if twice := sorted(own.keys() & sources.keys()):
                raise CatalogueError(f"sources.yaml: {twice[0]}: registered twice")
            known = {**sources, **own}
            scheme = read_scheme(
                folder, national_dir=schemes_dir.parent / "national", sources=known, codes=codes
            )
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

"""What is read from paper: words with boxes, page quality, and evidence behind each field."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in pixels of the stored page image, origin at the top left."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word or line as one engine read it; ``raw_confidence`` (0–100) is no probability."""

    text: str
    box: Box
    raw_confidence: float
    engine: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class PageText:
    """One page after OCR: its words, what form it is, and its measured quality.

    ``form_id`` is empty when no known form was recognised; ``inliers`` is the number of matched
    points behind the recognition. ``zones`` are the readings of the form's zones, keyed by zone
    name; each zone may hold several readings of different engines. ``segments`` are pieces of text
    of a receipt in free layout, found and read by both engines.

    ``quality_band`` is ``good``, ``fair`` or ``poor``, and empty on pages that were not read or
    were kept before bands were told; ``seen_band`` is that of the picture, before the agreement of
    the engines was known, empty without a form. ``source_dpi`` is the resolution of the picture as
    received; ``background_range`` and ``contrast`` are grey levels; ``held_share`` is the share of
    the form's printed patches that stand where they should, 0 without a form.
    """

    page_no: int
    sha256: str
    width: int
    height: int
    dpi: int
    form_id: str
    inliers: int
    skew_degrees: float
    sharpness: float
    is_text_layer: bool
    words: tuple[Token, ...]
    zones: tuple["ZoneReading", ...] = ()
    barcodes: tuple["Barcode", ...] = ()
    problem: str = ""
    segments: tuple["Segment", ...] = ()
    quality_band: str = ""
    source_dpi: int = 0
    background_range: float = 0.0
    contrast: float = 0.0
    held_share: float = 0.0
    seen_band: str = ""


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """What the engines read in one zone of a registered form; ``checked`` is for check boxes.

    ``first_look`` is what the first engine read at first, where a second look changed it.
    """

    zone: str
    box: Box
    readings: tuple[Token, ...]
    checked: bool | None = None
    first_look: Token | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text in free layout, found by one engine and read by several."""

    box: Box
    readings: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Barcode:
    """A bar code found on a page."""

    text: str
    symbology: str
    box: Box


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """Where one field's value comes from: page, box, what was read, and how sure it is.

    ``error_probability`` is between 0 and 1; ``is_doubtful`` sends the field to a person.
    ``field`` is a field name of the dossier, or ``lines[3].amount_minor``. It was judged by its
    type, ``source`` with ``flags`` (parted by blanks), and its page's ``quality_band``, in the
    version of the calibration named. ``register_value`` is what the register has in its place.
    """

    field: str
    page_no: int
    box: Box
    reading: str
    second_reading: str
    value: str
    error_probability: float
    is_doubtful: bool
    source: str
    flags: str = ""
    field_type: str = ""
    quality_band: str = ""
    calibration: str = ""
    register_value: str = ""

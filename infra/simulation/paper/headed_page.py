"""Pages of no registered form, with a heading in French, Arabic or Chinese and a few lines."""

import functools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from infra.simulation.paper.pen import Pen, blank_page
from infra.simulation.paper.render import PRINT_ROLES
from models.yaml_loader import safe_load

_FILE = Path(__file__).with_name("headings.yaml")
#: Lines of ordinary words under the heading, by language.
_LINES = {
    "fr": ["Nom et prénom de l'assuré", "Date des soins", "Nature des prestations", "Signature"],
    "ar": ["الاسم العائلي والشخصي", "تاريخ العلاج", "طبيعة الخدمات المقدمة", "التوقيع والخاتم"],
    "zh": ["姓名和性别", "就诊日期", "项目名称及金额", "医师签名盖章"],
}
_TOTALS = {"fr": "Total", "ar": "المجموع", "zh": "合计"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, the line under it, its language, and the kind of document it names."""

    lang: str
    kind: str
    heading: str
    under: str


@functools.cache
def read_headings() -> Sequence[Heading]:
    """Return all headings."""
    return [Heading(**entry) for entry in safe_load(_FILE.read_text(encoding="utf-8"))]


def render_headed(heading: Heading, seed: int) -> Image.Image:
    """Return a page of A4 with a heading, its lines and some amounts."""
    rng = random.Random(f"headed/{seed}")
    image = blank_page()
    pen = Pen(image)
    role = PRINT_ROLES.get(heading.lang, "printed")
    is_arabic = heading.lang == "ar"
    edge, anchor = (188.0, "ra") if is_arabic else (22.0, "la")
    pen.text(heading.heading, 105, 20, role=f"{role}_bold", size_pt=20, anchor="ma")
    pen.text(heading.under, 105, 32, role=role, size_pt=13, anchor="ma")
    top = 50.0
    for line in _LINES[heading.lang] * 3:
        pen.text(line, edge, top, role=role, size_pt=11, anchor=anchor)
        amount = f"{rng.randrange(100, 9_000)},{rng.randrange(100):02d}"
        pen.text(amount, 22 if is_arabic else 188, top, role="printed", size_pt=11,
                 anchor="la" if is_arabic else "ra")  # fmt: skip
        top += 12
    pen.text(_TOTALS[heading.lang], edge, top + 6, role=role, size_pt=12, anchor=anchor)
    return image

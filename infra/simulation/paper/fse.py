"""The QR code of an electronic care sheet, put on a prescription or a bill."""

import numpy as np
import zxingcpp
from PIL import Image

from infra.simulation.paper.pen import PAGE_DPI

#: Our own payload for demonstration: none is published (``tasks/extraction/fse.yaml``).
PAYLOAD = "FSE:1:{number}"
#: Left, top and side of the code on a page, in millimetres.
LEFT_MM, TOP_MM, SIDE_MM = 165.0, 18.0, 28.0
_MM_IN_INCH = 25.4


def fse_payload(number: str) -> str:
    """Return what the code of an electronic care sheet of this number says."""
    return PAYLOAD.format(number=number)


def with_fse_code(page: Image.Image, number: str) -> Image.Image:
    """Return a page at the simulator's resolution with the code in its upper right corner."""
    code = zxingcpp.create_barcode(fse_payload(number), zxingcpp.barcode_format_from_str("QRCode"))
    modules = np.asarray(code.to_image(scale=1, add_quiet_zones=True), dtype=np.uint8)
    scale = max(1, _pixels(SIDE_MM) // modules.shape[0])
    large = np.kron(modules, np.ones((scale, scale), dtype=np.uint8))
    coded = page.copy()
    coded.paste(Image.fromarray(large), (_pixels(LEFT_MM), _pixels(TOP_MM)))
    return coded


def _pixels(millimetres: float) -> int:
    return round(millimetres / _MM_IN_INCH * PAGE_DPI)

"""Damage rendered pages the way scanners do: turned, skewed, blurred, noisy, shaded, compressed."""

import functools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from infra.simulation.paper.pen import MM_PER_INCH, PAGE_DPI
from models.errors import CatalogueError
from models.yaml_loader import safe_load

PROFILES_FILE = Path(__file__).with_name("degradations.yaml")
DEFAULT_MIX = "office"

#: Side of the noise tile, in pixels: drawing noise for every pixel would cost more than rendering.
NOISE_TILE = 1_024

Range = tuple[float, float]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Profile:
    """One way a page is damaged; the meaning of each range is told in ``degradations.yaml``."""

    rotation_degrees: float
    corner_mm: float
    blur_px: Range
    noise: Range
    paper: Range
    ink: Range
    shade: Range
    jpeg: Range
    bilevel: bool


def pick_profile(rng: random.Random, mix: str = DEFAULT_MIX) -> str:
    """Return the name of a profile by the shares of a mix.

    Raises:
        CatalogueError: when there is no such mix.
    """
    mixes = _mixes()
    if mix not in mixes:
        raise CatalogueError(f"no mix {mix!r} in {PROFILES_FILE.name}; there are {sorted(mixes)}")
    shares = mixes[mix]
    return rng.choices(list(shares), weights=list(shares.values()))[0]


def degrade(image: Image.Image, profile_name: str, rng: random.Random) -> Image.Image:
    """Return a page as the scanner leaves it; one ``rng`` state, one result."""
    profile = _profiles()[profile_name]
    page: Grey = np.asarray(image, dtype=np.uint8)
    page = _warp(page, profile, rng)
    blur = rng.uniform(*profile.blur_px)
    if blur > 0.05:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), blur), dtype=np.uint8)
    page = _tone(page, profile, rng)
    if profile.bilevel:
        page = _fax(page)
    return Image.fromarray(_compress(page, round(rng.uniform(*profile.jpeg))))


def _warp(page: Grey, profile: Profile, rng: random.Random) -> Grey:
    """Turn about the centre and let the corners wander; what comes into view is white."""
    height, width = page.shape
    angle = rng.uniform(-profile.rotation_degrees, profile.rotation_degrees)
    wander = profile.corner_mm * PAGE_DPI / MM_PER_INCH
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    moved = corners @ turn[:, :2].T + turn[:, 2]
    moved += np.array([[rng.uniform(-wander, wander) for _ in range(2)] for _ in range(4)])
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return np.asarray(
        cv2.warpPerspective(
            page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255,)
        ),
        dtype=np.uint8,
    )


def _tone(page: Grey, profile: Profile, rng: random.Random) -> Grey:
    """Map black and white to the scanner's greys, darken one side, add noise."""
    paper, ink = rng.uniform(*profile.paper), rng.uniform(*profile.ink)
    out = page.astype(np.float32)
    out *= (paper - ink) / 255
    out += ink
    shade = rng.uniform(*profile.shade)
    height, width = page.shape
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    slant = np.float32(rng.uniform(0, 1))
    across, down = (axis[:, ::-1] if rng.random() < 0.5 else axis for axis in (across, down))
    out *= 1 - np.float32(shade / 255) * (slant * across + (1 - slant) * down) ** 2
    noise = rng.uniform(*profile.noise)
    if noise:
        out += np.float32(noise) * _noise(height, width, rng)
    return np.clip(out, 0, 255).astype(np.uint8)


def _noise(height: int, width: int, rng: random.Random) -> npt.NDArray[np.float32]:
    generator = np.random.default_rng(rng.randrange(2**63))
    tile = generator.standard_normal((NOISE_TILE, NOISE_TILE), dtype=np.float32)
    repeats = (-(-height // NOISE_TILE), -(-width // NOISE_TILE))
    return np.tile(tile, repeats)[:height, :width]


def _fax(page: Grey) -> Grey:
    height, width = page.shape
    small = cv2.resize(page, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    _, black_white = cv2.threshold(small, 150, 255, cv2.THRESH_BINARY)
    large = cv2.resize(black_white, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(large, dtype=np.uint8)


def _compress(page: Grey, quality: int) -> Grey:
    _, coded = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


@functools.cache
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = safe_load(PROFILES_FILE.read_text(encoding="utf-8"))
    return raw


@functools.cache
def _profiles() -> dict[str, Profile]:
    return {
        name: Profile(**{key: _range(value) for key, value in item.items()})
        for name, item in _raw()["profiles"].items()
    }


def _mixes() -> Mapping[str, Mapping[str, int]]:
    mixes: Mapping[str, Mapping[str, int]] = _raw()["mixes"]
    return mixes


def _range(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

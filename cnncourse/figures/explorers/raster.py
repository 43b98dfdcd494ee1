"""Arrays as small pictures: one PNG instead of a thousand rectangles."""

import base64
import struct
import zlib

import numpy as np

_PURPLE, _WHITE, _ORANGE = (
    np.array(c, float) for c in ((123, 50, 148), (255, 255, 255), (230, 97, 1))
)


def image_tag(
    colours: np.ndarray, x: float, y: float, width: float, height: float, *, smooth: bool = False
) -> str:
    """An SVG image of (H, W) greys or (H, W, 3) colours, 0 to 255, stretched over a rectangle."""
    style = "" if smooth else ' style="image-rendering:pixelated"'
    return (
        f'<image href="{_png(colours)}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'preserveAspectRatio="none"{style}/>'
    )


def greys(values: np.ndarray, *, low: float | None = None, high: float | None = None) -> np.ndarray:
    """Values as greys from black, the lowest, to white, the highest. low, high: another scale."""
    values = np.asarray(values, dtype=float)
    low = float(values.min()) if low is None else low
    high = float(values.max()) if high is None else high
    scaled = (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)
    return np.rint(scaled.clip(0, 1) * 255).astype(np.uint8)


def signed(values: np.ndarray, *, strength: float = 1.0, limit: float | None = None) -> np.ndarray:
    """Values as colours: orange above 0, white at 0, purple below. strength: 0.3 tints lightly."""
    values = np.asarray(values, dtype=float)
    limit = limit or float(np.abs(values).max()) or 1.0
    part = (values / limit).clip(-1, 1)[..., None] * strength
    colours = np.where(
        part >= 0, _WHITE + part * (_ORANGE - _WHITE), _WHITE - part * (_PURPLE - _WHITE)
    )
    return np.rint(colours).astype(np.uint8)


def _png(colours: np.ndarray) -> str:
    """A data address. Written by hand, for a picture has to be ready in a few milliseconds."""
    colours = np.ascontiguousarray(colours, dtype=np.uint8)
    height, width = colours.shape[:2]
    kind = 2 if colours.ndim == 3 else 0
    rows = np.zeros((height, 1 + colours.size // height), np.uint8)  # 0 in front: no filter
    rows[:, 1:] = colours.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(rows.tobytes(), 6)),
            (b"IEND", b""),
        )
    )
    return f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"

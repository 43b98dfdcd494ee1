"""A sum of products in words: "1·2 + 0·(−1) + bias 1 = 3"."""

import numpy as np

from cnncourse.figures.svg import number

_LINE = 12  # products that fit in a line
_LISTED = 4  # channels whose products are listed


def written_sum(window: np.ndarray, kernel: np.ndarray, bias: float, answer: float) -> list[str]:
    """A sum of products in lines: one for each channel, and the sum of those and the bias."""
    kh, kw, channels = kernel.shape
    ended = f" + bias {_bracket(bias)} = {number(answer)}"
    if channels == 1:
        if kh * kw <= _LINE:
            return [_products(window, kernel, 0) + ended]
        if kh <= 5:
            lines = [_products(window[a : a + 1], kernel[a : a + 1], 0) for a in range(kh)]
            return [line + " +" for line in lines[:-1]] + [lines[-1] + ended]
    sums = (window * kernel).sum(axis=(0, 1)).tolist()
    lines = []
    if channels <= _LISTED:
        for channel, total in enumerate(sums):
            body = (
                _products(window, kernel, channel)
                if kh * kw <= _LINE
                else f"{kh * kw} products add up to"
            )
            lines.append(f"channel {channel}: {body} = {number(total)}".replace("to =", "to"))
    shown = " + ".join(_bracket(total) for total in sums[:8])
    more = f" + … ({channels - 8} more channels)" if channels > 8 else ""
    return [*lines, shown + more + ended]


def _products(window: np.ndarray, kernel: np.ndarray, channel: int) -> str:
    pixels, weights = window[:, :, channel].ravel().tolist(), kernel[:, :, channel].ravel().tolist()
    return " + ".join(
        f"{_bracket(pixel)}·{_bracket(weight)}"
        for pixel, weight in zip(pixels, weights, strict=True)
    )


def _bracket(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)

"""How many positions a sliding window has: all output-size arithmetic of the course.

One axis at a time. With kernel k, stride s, dilation d and padding p before + q after,

    extent = d (k − 1) + 1          what a dilated kernel spans
    output = ⌊(size + p + q − extent) / s⌋ + 1

Source: Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), §2 and §5.1.
"""

from typing import Any

from cnncourse.ops.arguments import integer, pair

Pair = tuple[int, int]


def effective_kernel(kernel: int, dilation: int = 1) -> int:
    """Positions that a kernel spans on one axis: 3 weights with dilation 2 span 5."""
    return integer("dilation", dilation) * (integer("kernel", kernel) - 1) + 1


def pad_amounts(
    size: int, kernel: int, stride: int = 1, padding: Any = "valid", dilation: int = 1
) -> Pair:
    """Positions added (before, after) one axis of `size` positions.

    padding: ``"valid"`` adds nothing; ``"same"`` adds what makes the output ⌈size / stride⌉, the
    odd one after, as TensorFlow does; an int adds as many on both sides; a pair is (before, after).
    Raises TypeError or ValueError, naming what was given and what is allowed.
    """
    size, stride = integer("size", size), integer("stride", stride)
    extent = effective_kernel(kernel, dilation)
    if isinstance(padding, str):
        match padding.lower():
            case "valid":
                return 0, 0
            case "same":
                outputs = -(-size // stride)
                total = max((outputs - 1) * stride + extent - size, 0)
                return total // 2, total - total // 2
        raise ValueError(
            f'padding {padding!r} is unknown: use "valid", "same", an integer, or integers for '
            "each side."
        )
    if padding is None:
        raise TypeError('padding must not be None: use "valid" for no padding.')
    return pair("padding", padding, minimum=0, axes="(before, after)")


def output_size(
    size: int, kernel: int, stride: int = 1, padding: Any = "valid", dilation: int = 1
) -> int:
    """Positions of the window on one axis of `size` positions. `padding` as in `pad_amounts`.

    Raises ValueError when the kernel does not fit, TypeError or ValueError for other bad arguments.
    """
    before, after = pad_amounts(size, kernel, stride, padding, dilation)
    padded, extent = size + before + after, effective_kernel(kernel, dilation)
    if extent > padded:
        spans = "" if dilation == 1 else f" with dilation {dilation} spans {extent} positions and"
        raise ValueError(
            f"A kernel of {kernel}{spans} does not fit in an input of {size} with padding "
            f"{before} + {after}. Use a smaller kernel, a larger input, or more padding."
        )
    return (padded - extent) // stride + 1


def pad_amounts_2d(
    size: Pair,
    kernel: int | Pair,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> tuple[Pair, Pair]:
    """((top, bottom), (left, right)) added around an image of `size` (height, width).

    padding: a word or an int for both axes; (vertical, horizontal); ((top, bottom), (left, right)).
    The others are an int or (vertical, horizontal). Raises as `pad_amounts`.
    """
    height, width = _axes(size, kernel, stride, padding, dilation)
    return pad_amounts(*height), pad_amounts(*width)


def output_size_2d(
    size: Pair,
    kernel: int | Pair,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> Pair:
    """(rows, columns) of the window on an image of `size`. Arguments as `pad_amounts_2d`.

    Raises as `output_size`.
    """
    amounts = pad_amounts_2d(size, kernel, stride, padding, dilation)
    outputs = []
    for axis, name in zip(
        _axes(size, kernel, stride, amounts, dilation), ("height", "width"), strict=True
    ):
        try:
            outputs.append(output_size(*axis))
        except ValueError as error:
            raise ValueError(f"Along the {name}: {error}") from None
    return outputs[0], outputs[1]


def bin_edges(size: int, bins: int) -> list[Pair]:
    """`size` positions shared out to `bins` bins: [(start, stop), …], stop excluded.

    Bin i is ⌊i·size/bins⌋ … ⌈(i+1)·size/bins⌉: no position is left out and no bin is empty; where
    the division has a remainder, neighbours share a position. Source: He et al., Spatial pyramid
    pooling in deep convolutional networks (2014), appendix A.
    """
    size, bins = integer("size", size), integer("bins", bins)
    return [(i * size // bins, -(-(i + 1) * size // bins)) for i in range(bins)]


def _axes(size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """The arguments of `output_size` for the height and for the width."""
    if not isinstance(padding, tuple | list):
        padding = (padding, padding)
    if len(padding) != 2:
        raise ValueError(
            "padding must be a word, an integer, (vertical, horizontal) or ((top, bottom), (left, "
            f"right)), but {padding!r} has {len(padding)} entries."
        )
    return zip(
        pair("size", size),
        pair("kernel", kernel),
        pair("stride", stride),
        padding,
        pair("dilation", dilation),
        strict=True,
    )

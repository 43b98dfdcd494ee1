"""Accuracies that the MobileNet paper prints, beside mult-adds and parameters.

They cannot be counted, only quoted: ImageNet, one crop, the first guess, in per cent. The 16
networks of Figures 4 and 5 are drawn there, not printed, so only those in a table are here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trained:
    """A network as a table of Howard et al. 2017 (arXiv:1704.04861) prints it.

    accuracy: per cent. mult_adds, parameters: millions, as printed. alpha, resolution: of a
    MobileNet of the usual depth, else None.
    """

    table: str
    name: str
    accuracy: float
    mult_adds: float
    parameters: float
    alpha: float | None = None
    resolution: int | None = None


TRAINED: tuple[Trained, ...] = (
    Trained("Table 4", "Conv MobileNet", 71.7, 4866, 29.3),
    Trained("Table 5", "Shallow MobileNet", 65.3, 307, 2.9),
    Trained("Table 6", "1.0 MobileNet-224", 70.6, 569, 4.2, 1.0, 224),
    Trained("Table 6", "0.75 MobileNet-224", 68.4, 325, 2.6, 0.75, 224),
    Trained("Table 6", "0.5 MobileNet-224", 63.7, 149, 1.3, 0.5, 224),
    Trained("Table 6", "0.25 MobileNet-224", 50.6, 41, 0.5, 0.25, 224),
    Trained("Table 7", "1.0 MobileNet-192", 69.1, 418, 4.2, 1.0, 192),
    Trained("Table 7", "1.0 MobileNet-160", 67.2, 290, 4.2, 1.0, 160),
    Trained("Table 7", "1.0 MobileNet-128", 64.4, 186, 4.2, 1.0, 128),
    Trained("Table 8", "GoogLeNet", 69.8, 1550, 6.8),
    Trained("Table 8", "VGG-16", 71.5, 15300, 138),
    Trained("Table 9", "0.5 MobileNet-160", 60.2, 76, 1.32, 0.5, 160),
    Trained("Table 9", "SqueezeNet", 57.5, 1700, 1.25),
    Trained("Table 9", "AlexNet", 57.2, 720, 60),
)


def published(alpha: float, resolution: int) -> Trained | None:
    """What the paper prints for this MobileNet, or None where it prints no accuracy."""
    for each in TRAINED:
        if (each.alpha, each.resolution) == (alpha, resolution):
            return each
    return None

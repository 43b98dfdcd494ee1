"""Networks by name, as the command line and the lessons ask for them."""

import re
from collections.abc import Callable
from functools import partial

from cnncourse.network import Network
from cnncourse.network.graph import near
from cnncourse.zoo.cats_dogs import cats_dogs
from cnncourse.zoo.googlenet import googlenet, inception_module
from cnncourse.zoo.mnist import mnist, mnist_dense
from cnncourse.zoo.mobilenet import mobilenet
from cnncourse.zoo.resnet import plain, resnet
from cnncourse.zoo.vgg import vgg

_NETWORKS: dict[str, Callable[[], Network]] = {
    "mnist": mnist,
    "mnist-dense": mnist_dense,
    "cats-dogs": cats_dogs,
    "cats-dogs-dropout": partial(cats_dogs, dropout=0.5),
    "vgg-a": partial(vgg, "A"),
    "vgg-a-lrn": partial(vgg, "A-LRN"),
    "vgg-b": partial(vgg, "B"),
    "vgg-c": partial(vgg, "C"),
    "vgg16": partial(vgg, "D"),
    "vgg19": partial(vgg, "E"),
    "inception-naive": partial(inception_module, reduced=False),
    "inception-reduced": inception_module,
    "googlenet": googlenet,
    "googlenet-auxiliary": partial(googlenet, auxiliary=True),
    "plain18": partial(plain, 18),
    "plain34": partial(plain, 34),
    **{f"resnet{depth}": partial(resnet, depth) for depth in (18, 34, 50, 101, 152)},
    **{
        f"resnet{depth}-stride3x3": partial(resnet, depth, stride_in="3x3")
        for depth in (50, 101, 152)
    },
    "mobilenet": mobilenet,
    "mobilenet-shallow": partial(mobilenet, shallow=True),
    "mobilenet-conv": partial(mobilenet, separable=False),
}
_ALIASES = {
    "vgg-d": "vgg16",
    "vgg-e": "vgg19",
    "vgg11": "vgg-a",
    "vgg13": "vgg-b",
    "cats-dogs-0.5": "cats-dogs-dropout",
    "inception": "inception-reduced",
}
_MOBILENET = re.compile(r"(mobilenet(?:-shallow|-conv)?)-(\d*\.?\d+)(?:-(\d+))?")


def names() -> tuple[str, ...]:
    """The networks that `get` knows; MobileNets also as ``mobilenet-0.5-160``."""
    return tuple(_NETWORKS)


def get(name: str) -> Network:
    """The network of that name, with the paper's input size. Raises ValueError listing near names.

    ``mobilenet-0.5-160`` has width multiplier 0.5 and 160×160 inputs; ``mobilenet-0.5`` keeps 224,
    ``mobilenet-160`` the full width.
    """
    asked = str(name).lower().replace("_", "-").strip()
    asked = re.sub(r"^(resnet|plain|vgg)-(\d)", r"\1\2", asked)
    asked = _ALIASES.get(asked, asked)
    if asked in _NETWORKS:
        return _NETWORKS[asked]()
    match = _MOBILENET.fullmatch(asked)
    if match:
        kind, first, second = match.groups()
        alpha, resolution = (float(first), int(second or 224))
        if second is None and alpha >= 32:
            alpha, resolution = 1.0, int(first)
        return mobilenet(
            alpha, resolution, shallow="shallow" in kind, separable="-conv" not in kind
        )
    raise ValueError(near(name, [*_NETWORKS, "mobilenet-0.5-160"], "network"))

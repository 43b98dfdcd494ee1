"""Every architecture of the lecture, declared once as a `cnncourse.network.Network`.

``zoo.get("vgg16")`` finds one by name; ``zoo.names()`` lists them. The functions take options:
``zoo.mobilenet(alpha=0.5, resolution=160)``, ``zoo.resnet(50, stride_in="3x3")``.
"""

from cnncourse.zoo.borrowed import Borrowed, borrow, vgg16_base
from cnncourse.zoo.catalogue import get, names
from cnncourse.zoo.cats_dogs import cats_dogs
from cnncourse.zoo.googlenet import googlenet, inception_module
from cnncourse.zoo.mnist import mnist, mnist_dense
from cnncourse.zoo.mobilenet import mobilenet
from cnncourse.zoo.resnet import plain, resnet
from cnncourse.zoo.small_vgg import WeightsError, small_vgg_base, small_vgg_record
from cnncourse.zoo.vgg import vgg

__all__ = [
    "Borrowed",
    "WeightsError",
    "borrow",
    "cats_dogs",
    "get",
    "googlenet",
    "inception_module",
    "mnist",
    "mnist_dense",
    "mobilenet",
    "names",
    "plain",
    "resnet",
    "small_vgg_base",
    "small_vgg_record",
    "vgg",
    "vgg16_base",
]

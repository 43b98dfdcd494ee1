"""The lecture's networks against the lecture's and the papers' figures."""

import pytest

from cnncourse import zoo


def parameters(network):
    return [cost.parameters.value for cost in network.cost().layers if cost.parameters.terms]


def test_mnist_is_the_lectures_table():
    network = zoo.mnist()
    assert parameters(network) == [320, 18_496, 36_928, 36_928, 650]
    shapes = [node.shape for _, node in network][1:7]
    assert shapes == [(26, 26, 32), (13, 13, 32), (11, 11, 64), (5, 5, 64), (3, 3, 64), (576,)]


def test_cats_and_dogs_is_the_lectures_table():
    for network in (zoo.cats_dogs(), zoo.cats_dogs(dropout=0.5)):
        assert parameters(network) == [896, 18_496, 73_856, 147_584, 3_211_776, 513]
        assert network.cost().parameters == 3_453_121
    assert "dropout" not in zoo.cats_dogs().names
    assert zoo.cats_dogs(dropout=0.5)["dropout"].layer.rate == 0.5


def test_vgg16_base_at_150():
    network = zoo.vgg("D", (150, 150, 3), top=False)
    assert network.cost().parameters == 14_714_688
    assert network.output_shape == (4, 4, 512)


@pytest.mark.parametrize(
    ("configuration", "millions"),
    [("A", 132.86), ("A-LRN", 132.86), ("B", 133.05), ("C", 133.64), ("D", 138.36), ("E", 143.67)],
)
def test_vgg_parameters(configuration, millions):
    assert round(zoo.vgg(configuration).cost().parameters / 1e6, 2) == millions


def test_vgg_work():
    assert round(zoo.vgg("D").cost().mult_adds / 1e9, 3) == 15.470
    assert round(zoo.vgg("E").cost().mult_adds / 1e9, 3) == 19.632


@pytest.mark.parametrize(
    ("depth", "in_1x1", "in_3x3", "torchvision"),
    [
        (18, 1.814, 1.814, 11_689_512),
        (34, 3.664, 3.664, 21_797_672),
        (50, 3.858, 4.089, 25_557_032),
        (101, 7.570, 7.801, 44_549_160),
        (152, 11.282, 11.514, 60_192_808),
    ],
)
def test_resnet(depth, in_1x1, in_3x3, torchvision):
    for stride_in, billions in (("1x1", in_1x1), ("3x3", in_3x3)):
        cost = zoo.resnet(depth, stride_in).cost()
        assert round(cost.mult_adds / 1e9, 3) == billions
        assert cost.trainable == torchvision  # the same layers, so the same weights to learn


def test_keras_resnet50_work():
    assert zoo.resnet(50).cost().mult_adds == 3_857_973_248


def test_plain34_is_resnet34_without_projections():
    assert round(zoo.plain(34).cost().mult_adds / 1e9, 4) == 3.6445
    assert not any("add" in name for name in zoo.plain(34).names)


def test_googlenet():
    cost = zoo.googlenet().cost()
    assert round(cost.parameters / 1e6, 1) == 7.0
    with_weights = [layer for layer in cost.layers if layer.parameters.terms]
    assert len(with_weights) == 58  # 9 modules of 6 convolutions, 3 in front, 1 dense behind
    # 22 layers deep: 3 convolutions, 9 modules of 2, 1 dense.
    assert round(sum(each.mult_adds.value for each in cost.layers[:2]) / 1e6, 1) == 118.0


@pytest.mark.parametrize(
    ("module", "millions"),
    [
        ("3a", 128.0), ("3b", 304.3), ("4a", 73.6), ("4b", 87.9), ("4c", 99.9),
        ("4d", 118.5), ("4e", 170.0), ("5a", 51.1), ("5b", 70.7),
    ],
)  # fmt: skip
def test_googlenet_modules(module, millions):
    layers = zoo.googlenet().cost().layers
    work = sum(each.mult_adds.value for each in layers if f"inception_{module}_" in each.name)
    assert abs(work / 1e6 - millions) <= 0.0501


def test_auxiliary_classifiers_are_two_more_outputs():
    network = zoo.googlenet(auxiliary=True)
    assert [node.shape for node in network.outputs] == [(1000,)] * 3
    assert network.cost().parameters == 13_378_280  # BVLC's train_val.prototxt


def test_a_reduced_module_costs_less_than_a_naive_one_with_less_depth():
    naive, reduced = zoo.inception_module(reduced=False), zoo.inception_module()
    assert (naive.output_shape[-1], reduced.output_shape[-1]) == (416, 256)
    assert reduced.cost().mult_adds < naive.cost().mult_adds / 2


@pytest.mark.parametrize(
    ("options", "millions", "parameters"),
    [
        ({}, 568.74, 4_253_864),
        ({"alpha": 0.75}, 325.40, 2_601_976),
        ({"alpha": 0.5}, 149.50, 1_342_536),
        ({"alpha": 0.25}, 41.03, 475_544),
        ({"resolution": 192}, 418.12, 4_253_864),
        ({"resolution": 160}, 290.68, 4_253_864),
        ({"resolution": 128}, 186.40, 4_253_864),
        ({"shallow": True}, 307.32, None),
        ({"separable": False}, 4867.29, None),
    ],
)
def test_mobilenet(options, millions, parameters):
    # The parameters are keras.applications.MobileNet's.
    cost = zoo.mobilenet(**options).cost()
    assert round(cost.mult_adds / 1e6, 2) == millions
    assert parameters in (None, cost.parameters)


def test_mobilenet_without_its_dense_layer():
    cost = zoo.mobilenet(separable=False).cost()
    assert round((cost.mult_adds - cost["predictions"].mult_adds.value) / 1e6, 2) == 4866.27


@pytest.mark.parametrize("name", zoo.names())
def test_every_name_is_found(name):
    network = zoo.get(name)
    assert network.name == name
    assert network.cost().complete


def test_names_with_numbers():
    assert zoo.get("mobilenet-0.5-160").name == "mobilenet-0.5-160"
    assert zoo.get("mobilenet-0.5-160").input_shape == (160, 160, 3)
    assert zoo.get("mobilenet-160").input_shape == (160, 160, 3)
    assert zoo.get("MobileNet_0.25").cost().parameters == 475_544
    assert zoo.get("ResNet-50").name == "resnet50"


def test_wrong_names_list_the_near_ones():
    with pytest.raises(ValueError, match="resnet50"):
        zoo.get("resnet51")
    with pytest.raises(ValueError, match="mnist, mnist-dense"):
        zoo.get("zzz")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: zoo.vgg("F"), "A, A-LRN"),
        (lambda: zoo.resnet(51), "152"),
        (lambda: zoo.resnet(50, "5x5"), "3x3"),
        (lambda: zoo.plain(50), "plain-34"),
        (lambda: zoo.mobilenet(alpha=0), "alpha"),
        (lambda: zoo.mobilenet(resolution=16), "32"),
    ],
)
def test_bad_options(call, says):
    with pytest.raises(ValueError, match=says):
        call()

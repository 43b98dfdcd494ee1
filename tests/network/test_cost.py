"""Counts against the figures of the lecture, the papers and other counters."""

import pytest

from cnncourse import zoo
from cnncourse.network import (
    Activation,
    Add,
    AveragePool2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Input,
    L2Pool2D,
    LayerNormalization,
    MaxPool2D,
    Network,
    Opaque,
    Pointwise,
    SeparableConv2D,
    UpSampling2D,
    branches,
    chain,
)


@pytest.mark.parametrize(
    ("convention", "millions", "exact"),
    [
        ("mac", "568.740", 568_740_352),
        ("mac+bias", "568.741", 568_741_352),
        ("torchinfo", "568.763", 568_763_240),
        ("fvcore", "578.876", None),
        ("thop", "588.962", None),
        ("flops", "1137.481", None),
        ("tf-profiler", "1147.688", None),
        ("xla-compiled", "1150.990", 1_150_989_568),  # as JAX 0.4.38 prints it
        ("xla-lowered", "1156.202", 1_156_202_368),  # as JAX 0.4.38 prints it
    ],
)
def test_one_mobilenet_many_answers(convention, millions, exact):
    cost = zoo.mobilenet().cost(convention)
    assert f"{cost.mult_adds / 1e6:.3f}" == millions
    assert cost.complete
    assert exact is None or cost.mult_adds == exact


def test_xla_leaves_padding_out_of_vgg16():
    # JAX 0.4.38, Keras 3.15: lowered and compiled alike.
    assert zoo.vgg("D").cost("xla-lowered").mult_adds == 29_971_351_552
    assert zoo.vgg("D").cost("xla-compiled").mult_adds == 29_971_351_552


def test_what_a_convention_does_not_know_makes_the_total_at_least():
    cost = zoo.resnet(18).cost("xla-compiled")
    assert not cost.complete
    assert "merge:add" in dict(cost.unknown)["conv2_block1_add"]
    assert zoo.googlenet().cost("mac").complete  # conv + fc says nothing of LRN, by definition
    assert not zoo.googlenet().cost("tf-profiler").complete


TOOLS = ("torchinfo", "fvcore", "thop", "tf-profiler", "xla-lowered", "xla-compiled")


@pytest.mark.parametrize("convention", TOOLS)
def test_what_no_tool_is_known_to_count_is_not_zero(convention):
    network = Network.chain("p", Input((8, 8, 4)), Pointwise("PReLU", 256))
    assert not network.cost(convention).complete


@pytest.mark.parametrize(
    ("layer", "unknown"),
    [
        (Conv2D(8, 3, groups=2), {"tf-profiler"}),  # Keras compiles it apart, the profiler is blind
        (SeparableConv2D(5, 3, dilation_rate=2), {"tf-profiler", "xla-lowered", "xla-compiled"}),
        (L2Pool2D(2), {"fvcore", "thop", "xla-lowered", "xla-compiled"}),
        (LayerNormalization(), {"tf-profiler", "xla-lowered", "xla-compiled"}),
        (LayerNormalization(center=False), set(TOOLS) - {"torchinfo"}),
        (BatchNormalization(scale=False), {"fvcore", "thop"}),  # PyTorch's has both or neither
        (Dense(3), {"torchinfo"}),  # over positions: it counts the weights once
        (Activation("softmax"), {"xla-compiled"}),  # over positions: fused with what is before it
        (GlobalMaxPool2D(), set()),
        (UpSampling2D(2), set()),
    ],
)
def test_which_tools_are_not_established_for_a_layer(layer, unknown):
    network = Network.chain("one", Input((13, 11, 4)), layer)
    assert {name for name in TOOLS if not network.cost(name).complete} == unknown
    assert network.cost("mac").complete  # by its definition it knows what it leaves out


def test_sums_of_several_small_tensors_are_not_taken_for_large_ones():
    x = Input((5, 4, 3))()
    means = [GlobalAveragePool2D(True)(x), GlobalMaxPool2D(True)(x)]
    assert Network("two", Add()(means[0], x)).cost("tf-profiler").mult_adds == 60 + 60
    assert not Network("three", Add()(*means, x)).cost("tf-profiler").complete
    assert Network("alike", Add()(x, x, x)).cost("tf-profiler").mult_adds == 2 * 60


@pytest.mark.parametrize(
    ("layer", "torchinfo", "fvcore", "thop"),
    [  # by the tools' own source: torchinfo 1.8.0, fvcore 0.1.5, thop 0.1.1
        (BatchNormalization(), 8, 2 * 256, 4 * 256),
        (BatchNormalization(center=False, scale=False), 0, 256, 2 * 256),
        (LayerNormalization(), 8, 5 * 256, 4 * 256),
        (LayerNormalization(center=False, scale=False), 0, 4 * 256, 2 * 256),
        (AveragePool2D(2), 0, 0, 64),  # fvcore has an entry for adaptive_avg_pool2d alone
        (GlobalAveragePool2D(), 0, 256, 256 + 4),
        (GlobalMaxPool2D(), 0, 0, 0),
        (UpSampling2D(2), 0, 4 * 256, 4 * 256),
        (MaxPool2D(2), 0, 0, 0),
        (Activation("sigmoid"), 0, 0, 0),
    ],
)
def test_what_the_tools_for_pytorch_count(layer, torchinfo, fvcore, thop):
    network = Network.chain("one", Input((8, 8, 4)), layer)
    costs = [network.cost(name) for name in ("torchinfo", "fvcore", "thop")]
    assert [cost.mult_adds for cost in costs] == [torchinfo, fvcore, thop]
    assert all(cost.complete for cost in costs)


@pytest.mark.parametrize("name", zoo.names())
def test_the_tools_for_pytorch_know_every_network_of_the_zoo(name):
    network = zoo.get(name)
    for convention in ("torchinfo", "fvcore", "thop"):
        assert network.cost(convention).complete, network.cost(convention).unknown


@pytest.mark.parametrize(
    ("layer", "shape", "lowered", "compiled"),
    [  # as JAX 0.4.38 prints it for Keras 3.15's layer, on a CPU
        (BatchNormalization(), (13, 11, 4), 1164, 1164),
        (BatchNormalization(scale=False), (13, 11, 4), 1160, 1160),
        (BatchNormalization(center=False), (13, 11, 4), 1160, 1160),
        (BatchNormalization(scale=False, center=False), (13, 11, 4), 1156, 1156),
        (GlobalMaxPool2D(), (13, 11, 4), 568, 568),
        (GlobalMaxPool2D(), (40, 33, 3), 3957, 12_285),  # in pieces of 32, the last ones filled up
        (GlobalAveragePool2D(), (13, 11, 4), 572, 572),
        (GlobalAveragePool2D(), (40, 33, 3), 3960, 12_288),
        (Activation("softmax"), (7,), 27, 27),
        (Activation("softmax"), (1000,), 3999, 4047),
        (Activation("softmax"), (1025,), 4099, 4223),
        (Dense(1000, activation="softmax"), (64,), 132_999, 133_047),
        (Conv2D(8, 3, groups=2), (13, 11, 4), 29_304, 29_304),
        (UpSampling2D(2), (13, 11, 4), 0, 0),
    ],
)
def test_what_xla_counts_for_one_layer(layer, shape, lowered, compiled):
    network = Network.chain("one", Input(shape), layer)
    costs = [network.cost(name) for name in ("xla-lowered", "xla-compiled")]
    assert [cost.mult_adds for cost in costs] == [lowered, compiled]
    assert all(cost.complete for cost in costs)


@pytest.mark.parametrize(
    ("name", "total"),
    [  # as JAX 0.4.38 prints it; 32 bits, so that the last digits depend on the order of adding
        ("resnet18", 3_392_992_000),
        ("resnet34", 6_786_450_944),
        ("resnet50", 7_438_813_184),
        ("resnet50-stride3x3", 7_977_131_520),
        ("inception-reduced", 248_036_864),
        ("mnist", 5_669_585),
    ],
)
def test_xla_adds_up_in_the_order_of_the_graph(name, total):
    cost = zoo.get(name).cost("xla-lowered")
    assert (cost.mult_adds, cost.complete) == (total, True)


@pytest.mark.parametrize("convention", TOOLS)
def test_the_order_of_writing_changes_no_total(convention):
    def layers(width):
        return [Conv2D(width, 3, padding="same", use_bias=False), BatchNormalization()]

    def residual(first):
        x = Input((223, 221, 63))()
        for width in (65, 97, 127, 161, 191, 255):
            paths = {"wide": [*layers(width), *layers(width)], "short": [Conv2D(width, 1)]}
            done = {name: chain(x, *paths[name]) for name in sorted(paths, reverse=first)}
            x = Add()(done["wide"], done["short"])
        return Network("residual", x)

    one, other = residual(False), residual(True)
    assert [node.layer.kind for _, node in one] != [node.layer.kind for _, node in other]
    assert one.cost(convention).mult_adds == other.cost(convention).mult_adds


def test_a_separable_convolution_is_not_zero_for_xla():
    network = Network.chain("s", Input((8, 8, 3)), SeparableConv2D(4, 3))
    assert not network.cost("xla-compiled").complete
    assert network.cost("tf-profiler").mult_adds == 2 * 36 * (27 + 12) + 36 * 4


def test_an_unknown_layer_is_never_counted_as_zero():
    x = chain(Input((8, 8, 3)), Conv2D(4, 3), Opaque("Lambda", (6, 6, 4), 5, 2, name="odd"))
    cost = Network("strange", x).cost()
    assert cost["odd"].mult_adds is None
    assert not cost.complete
    assert "at least" in repr(cost)
    assert (cost.parameters, cost.trainable) == (4 * 28 + 7, 4 * 28 + 5)
    assert "≥" in str(Network("strange", x).table())


def test_an_unknown_input_size_leaves_the_work_unknown():
    cost = Network.chain("any", Input((None, None, 3)), Conv2D(8, 3)).cost()
    assert (cost.parameters, cost.complete) == (224, False)
    assert "input size" in cost["conv2d"].unknown


def test_formulas_show_symbols_then_numbers_then_the_result():
    cost = zoo.mnist().cost()
    text = str(cost["conv2"].parameters)
    assert text.endswith("64 × (3×3×32 + 1) = 18 496")
    assert text.startswith("filters × (kernel_h×kernel_w×channels + 1)")
    assert cost["conv2"].mult_adds.worked == "11×11 × 64 × 3×3×32 = 2 230 272"


@pytest.mark.parametrize("name", ["googlenet-auxiliary", "resnet50", "mobilenet", "mnist"])
@pytest.mark.parametrize("convention", ["mac", "thop", "tf-profiler", "xla-lowered"])
def test_every_formula_evaluates_to_its_value(name, convention):
    for layer in zoo.get(name).cost(convention).layers:
        for formula in (layer.parameters, layer.mult_adds, layer.activations, layer.weights):
            if formula is not None and formula.terms:
                assert eval(formula.numbers.replace("×", "*")) == formula.value


def test_formulas_of_every_kind_of_convolution():
    x = Input((10, 9, 6))()
    layers = [
        Conv2D(8, (3, 2), groups=2, name="grouped"),
        DepthwiseConv2D(3, depth_multiplier=2, name="deep"),
        SeparableConv2D(5, 3, depth_multiplier=2, name="separable"),
        DepthwiseConv2D(3, use_bias=False, name="bare"),
    ]
    for layer in layers:
        cost = Network("one", layer(x)).cost()[layer.name]
        for formula in (cost.parameters, cost.mult_adds):
            assert eval(formula.numbers.replace("×", "*").replace("/", "//")) == formula.value
    # Keras 3.15's count_params of the same layers.
    counts = [Network("one", layer(x)).cost().parameters for layer in layers]
    assert counts == [152, 120, 173, 54]


def test_separable_against_ordinary_is_the_papers_ratio():
    # Howard et al. 2017, §3.1: 1/N + 1/D_K².
    start = Input((14, 14, 512))
    whole = Network.chain("c", start, Conv2D(256, 3, padding="same", use_bias=False))
    parts = Network.chain("s", start, SeparableConv2D(256, 3, padding="same", use_bias=False))
    ratio = parts.cost().mult_adds / whole.cost().mult_adds
    assert ratio == pytest.approx(1 / 256 + 1 / 9, rel=1e-12)


def test_frozen_layers_and_moving_averages_are_not_trainable():
    network = Network.chain(
        "frozen",
        Input((8, 8, 3)),
        Conv2D(4, 3, trainable=False),
        BatchNormalization(),
        Flatten(),
        Dense(2),
    )
    cost = network.cost()
    assert (cost.parameters, cost.trainable, cost.non_trainable) == (112 + 16 + 290, 8 + 290, 120)


def test_memory_follows_the_size_of_a_value():
    network = Network.chain("m", Input((8, 8, 3)), Conv2D(4, 3), MaxPool2D())
    cost, half = network.cost(), network.cost(bytes_per_value=2)
    assert cost.activations_bytes == 4 * (192 + 144 + 36)
    assert cost.weights_bytes == 448
    assert half.activations_bytes * 2 == cost.activations_bytes


def test_pooling_keeps_a_quarter_of_the_positions_and_has_no_parameters():
    cost = Network.chain("p", Input((28, 28, 5)), MaxPool2D()).cost()
    before, after = cost.layers
    assert after.activations.value / before.activations.value == 0.25
    assert (cost.parameters, after.output[2]) == (0, 5)


def test_a_residual_sum_and_the_average_cost_no_mult_adds():
    x = chain(Input((8, 8, 4)), Conv2D(4, 1, use_bias=False))
    network = Network("r", GlobalAveragePool2D()(branches(x, [], [], join=Add())))
    assert network.cost().mult_adds == 8 * 8 * 16


def test_wrong_conventions_list_the_near_ones():
    with pytest.raises(ValueError, match="tf-profiler"):
        zoo.mnist().cost("tf-profile")

"""The receptive field explorer: what its table counts, where it looks, what influence it draws."""

import dataclasses
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from cnncourse import figures, widgets, zoo
from cnncourse.figures.explorers import effective, receptive
from cnncourse.network import (
    Activation,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    EffectiveField,
    Flatten,
    GlobalAveragePool2D,
    Input,
    MaxPool2D,
    Network,
    chain,
    effective_field,
    receptive_fields,
)


def texts(picture):
    drawing = re.search(r"<svg.*</svg>", picture.body, re.DOTALL)[0]
    return [
        each.text for each in ElementTree.fromstring(drawing).iter() if each.tag.endswith("}text")
    ]


def listed(net, layer):
    size = net[layer].shape
    return receptive._lines(net, layer, (size[0] // 2, size[1] // 2), receptive_fields(net))


def grouped(number):
    return f"{number:,}".replace(",", " ")


def costs(words):
    found = re.search(r"Up to there: ([\d ]+) parameters, (≥ )?([\d ]+) mult-adds", words)
    return int(found[1].replace(" ", "")), int(found[3].replace(" ", ""))


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("vgg16", None),
        ("vgg16", "block3_conv2"),
        ("mobilenet", None),
        ("mobilenet", "conv_pw_6"),
        ("googlenet", None),
        ("googlenet", "inception_4b_5x5"),
        ("resnet50", None),
        ("resnet50", "conv3_block2_2_bn"),
        ("resnet152", None),
    ],
)
def test_the_table_counts_every_layer_once(name, layer):
    net = zoo.get(name)
    layer = layer or receptive.last_spatial(net)
    cost = net.upto(layer).cost()
    lines = listed(net, layer)
    assert sum(line.parameters for line in lines) == cost.parameters
    assert sum(line.mult_adds for line in lines) == cost.mult_adds
    assert sum(1 + line.beside for line in lines) == len(cost.layers)
    assert len(lines) <= receptive._ROWS
    assert lines[-1].name == layer
    picture = figures.receptive_field_explorer(net, layer)
    assert costs(picture.alt) == (cost.parameters, cost.mult_adds)
    said = texts(picture)
    assert said[said.index("total") :][1:3] == [grouped(cost.parameters), grouped(cost.mult_adds)]
    if len(lines) < len(cost.layers):
        assert any(f"{len(lines)} of {len(cost.layers)} layers are listed" in each for each in said)
        assert f"{len(lines)} of {len(cost.layers)} layers are listed" in picture.alt
    else:
        assert "listed" not in picture.alt


def test_a_whole_network_without_a_top_has_the_network_s_own_totals():
    net = zoo.vgg("D", top=False)
    picture = figures.receptive_field_explorer(net)
    assert costs(picture.alt) == (net.cost().parameters, net.cost().mult_adds)
    pooled = Network("pooled", GlobalAveragePool2D(keepdims=True)(net.outputs[0]))
    assert costs(figures.receptive_field_explorer(pooled).alt)[0] == net.cost().parameters


def test_a_layer_that_costs_something_has_a_line_or_is_counted_where_it_belongs():
    net = zoo.get("mobilenet")
    lines = {line.name: line for line in listed(net, "conv_pw_13_relu")}
    cost = net.cost()
    for number in range(1, 13):
        line = lines[f"conv_pw_{number}"]  # most of the work; the field stays
        own = [cost[f"conv_pw_{number}{end}"] for end in ("", "_bn", "_relu")]
        assert line.parameters == sum(each.parameters.value for each in own)
        assert line.mult_adds == own[0].mult_adds.value
    assert "conv_pw_1 +2" in texts(figures.receptive_field_explorer(net))


def test_a_long_network_lists_what_every_path_goes_through():
    net = zoo.get("googlenet")
    names = [line.name for line in listed(net, "inception_5b_output")]
    assert names[:3] == ["image", "conv1_7x7_s2", "pool1_3x3_s2"]
    assert [name for name in names if name.startswith("inc")] == [
        f"inception_{module}_output"
        for module in ("3a", "3b", *(f"4{each}" for each in "abcde"), "5a", "5b")
    ]
    module = next(line for line in listed(net, "pool4_3x3_s2") if line.name.startswith("inc"))
    assert module.parameters == zoo.inception_module().cost().parameters


def test_batch_norm_behind_a_join_is_counted_with_the_join():
    start = chain(Input((16, 16, 4)), Conv2D(4, 3, padding="same", name="a"))
    other = Conv2D(4, 3, padding="same", name="b")(start)
    joined = Concatenate(name="join")(start, other)
    end = Conv2D(2, 3, name="end")(Activation("relu")(BatchNormalization()(joined)))
    line = next(each for each in listed(Network("joined", end), "end") if each.name == "join")
    assert (line.parameters, line.beside) == (4 * 8, 2)


def test_work_that_is_not_known_is_not_shown_as_none():
    net = zoo.get("mnist")
    name = receptive.last_spatial(net)
    lines = listed(net, name)
    assert receptive._totals(lines)[1] == grouped(net.upto(name).cost().mult_adds)
    lines[1] = dataclasses.replace(lines[1], complete=False)
    assert receptive._totals(lines)[1].startswith("≥ ")
    assert receptive._work(0, complete=False) == "?"


def test_two_networks_of_one_name_are_drawn_apart():
    def mine(*layers):
        return Network.chain("mine", Input((20, 20, 1)), *layers, Conv2D(2, 3, name="last"))

    more = Conv2D(2, 3, padding="same", name="x"), Conv2D(2, 3, padding="same", name="y")
    several = [mine(Conv2D(2, 3, name="a")), mine(Conv2D(2, 3, name="a"), *more)]
    # The same names and boxes, another cost.
    several.append(mine(Conv2D(9, 3, name="a")))
    pictures = [figures.receptive_field_explorer(net, at=(3, 3)) for net in several]
    classes = [re.search(r'class="(x\w+)"', picture.body)[1] for picture in pictures]
    assert len(set(classes)) == 3


def test_the_place_stays_in_the_middle_of_what_was_seen():
    explorer = widgets.receptive_field_explorer("vgg16")
    assert "block5_pool (3, 3)" in explorer.picture.alt
    explorer.change(layer="block1_conv1")
    assert "block1_conv1 (112, 112)" in explorer.picture.alt
    assert explorer.state["row"] == 112
    assert "less than 1 % of the image" in explorer.picture.alt
    explorer.change(layer="block5_pool")
    assert "block5_pool (3, 3)" in explorer.picture.alt
    explorer.change(layer="block1_conv1", row=0, column=7)  # a place of one's own wins
    assert "block1_conv1 (0, 7)" in explorer.picture.alt
    explorer.change(layer="block4_pool")
    assert "block4_pool (0, 0)" in explorer.picture.alt
    assert "no layer" in explorer.change(layer="block9").message
    assert not explorer.change(layer="block4_pool").message


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "mobilenet"])
def test_no_other_position_is_nearer_to_what_was_seen(name):
    net = zoo.get(name)
    fields = receptive_fields(net)
    names = receptive.spatial_layers(net)
    for before, after in zip(names[::5], names[::-5], strict=True):
        counts = net[before].shape[:2]
        place = counts[0] // 3, counts[1] // 2
        found = receptive.moved(net, before, place, after)
        target = fields[before].interval(place, clip=False)
        for axis in range(2):
            middle = sum(target[axis]) / 2
            far = [
                abs(sum(fields[after].interval((at, at), clip=False)[axis]) / 2 - middle)
                for at in range(net[after].shape[axis])
            ]
            assert far[found[axis]] == min(far)


def test_a_network_without_positions_is_refused_in_a_sentence_that_makes_sense():
    dense = Network.chain("mine", Input((8,)), Dense(3))
    with pytest.raises(ValueError, match="No layer of 'mine' has rows and columns") as refused:
        figures.receptive_field_explorer(dense)
    assert "choose" not in str(refused.value)
    explorer = widgets.receptive_field_explorer(dense)
    assert explorer.message.startswith("No layer of 'mine' has rows and columns")
    behind = Network.chain("top", Input((8, 8, 1)), MaxPool2D(name="pool"), Flatten(name="flat"))
    with pytest.raises(ValueError, match="in front of it, such as 'pool'"):
        figures.receptive_field_explorer(behind, "flat")


def test_influence_needs_weights():
    field = EffectiveField("b", (1, 1), np.ones((20, 20)))
    net = Network.chain("net", Input((20, 20, 1)), Conv2D(4, 3, name="a"), Conv2D(4, 3, name="b"))
    for bad, words in (
        (True, "measured on a Keras model.*'net' is a description"),
        (field, r"'b' at \(1, 1\), and the picture that of 'b' at \(8, 8\)"),
        ({"one": field, "two": field}, "one model with its title"),
    ):
        with pytest.raises(ValueError, match=words):
            figures.receptive_field_explorer(net, effective=bad)
    small = EffectiveField("b", (8, 8), np.ones((9, 9)))
    with pytest.raises(ValueError, match="measured on 9×9 positions"):
        figures.receptive_field_explorer(net, effective=small)
    assert "is a description" in widgets.receptive_field_explorer("mnist", effective=True).message
    assert "effective" not in widgets.receptive_field_explorer(net).state


def test_measured_influence_is_drawn_on_the_image():
    net = Network.chain("net", Input((21, 21, 1)), Conv2D(4, 7, padding="same", name="a"))
    gradient = np.zeros((21, 21))
    gradient[9:12, 8:13] = 1
    field = EffectiveField("a", (10, 10), gradient)
    picture = figures.receptive_field_explorer(net, effective={"before training": field})
    plain = figures.receptive_field_explorer(net)
    assert "Influence, measured before training, as a heat map" in picture.alt
    assert "95 % of it in 3×5, rows 9–11, columns 8–12" in picture.alt
    assert "Influence" not in plain.alt
    assert "influence, measured before training" in texts(picture)
    ground = np.full((42, 21), 128, np.uint8)
    painted = receptive._under(ground, ("", field))
    assert painted.shape == (42, 21, 3)
    assert (painted[18:24, 8:13] == painted[18, 8]).all()
    assert painted[18, 8, 2] > 1.5 * painted[18, 8, 0]  # blue where there is influence
    assert (painted[:18] == painted[0, 0, 0]).all()  # and a pale grey where there is none
    assert painted[0, 0, 0] > 200
    other = EffectiveField("a", (10, 10), gradient + 1)
    assert picture.body != figures.receptive_field_explorer(net, effective=other).body


def small_model():
    import keras

    keras.utils.set_random_seed(3)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((9, 8, 2)),
            layers.Conv2D(3, 3, padding="same", activation="tanh", name="first"),
            layers.Conv2D(2, 3, strides=2, padding="same", activation="softplus", name="second"),
        ],
        name="small",
    )


def by_differences(model, at, images, step=0.02):
    """The influence on the last layer, each input moved a little, one after the other."""
    found = np.zeros(images.shape[1:])
    for place in np.ndindex(*found.shape):
        ends = []
        for sign in (1, -1):
            moved = images.copy()
            moved[(slice(None), *place)] += sign * step
            ends.append(model(moved).numpy()[:, at[0], at[1]].sum(axis=-1))
        found[place] = np.abs((ends[0] - ends[1]) / (2 * step)).mean()
    return found.sum(axis=-1)


@pytest.mark.tensorflow
def test_influence_is_what_moving_an_input_does():
    model = small_model()
    images = np.random.default_rng(0).normal(size=(2, 9, 8, 2)).astype("float32")
    at = (1, 3)
    expected = by_differences(model, at, images)
    found = effective_field(model, "second", at, images=images)
    np.testing.assert_allclose(found.gradient, expected, rtol=2e-2, atol=2e-4)
    assert (expected > 1e-3).sum() > 12
    net = receptive.as_network(model)
    picture = figures.effective_field(model, "second", at=at, images=images)
    assert picture.alt == effective.draw({"": EffectiveField("second", at, expected)}, net).alt
    (top, bottom), (left, right) = effective.middle(expected)
    size = f"{bottom - top + 1}×{right - left + 1}"
    assert (
        f"second (1, 3), theoretical field 5×5, 95% of the influence within {size}" in picture.alt
    )
    assert figures.effective_field({"after": model}).alt.count("second (2, 2)") == 1


@pytest.mark.tensorflow
@pytest.mark.parametrize("at", [(5, 0), (0, 4), (-1, 0)])
def test_a_position_that_is_not_there_is_refused_before_any_work(at):
    model = small_model()
    words = re.escape(f"'second' has no position {at}: its output is 5×4×2, counted from (0, 0).")
    with pytest.raises(IndexError, match=words):
        effective_field(model, "second", at)
    with pytest.raises(IndexError, match=words):
        figures.effective_field(model, "second", at=at)


@pytest.mark.tensorflow
def test_images_that_do_not_fit_are_refused():
    with pytest.raises(
        ValueError, match=r"\(2, 9, 8, 1\) do not fit 'small', whose input is 9×8×2"
    ):
        effective_field(small_model(), "second", images=np.zeros((2, 9, 8, 1)))


@pytest.mark.tensorflow
def test_a_sequential_model_that_is_not_built_is_told_how():
    import keras

    model = keras.Sequential([keras.layers.Conv2D(2, 3)], name="mine")
    for draw in (figures.receptive_field_explorer, figures.effective_field):
        with pytest.raises(ValueError, match="'mine' has no input shape yet: give it an Input"):
            draw(model)
    assert "no input shape yet" in widgets.receptive_field_explorer(model).message
    model.build((None, 8, 8, 1))
    assert "sees 3×3" in widgets.receptive_field_explorer(model).picture.alt


@pytest.mark.tensorflow
def test_the_explorer_measures_when_asked_and_keeps_what_it_measured(monkeypatch):
    from cnncourse.widgets import explorers

    model = small_model()
    calls = []
    real = explorers.influence
    monkeypatch.setattr(
        explorers, "influence", lambda *given: calls.append(given[1:]) or real(*given)
    )
    explorer = widgets.receptive_field_explorer(model)
    explorer.widget()
    assert not calls
    assert "Influence" not in explorer.picture.alt
    explorer.change(effective="measured")
    assert calls == [("second", (2, 2))]
    assert "Influence, measured, as a heat map" in explorer.picture.alt
    explorer.change(row=0)
    explorer.change(row=2)
    assert len(calls) == 2
    field = effective_field(model, "second", (2, 2))
    assert explorer.picture == figures.receptive_field_explorer(
        model, effective=field, controls=False
    )
    assert "no position (7, 2)" in explorer.change(row=7).message
    explorer.change(row=2)
    model.layers[0].bias.assign([2.0, -1.0, 0.5])  # trained on: measured anew
    drawn = explorer.picture.body
    explorer.change(effective="not shown")
    explorer.change(effective="measured")
    assert explorer.picture.body != drawn
    assert calls[-1] == ("second", (2, 2))


@pytest.mark.tensorflow
def test_before_and_after_training_are_there_to_choose_from():
    import keras

    model = small_model()
    before = keras.models.clone_model(model)
    before.set_weights(model.get_weights())
    model.layers[0].set_weights([each * 3 for each in model.layers[0].get_weights()])
    explorer = widgets.receptive_field_explorer(
        model, effective={"before training": before, "after training": model}
    )
    assert "Influence" not in explorer.picture.alt
    bodies = set()
    for title in ("before training", "after training"):
        explorer.change(effective=title)
        assert f"Influence, measured {title}, as a heat map" in explorer.picture.alt
        bodies.add(explorer.picture.body)
    assert len(bodies) == 2
    shown = widgets.receptive_field_explorer(model, effective=True)
    assert shown.state["effective"] == "measured"
    assert "Influence, measured, as" in repr(shown)

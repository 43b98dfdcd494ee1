"""The explorers: what they say and light up is what a brute-force walk over the geometry finds."""

import itertools
import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest

from cnncourse import figures, network, ops, zoo
from cnncourse.figures.explorers import board, dilation, effective, follow, pooling, raster, sliding
from cnncourse.figures.svg import number
from cnncourse.network import Add, Conv2D, Dense, Flatten, Input, Network, branches, chain

IMAGE = np.arange(42).reshape(6, 7) * 5 % 9 - 2
KERNEL = np.array([[1, 0, -2], [0, 3, 1]])
SETTINGS = list(itertools.product([1, 2, 3], ["valid", "same", 1, ((0, 2), (1, 0))], [1, 2]))


def root(picture):
    return ElementTree.fromstring(picture.body)


def labels(picture, prefix):
    found = [e.get("aria-label", "") for e in root(picture).iter() if e.tag.endswith("rect")]
    return [label for label in found if label.startswith(prefix)]


def texts(picture):
    return ["".join(e.itertext()) for e in root(picture).iter() if e.tag.endswith("text")]


def places(said):
    """The places that words like "2–4", "0, 2, 4" or "−1 to 1" stand for."""
    said = said.replace("−", "-")
    if said == "none":
        return []
    if match := re.fullmatch(r"(-?\d+)(?:–| to )(-?\d+)", said):
        return list(range(int(match[1]), int(match[2]) + 1))
    return [int(part) for part in said.split(", ")]


def brute(size, kernel, stride, before, after, dilation):
    """The positions, counted in the image, that each output along one axis reads."""
    found = []
    start = -before
    while start + dilation * (kernel - 1) < size + after:
        found.append([start + tap * dilation for tap in range(kernel)])
        start += stride
    return found


def axes(settings, shape=IMAGE.shape, kernel=KERNEL.shape):
    stride, padding, dilation = settings
    amounts = ops.pad_amounts_2d(shape, kernel, stride, padding, dilation)
    return [
        brute(size, k, stride, *pads, dilation)
        for size, k, pads in zip(shape, kernel, amounts, strict=True)
    ]


def draw(settings, **more):
    stride, padding, dilation = settings
    return figures.window_explorer(
        IMAGE, KERNEL, bias=1, stride=stride, padding=padding, dilation=dilation, **more
    )


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_output_says_what_it_reads(settings):
    rows, columns = axes(settings)
    said = labels(draw(settings), "output")
    assert len(said) == len(rows) * len(columns)
    for label, (i, j) in zip(said, np.ndindex(len(rows), len(columns)), strict=True):
        match = re.fullmatch(rf"output \({i}, {j}\) reads rows (.+), columns (.+): (−?\d+)", label)
        assert places(match[1]) == rows[i]
        assert places(match[2]) == columns[j]
        total = 1
        for (a, y), (b, x) in itertools.product(enumerate(rows[i]), enumerate(columns[j])):
            if 0 <= y < 6 and 0 <= x < 7:
                total += IMAGE[y, x] * KERNEL[a, b]
        assert match[3] == number(total)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_input_says_what_it_feeds(settings):
    rows, columns = axes(settings)
    said = labels(draw(settings), "input")
    assert len(said) == IMAGE.size
    for label, (y, x) in zip(said, np.ndindex(IMAGE.shape), strict=True):
        down = [i for i, taps in enumerate(rows) if y in taps]
        along = [j for j, taps in enumerate(columns) if x in taps]
        if not down or not along:
            assert label.endswith("feeds no output")
            continue
        match = re.search(r"feeds output rows (.+), columns (.+)", label)
        assert (places(match[1]), places(match[2])) == (down, along)


@pytest.mark.parametrize("settings", SETTINGS[::5], ids=str)
def test_the_style_rules_light_what_the_labels_say(settings):
    """From the rules alone: pointing at output row i lights these rows of the input."""
    style = next(e.text for e in root(draw(settings)).iter() if e.tag.endswith("style"))
    before = ops.pad_amounts_2d(IMAGE.shape, KERNEL.shape, *settings)
    for letter, axis, join in (("R", 0, ">"), ("C", 1, ">g>")):
        reads = axes(settings)[axis]
        for output, taps in enumerate(reads):
            body = re.search(
                rf":hover:has\(\.o{join}\.{letter}{output}:hover\),[^{{]*{{([^{{]*){{", style
            )[1]
            lit = [int(n) for n in re.findall(rf"\.i{join}\.{letter}(\d+)", body)]
            assert [place - before[axis][0] for place in lit] == taps


@pytest.mark.parametrize("settings", SETTINGS[::5], ids=str)
@pytest.mark.parametrize("controls", [True, False])
def test_an_input_is_pinned_with_what_it_feeds(settings, controls):
    """From the alt text and from the rules alone, for every input and its padding."""
    rows, columns = axes(settings)
    (top, _), (left, _) = ops.pad_amounts_2d(IMAGE.shape, KERNEL.shape, *settings)
    for y, x in [(-top, 0), (2, 3), (5, 6)]:
        picture = draw(settings, at_input=(y, x), controls=controls)
        down = [i for i, taps in enumerate(rows) if y in taps]
        along = [j for j, taps in enumerate(columns) if x in taps]
        kind = "padding" if y < 0 else "input"
        said = re.search(
            rf"{kind} \(({y}), {x}\), .+?, feeds (.+)\.", picture.alt.replace("−", "-")
        )
        assert said, picture.alt
        if not down or not along:
            assert said[2] == "no output"
        else:
            match = re.fullmatch(r"output rows (.+), columns (.+)", said[2])
            assert (places(match[1]), places(match[2])) == (down, along)
        style = picture.body if controls else picture.pin
        for letter, join, place, fed in (("R", ">", y + top, down), ("C", ">g>", x + left, along)):
            rule = rf"{{([^{{}}]*\.i{join}\.{letter}{place},\.i{letter}{place}){{--"
            bodies = re.findall(rule, style)
            assert len(bodies) == 1
            lit = re.findall(rf"\.o{join}\.{letter}(\d+)", bodies[0])
            assert [int(n) for n in lit] == fed
        if controls:
            checked = [e.get("class") for e in root(picture).iter() if e.get("checked")]
            assert {"pP1", f"piR{y + top}", f"piC{x + left}"} < set(checked)


def test_padding_and_dilation_say_what_their_place_does():
    assert figures.padding_explorer(7, at=1).alt.endswith("Output 1 reads positions 1–3.")
    assert figures.padding_explorer(7, at_input=3).alt.endswith("Input 3 feeds outputs 1–2.")
    assert figures.padding_explorer(7, at_input=-1).alt.endswith("Padding −1 feeds output 0.")
    assert figures.dilation_coverage((2, 2), at=1).alt.endswith("Input 1 is never seen.")


def test_pooling_and_regions_say_what_an_input_feeds():
    picture = figures.pooling_explorer(IMAGE, "max", 3, 2, at_input=(2, 4))
    assert picture.alt.endswith("input (2, 4), value −2, feeds output rows 0–1, columns 1–2.")
    region = figures.pooling_explorer(IMAGE, "roi", 2, region=(1, 1, 4, 4), at_input=(2, 2))
    assert region.alt.endswith("feeds output rows 0–1, columns 0–1.")
    outside = figures.pooling_explorer(IMAGE, "roi", 2, region=(1, 1, 4, 4), at_input=(0, 2))
    assert outside.alt.endswith("feeds no output.")


def test_a_stack_far_too_long_is_refused_at_once():
    started = time.perf_counter()
    with pytest.raises(ValueError, match="span 179401 positions"):
        figures.dilation_coverage((300, 300), 300)
    with pytest.raises(ValueError, match="too large"):
        figures.window_explorer(np.ones((2000, 2000)), np.ones((99, 99)))
    assert time.perf_counter() - started < 0.5


def test_pictures_share_a_name_only_if_they_are_the_same():
    """Of the same bytes: other windows along the columns, and another shape of the image."""
    zeros = np.zeros((4, 9))
    for controls in (True, False):
        scopes = set()
        for region, image in (
            (None, zeros),
            ((0, 0, 4, 8), zeros),
            ((0, 0, 4, 4), zeros),
            ((0, 0, 4, 4), zeros.reshape(9, 4)),
        ):
            picture = figures.pooling_explorer(image, "roi", 2, region=region, controls=controls)
            scopes.add(re.search(r'class="(x\w+)"', picture.body)[1])
        assert len(scopes) == 4


def test_sums_are_written_out_and_right():
    picture = draw((2, "same", 1))
    sums = [words for words in texts(picture) if " + bias " in words]
    assert len(sums) == 3 * 4
    for words in sums:
        left, right = words.replace("−", "-").replace("·", "*").replace("bias ", "").split(" = ")
        assert eval(left) == float(right)


def test_true_convolution_turns_the_kernel():
    turned = figures.window_explorer(IMAGE, KERNEL, flip=True)
    plain = figures.window_explorer(IMAGE, KERNEL[::-1, ::-1])
    assert labels(turned, "output") == labels(plain, "output")
    assert "turned by 180°" in turned.alt


def test_channels_depthwise_and_pointwise():
    rng = np.random.default_rng(0)
    image, kernel = rng.integers(-3, 4, (5, 6, 3)), rng.integers(-2, 3, (3, 2, 3, 2))
    both = figures.window_explorer(image, kernel, bias=[1, -1], filter=1, at=(1, 2))
    values = ops.conv2d(image, kernel, [1, -1])
    said = [label.rsplit(": ", 1)[1] for label in labels(both, "output")]
    assert said == [number(v) for f in range(2) for v in values[:, :, f].ravel()]
    assert f"value {number(values[1, 2, 1])} in map 1" in both.alt
    alone = figures.window_explorer(image, kernel[..., 0], mode="depthwise")
    values = ops.depthwise_conv2d(image, kernel[..., :1])
    said = [label.rsplit(": ", 1)[1] for label in labels(alone, "output")]
    assert said == [number(v) for c in range(3) for v in values[:, :, c].ravel()]
    mixed = figures.window_explorer(image, kernel[0, 0], mode="pointwise")
    values = ops.pointwise_conv2d(image, kernel[0, 0])
    said = [label.rsplit(": ", 1)[1] for label in labels(mixed, "output")]
    assert said == [number(v) for f in range(2) for v in values[:, :, f].ravel()]


@pytest.mark.parametrize("size", range(4, 13))
@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(3, 2, 1), (2, 3, 1), (3, 1, 2)])
def test_padding_of_a_row(size, kernel, stride, dilation):
    picture = figures.padding_explorer(size, kernel, stride, "same", dilation)
    before, after = ops.pad_amounts(size, kernel, stride, "same", dilation)
    reads = brute(size, kernel, stride, before, after, dilation)
    said = labels(picture, "output")
    assert [places(label.split("positions ")[1]) for label in said] == reads
    assert f"{before} added before, {after} after, {-(-size // stride)} outputs" in picture.alt
    fed = labels(picture, "input")
    assert len(fed) == size
    for place, label in enumerate(fed):
        outputs = [j for j, taps in enumerate(reads) if place in taps]
        words = label.split("feeds ")[1]
        plural = "s" * (len(outputs) > 1)
        assert words.startswith(f"output{plural} " if outputs else "no output")
        assert not outputs or places(words.split(" ", 1)[1]) == outputs


@pytest.mark.parametrize("kind", ["max", "average", "l2"])
@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 2), ((2, 3), 1)])
def test_pooling_says_what_each_window_keeps(kind, size, stride):
    picture = figures.pooling_explorer(IMAGE, kind, size, stride)
    high, wide = (size, size) if isinstance(size, int) else size
    down, along = (high, wide) if stride is None else (stride, stride)
    keep = {
        "max": np.max,
        "average": np.mean,
        "l2": lambda window: np.sqrt((window.astype(float) ** 2).sum()),
    }[kind]
    expected = [
        f"output ({i}, {j}) reads rows {y}–{y + high - 1}, columns {x}–{x + wide - 1}: "
        f"{number(keep(IMAGE[y : y + high, x : x + wide]))}"
        for i, y in enumerate(range(0, 6 - high + 1, down))
        for j, x in enumerate(range(0, 7 - wide + 1, along))
    ]
    assert labels(picture, "output") == expected


def test_region_pooling_and_what_survives_a_shift():
    picture = figures.pooling_explorer(IMAGE, "roi", (2, 3), region=(1, 0, 6, 7))
    values = ops.roi_pool2d(IMAGE[..., None], (2, 3), (1, 0, 6, 7)).ravel()
    said = [label.rsplit(": ", 1)[1] for label in labels(picture, "output")]
    assert said == [number(value) for value in values]
    moved = figures.pooling_explorer(IMAGE, shift=1)
    other = np.zeros_like(IMAGE)
    other[:, 1:] = IMAGE[:, :-1]
    one, two = (ops.max_pool2d(each[..., None]) for each in (IMAGE, other))
    assert f"{(one == two).sum()} of {one.size} pooled values" in moved.alt
    assert f"{(other == IMAGE).sum()} of {IMAGE.size} input values" in moved.alt
    assert "75 % fewer" in " ".join(texts(figures.pooling_explorer(np.zeros((4, 4)))))


@pytest.mark.parametrize(
    ("dilations", "span", "seen"),
    [((1, 2, 4), 15, 15), ((2, 2, 2), 13, 7), ((1, 1, 1), 7, 7), ((3,), 7, 3)],
)
def test_dilation_touches_what_a_walk_finds(dilations, span, seen):
    ways = {0: 1}
    for step in reversed(dilations):
        found = {}
        for place, count in ways.items():
            for tap in range(3):
                found[place + tap * step] = found.get(place + tap * step, 0) + count
        ways = found
    picture = figures.dilation_coverage(dilations)
    said = labels(picture, "input")
    assert len(said) == span
    for place, label in enumerate(said):
        expected = f"in {ways[place]} way" if place in ways else "is never seen"
        assert expected in label
    assert len(ways) == seen
    assert sum(dilation.paths(dilations, 3)[-1]) == 3 ** len(dilations)


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [("vgg16", "block3_pool", 44), ("vgg16", "block5_pool", 212), ("mnist", "conv2", 8)],
)
def test_the_field_of_a_layer(name, layer, size):
    picture = figures.receptive_field_explorer(name, layer, at=(1, 2))
    (top, bottom), (left, right) = network.receptive_field(zoo.get(name), layer).interval(
        (1, 2), clip=False
    )
    assert f"{layer} (1, 2) sees {size}×{size}" in picture.alt
    words = picture.alt.replace("−", "-")
    found = re.search(r"rows (-?\d+)(?:–| to )(-?\d+), columns (-?\d+)(?:–| to )(-?\d+)", words)
    assert [int(n) for n in found.groups()] == [top, bottom, left, right]
    assert "mult-adds" in texts(picture)


def test_branches_misalignment_and_too_large_a_field_are_said():
    merged = figures.receptive_field_explorer("googlenet", "inception_3a_output")
    for path, size in (("1x1", 27), ("3x3", 43), ("5x5", 59), ("pool_proj", 43)):
        assert f"inception_3a_{path} {size}×{size}" in merged.alt
    assert "larger than the image, 224×224" in figures.receptive_field_explorer("googlenet").alt
    start = chain(Input((32, 32, 1)), Conv2D(4, 3, padding="same"))
    paths = [Conv2D(4, 3, strides=2, padding="same")], [Conv2D(4, 1, strides=2)]
    skewed = Network("skewed", branches(start, *paths, join=Add()))
    assert "Misaligned: at 'add'" in figures.receptive_field_explorer(skewed).alt


def test_measured_influence_under_the_theoretical_box():
    gradient = np.zeros((21, 21))
    gradient[8:13, 8:13] = 1
    net = Network.chain("two", Input((21, 21, 1)), Conv2D(1, 5, padding="same", name="a"))
    field = network.EffectiveField("a", (10, 10), gradient)
    picture = figures.effective_field({"before": field, "after": field}, network=net)
    assert picture.alt.count("theoretical field 5×5, 95% of the influence within 5×5") == 2
    assert effective.middle(np.ones((40, 1)))[0] == (0, 39)
    with pytest.raises(ValueError, match="network="):
        figures.effective_field(field)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: figures.window_explorer(IMAGE, np.ones((9, 9))), "does not fit"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, stride=0), "stride must be at least 1"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, dilation=0), "dilation"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, padding="sane"), "unknown"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, at=(9, 0)), "no output"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, at=(1, 2, 3)), "at must be one integer or"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, at_input=(6, 0)), "rows 0 to 5 and"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, at_input=(-1, 0)), "no input"),
        (lambda: figures.window_explorer(np.ones((65, 9)), KERNEL), "65×9 is too large.* Crop"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, padding=30), "padding 66×67, is too large"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, filter=1), "no map 1"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, mode="flat"), "mode must be one of"),
        (lambda: figures.window_explorer(IMAGE[0], KERNEL), "must have shape"),
        (lambda: figures.window_explorer(IMAGE, np.ones((2, 2, 3))), "as many"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, mode="pointwise"), "as many|shape"),
        (lambda: figures.window_explorer(IMAGE, KERNEL, bias=[1, 2]), "bias"),
        (lambda: figures.padding_explorer(3, 5, padding="valid"), "does not fit"),
        (lambda: figures.padding_explorer(90), "too long to draw"),
        (lambda: figures.padding_explorer(7, at=4), "no output 4"),
        (lambda: figures.padding_explorer(7, at="x"), "at must be an integer"),
        (lambda: figures.padding_explorer(7, at_input=8), "no input 8: the last is 7"),
        (lambda: figures.padding_explorer(7, at_input=-2), "at_input must be at least -1"),
        (lambda: figures.pooling_explorer(IMAGE, "median"), "kind must be one of"),
        (lambda: figures.pooling_explorer(IMAGE, size=9), "does not fit"),
        (lambda: figures.pooling_explorer(IMAGE, region=(0, 0, 2, 2)), "goes with"),
        (lambda: figures.pooling_explorer(IMAGE, "roi", 2, region=(0, 0, 9, 9)), "must satisfy"),
        (lambda: figures.pooling_explorer(IMAGE, at=(5, 5)), "no output"),
        (lambda: figures.pooling_explorer(IMAGE, at_input=(0, 7)), "columns 0 to 6"),
        (lambda: figures.pooling_explorer(np.ones((9, 96))), "9×96 is too large"),
        (lambda: figures.pooling_explorer(IMAGE, "roi", 65), "size 65 is too large"),
        (lambda: figures.dilation_coverage(()), "at least one layer"),
        (lambda: figures.dilation_coverage((1, 0)), "at least 1"),
        (lambda: figures.dilation_coverage((99,)), "too many"),
        (lambda: figures.dilation_coverage(at=15), "no position 15"),
        (lambda: figures.dilation_coverage(at=(1, 2)), "at must be an integer"),
        (lambda: figures.receptive_field_explorer("vgg61"), "vgg"),
        (lambda: figures.receptive_field_explorer("vgg16", "conv9"), "no layer"),
        (lambda: figures.receptive_field_explorer("vgg16", "fc1"), "without rows and columns"),
        (lambda: figures.receptive_field_explorer("vgg16", at=(9, 9)), "no position"),
        (lambda: figures.receptive_field_explorer(7), "must be a name from the zoo"),
        (lambda: figures.receptive_field_explorer("mnist", image=np.ones(3)), "must have shape"),
        (lambda: figures.effective_field({}), "at least one"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(draw, words):
    with pytest.raises((ValueError, TypeError, IndexError, KeyError), match=words):
        draw()


EVERY = {
    "window": lambda: figures.window_explorer(IMAGE, KERNEL),
    "large": lambda: figures.window_explorer(np.ones((32, 32)), KERNEL, padding="same"),
    "channels": lambda: figures.window_explorer(np.ones((4, 5, 3)), np.ones((3, 3, 3, 2))),
    "many": lambda: figures.window_explorer(np.ones((4, 5, 9)), np.ones((3, 3, 9, 7)), filter=6),
    "padding": lambda: figures.padding_explorer(),
    "pooling": lambda: figures.pooling_explorer(IMAGE, shift=-1),
    "dilation": lambda: figures.dilation_coverage(),
    "field": lambda: figures.receptive_field_explorer("vgg16"),
}


@pytest.mark.parametrize("name", EVERY)
def test_few_tab_stops_one_scope_and_the_same_every_time(name):
    picture = EVERY[name]()
    assert picture == EVERY[name]()
    seen = [e for e in root(picture).iter("fieldset") if e.get("class") != "for-input"]
    groups = {e.get("name") for each in seen for e in each.iter("input")}
    stops = [e for e in root(picture).iter() if e.get("tabindex") == "0"]
    assert 1 <= len(groups) + len(stops) <= 4
    scope = root(picture).get("class")
    style = next(e.text for e in root(picture).iter() if e.tag.endswith("style"))
    bare = [part for part in re.sub(r"{[^{}]*}", "{}", style).split("}") if "{" in part]
    assert all(scope in part or part.lstrip().startswith((".", "{")) for part in bare)
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", picture.body)
    assert "<script" not in picture.body


def test_pictures_stay_small():
    assert len(figures.window_explorer(np.ones((16, 16)), np.ones((3, 3))).body) < 160_000
    assert len(figures.window_explorer(np.ones((32, 32)), np.ones((3, 3))).body) < 320_000


def test_fed_is_reads_the_other_way_round():
    reads = [[0, 2], [1, 3], [2, 4]]
    assert follow.fed(reads, 5) == [[0], [1], [0, 2], [1], [2]]


def test_png_by_hand_holds_the_numbers():
    import base64
    import io

    from matplotlib import image as reader

    for colours in (
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.arange(36, dtype=np.uint8).reshape(3, 4, 3),
    ):
        address = re.search(
            r'href="data:image/png;base64,([^"]+)"', raster.image_tag(colours, 0, 0, 9, 9)
        )
        read = reader.imread(io.BytesIO(base64.b64decode(address[1])))
        assert (
            np.rint(read * 255).astype(int).reshape(3, 4, -1) == colours.reshape(3, 4, -1)
        ).all()


def test_shifting_brings_in_zeros():
    image = np.arange(1, 7).reshape(2, 3, 1)
    assert pooling.moved(image, 1)[:, :, 0].tolist() == [[0, 1, 2], [0, 4, 5]]
    assert pooling.moved(image, -2)[:, :, 0].tolist() == [[3, 0, 0], [6, 0, 0]]


def test_a_step_keeps_the_sheet():
    made = sliding.slide(IMAGE, KERNEL)
    from cnncourse.figures.explorers import window

    window.draw(made, at=(0, 0))
    sheet = made.memory[0, True]
    window.draw(made, at=(1, 1))
    assert made.memory[0, True] is sheet


@pytest.mark.parametrize("explorer", [figures.window_explorer, figures.pooling_explorer])
def test_an_explorer_s_cells_can_be_clicked_and_have_no_names_of_their_own(explorer):
    arguments = (IMAGE, KERNEL) if explorer is figures.window_explorer else (IMAGE,)
    drawings = explorer(*arguments).body, explorer(*arguments, controls=False).drawing
    still, live = (
        [e for e in ElementTree.fromstring(drawing).iter() if e.get("tabindex") == "-1"]
        for drawing in drawings
    )
    assert len(still) == len(live) > IMAGE.size
    assert all(e.get("aria-label") for e in still)
    assert not any(e.get("aria-label") for e in live)


def test_a_row_of_single_digits_is_one_text_and_others_are_not():
    drawn = ElementTree.fromstring(board.digits(np.array([[1, 2, 3], [4, -5, 6]]), 0, 0, 20))
    assert [(e.text, e.get("x")) for e in drawn] == [
        ("123", "10 30 50"),
        ("4", "10"),
        ("−5", "30"),
        ("6", "50"),
    ]


def test_a_dense_network_has_a_spatial_input_at_least():
    net = Network.chain("dense", Input((8, 8, 1)), Flatten(), Dense(3))
    assert "sees 1×1" in figures.receptive_field_explorer(net).alt

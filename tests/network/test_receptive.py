"""Receptive fields against the published figures, and by hand on small networks."""

import numpy as np
import pytest

from cnncourse import zoo
from cnncourse.network import (
    Add,
    Concatenate,
    Conv2D,
    Cropping2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    Input,
    MaxPool2D,
    Multiply,
    Network,
    Opaque,
    Reshape,
    ShapeError,
    UpSampling2D,
    ZeroPadding2D,
    branches,
    chain,
    receptive_fields,
)


def as_triple(field):
    assert field.size[0] == field.size[1]
    return field.size[0], field.stride[0], field.padding[0]


@pytest.mark.parametrize(
    ("block", "triple"),
    [(1, (6, 2, 2)), (2, (16, 4, 6)), (3, (44, 8, 18)), (4, (100, 16, 42)), (5, (212, 32, 90))],
)
def test_vgg16(block, triple):
    field = zoo.vgg("D").receptive_field(f"block{block}_pool")
    assert as_triple(field) == triple
    assert field.aligned


def test_mobilenet_and_resnet50():
    assert as_triple(zoo.mobilenet().receptive_field("conv_pw_13_relu")) == (315, 32, 126)
    field = zoo.resnet(50).receptive_field("conv5_block3_out")
    assert (field.size, field.stride, field.aligned) == ((483, 483), (32, 32), True)


def dilated(*rates, size=31):
    layers = [Conv2D(1, 3, dilation_rate=rate) for rate in rates]
    return Network.chain("dilated", Input((size, size, 1)), *layers)


def test_dilation_leaves_holes():
    gridded, spread = dilated(2, 2, 2), dilated(1, 2, 4)
    assert gridded.receptive_field().size == (13, 13)
    trace = gridded.reads("conv2d_2", (4, 6))
    assert trace.rows == tuple((row, row) for row in range(4, 17, 2))
    assert (len(trace.rows), trace.touched) == (7, 49)
    assert trace.coverage == pytest.approx(49 / 169)
    assert spread.receptive_field().size == (15, 15)
    whole = spread.reads("conv2d_2", (0, 0))
    assert (whole.rows, whole.touched, whole.coverage) == (((0, 14),), 225, 1.0)


def test_rows_and_columns_may_differ():
    network = Network.chain("r", Input((20, 30, 1)), Conv2D(1, (1, 7)), MaxPool2D((3, 2)))
    field = network.receptive_field()
    assert (field.size, field.stride, field.padding) == ((3, 8), (3, 2), (0, 0))


def test_the_padding_of_same_depends_on_the_input_size():
    def network(size):
        return Network.chain("s", Input((size, size, 1)), Conv2D(1, 3, strides=2, padding="same"))

    assert network(224).receptive_field().padding == (0, 0)
    assert network(225).receptive_field().padding == (1, 1)
    field = network(None).receptive_field()
    assert (field.size, field.stride, field.padding) == ((3, 3), (2, 2), (None, None))
    assert "input size" in field.reason
    with pytest.raises(ValueError, match="input size"):
        field.interval((0, 0))


def test_some_paddings_hold_for_every_size():
    field = zoo.vgg("D", top=False).with_input((None, None, 3)).receptive_field()
    assert as_triple(field) == (212, 32, 90)


def bypass(size):
    x = Input((size, size, 1), name="image")()
    return Network(
        "bypass",
        branches(
            x,
            [Conv2D(1, 3, strides=2, padding="same", name="wide")],
            [Conv2D(1, 1, strides=2, padding="same", name="narrow")],
            join=Add(name="sum"),
        ),
    )


def test_alignment_depends_on_the_input_size_too():
    assert bypass(225).receptive_field().aligned is True
    field = bypass(224).receptive_field()
    assert field.aligned is False
    assert field.reason == (
        "at 'sum' the path through 'narrow' is centred on 0 and the path through 'wide' on 1"
    )
    # The union of both paths at each position: {2i … 2i + 2} and {2i}.
    assert field.interval((3, 3)) == ((6, 8), (6, 8))
    assert bypass(None).receptive_field().aligned is None


def test_paths_of_different_stride_are_reported_position_by_position():
    x = Input((16, 16, 1))()
    wide = chain(x, Conv2D(1, 1, strides=2, name="half"), UpSampling2D(2, name="up"))
    field = Network("u", Add(name="sum")(wide, x)).receptive_field()
    assert field.aligned is False
    assert field.stride == (None, None)
    assert [field.rows.interval(i) for i in range(4)] == [(0, 0), (0, 1), (2, 2), (2, 3)]


def test_a_squeezed_branch_sees_everything():
    x = chain(Input((20, 20, 3)), Conv2D(4, 3, padding="same", name="conv"))
    scaled = branches(x, [], [GlobalAveragePool2D(keepdims=True, name="squeeze")], join=Multiply())
    field = Network("se", scaled).receptive_field()
    assert field.aligned is False
    assert "'squeeze'" in field.reason
    assert field.interval((7, 7)) == ((0, 19), (0, 19))


def test_flatten_and_dense_see_all_the_positions_in_front():
    fields = zoo.vgg("D").receptive_field("fc1")
    assert fields.size == (404, 404)  # VGG-16 as a fully convolutional network (Long et al. 2015)
    network = Network.chain("d", Input((8, 8, 1)), Conv2D(2, 3), Flatten(), Dense(3, name="fc"))
    assert network.reads("fc", (0, 0)).touched == 64


def test_start_centre_and_clipping():
    field = zoo.mobilenet().receptive_field("conv_pw_13_relu")
    assert field.start == (-126, -126)
    assert field.center == (31.0, 31.0)
    assert field.interval((0, 6), clip=False) == ((-126, 188), (66, 380))
    assert field.interval((0, 6)) == ((0, 188), (66, 223))
    with pytest.raises(IndexError, match="7×7"):
        field.interval((7, 0))


def test_queries_go_both_ways():
    network = Network.chain("q", Input((9, 9, 1)), Conv2D(1, 3, name="c"), MaxPool2D(name="p"))
    assert network.reads("p", (1, 2)).box == ((2, 5), (4, 7))
    assert network.feeds((2, 4), "p").box == ((0, 1), (1, 2))
    assert network.receptive_field("p").outputs((2, 4)) == ((0, 1), (1, 2))
    # The last row and column fall out of the pooling regions.
    assert network.feeds((8, 8), "p").touched == 0
    assert network.feeds((8, 8), "p").box is None
    with pytest.raises(IndexError, match="9×9×1"):
        network.feeds((9, 0), "p")


def test_cropped_and_padded():
    network = Network.chain(
        "c",
        Input((10, 10, 1)),
        Cropping2D(2),
        ZeroPadding2D(((3, 0), (3, 0))),
        Conv2D(1, 3),
    )
    field = network.receptive_field()
    assert as_triple(field) == (3, 1, 1)
    assert network.reads("conv2d", (0, 0)).touched == 0  # nothing but padding
    assert network.reads("conv2d", (1, 1)).box == ((2, 2), (2, 2))


def test_a_cross_is_not_its_box():
    x = Input((9, 9, 1))()
    cross = branches(
        x,
        [Conv2D(1, (1, 5), padding="same")],
        [Conv2D(1, (5, 1), padding="same")],
        join=Concatenate(name="cross"),
    )
    trace = Network("cross", cross).reads("cross", (4, 4))
    assert (trace.touched, trace.box) == (9, ((2, 6), (2, 6)))


def test_an_unknown_layer_makes_the_field_unknown():
    x = chain(Input((8, 8, 1)), Conv2D(1, 3), Opaque("Lambda", (6, 6, 1), name="odd"))
    network = Network("o", Conv2D(1, 3, name="last")(x))
    field = network.receptive_field("last")
    assert field.aligned is not True
    assert "odd" in field.reason
    assert not network.reads("last", (0, 0)).exact


def test_a_wrong_layer_lists_the_near_ones():
    with pytest.raises(KeyError, match="block5_pool"):
        zoo.vgg("D").receptive_field("block5_pol")


def test_an_unknown_layer_with_two_inputs_reads_everything_of_both():
    x = chain(Input((8, 8, 1)), Conv2D(1, 3))
    odd = Opaque("Mystery", (6, 6, 1), name="odd")(x, Conv2D(1, 1)(x))
    network = Network("o", odd)
    assert network.receptive_field("odd").aligned is None
    assert network.reads("odd", (0, 0)).touched == 64
    assert network.feeds((0, 0), "odd").touched == 36


def test_a_second_input_is_asked_for_by_name():
    left, right = Input((9, 9, 1), name="left")(), Input((9, 9, 1), name="right")()
    network = Network("pair", Conv2D(1, 3, name="a")(left), Conv2D(1, 5, name="b")(right))
    assert network.receptive_field().layer == "a"
    with pytest.raises(ValueError, match="source"):
        network.receptive_field("b")
    assert network.receptive_field("b", source="right").size == (5, 5)


def test_a_sequence_is_not_a_picture():
    network = Network.chain("text", Input((16, 12)), Dense(3))
    assert network.cost().mult_adds == 16 * 12 * 3
    with pytest.raises(ValueError, match="16×12"):
        network.receptive_field()


def decoder(size):
    return Network.chain(
        "decoder",
        Input((size, size, 1)),
        Conv2D(1, 3, padding="same"),
        MaxPool2D(2),
        Conv2D(1, 3, padding="same", name="b"),
        UpSampling2D(2, name="up"),
        Conv2D(1, 3, padding="same", name="c"),
        Conv2D(1, 3, padding="same", name="d"),
    )


def u_net(size):
    x = chain(Input((size, size, 1)), Conv2D(1, 3, padding="same"))
    down = [MaxPool2D(2), Conv2D(1, 3, padding="same"), UpSampling2D(2)]
    x = branches(x, [], down, join=Concatenate(name="b"))
    more = [Conv2D(1, 3, padding="same", name=name) for name in ("c", "d")]
    return Network("u", chain(x, *more))


@pytest.mark.parametrize("make", [decoder, u_net])
def test_behind_upsampling_the_size_depends_on_the_input_size(make):
    known = [receptive_fields(make(size)) for size in (32, 48)]
    free = receptive_fields(make(None))
    for name, size in (("b", 8), ("c", 10), ("d", 12)):
        assert [fields[name].size for fields in known] == [(size, size)] * 2
    assert (free["c"].size, free["d"].size) == ((None, None), (None, None))
    assert (free["d"].stride, free["d"].aligned) == ((None, None), False)


def test_upsampling_alone_says_the_size_that_it_keeps():
    assert decoder(None).receptive_field("up").size == (8, 8)
    first = Network.chain("f", Input((None, None, 1)), UpSampling2D(2), Conv2D(1, 3, name="c"))
    assert first.receptive_field("up_sampling2d").size == (1, 1)
    assert first.receptive_field("c").size == (None, None)


def squeezed(size):
    x = chain(Input((size, size, 3)), Conv2D(4, 3, padding="same", name="conv"))
    gate = [GlobalAveragePool2D(name="pool"), Reshape((1, 1, 4), name="squeeze"), Conv2D(4, 1)]
    return Network("se", branches(x, [], gate, join=Multiply(name="scaled")))


def test_a_squeezed_branch_has_no_stride_whatever_the_size():
    free, known = (squeezed(size).receptive_field("scaled") for size in (None, 16))
    assert (known.stride, known.aligned) == ((None, None), False)
    assert (free.stride, free.size) == ((None, None), (None, None))
    # On one position nothing is stretched: only the size can tell.
    assert free.aligned is None
    assert squeezed(1).receptive_field("scaled").aligned is True
    assert "sees all that 'conv2d' sees" in free.reason
    assert "sees all that 'conv2d' sees" in known.reason


def test_a_new_shape_of_unknown_size_has_no_stride():
    def columns(rows):
        layers = [Reshape((1, -1, 1), name="row"), Conv2D(1, (1, 3), padding="same")]
        return Network.chain("r", Input((rows, 16, 1)), *layers).receptive_field().columns

    assert (columns(1).stride, columns(2).stride, columns(None).stride) == (1, None, None)
    assert (columns(1).aligned, columns(2).aligned, columns(None).aligned) == (True, False, None)


@pytest.mark.parametrize("size", [None, 8])
def test_another_input_stretches_the_only_path(size):
    left, right = Input((size, size, 1), name="left")(), Input((size, size, 1), name="right")()
    gate = GlobalAveragePool2D(keepdims=True)(left)
    field = Network("pair", Multiply(name="scaled")(gate, right)).receptive_field("scaled")
    assert field.stride == (None, None)
    assert field.aligned is not True


def test_paths_of_different_stride_at_a_single_output():
    near = [Conv2D(1, 3, name="near"), Cropping2D(3, name="crop")]
    far = [Conv2D(1, 9, strides=2, name="far")]
    single = branches(Input((9, 9, 1))(), far, near, join=Add(name="sum"))
    network = Network("s", chain(single, ZeroPadding2D(1, name="zeros"), Conv2D(1, 2, name="last")))
    field = network.receptive_field("sum")
    assert (field.size, field.padding, field.start) == ((9, 9), (0, 0), (0, 0))
    assert (field.stride, field.aligned) == ((None, None), False)
    assert field.reason == "at 'sum' paths with strides 2 ('far') and 1 ('crop') meet"
    assert field.interval((0, 0)) == ((0, 8), (0, 8))
    for name in ("zeros", "last"):
        field = network.receptive_field(name)
        assert (field.size, field.aligned) == ((9, 9), False)
        for position in np.ndindex(network[name].shape[:2]):
            box = network.reads(name, position).box
            assert box is None or field.interval(position) == box


def test_unknown_paddings_are_compared_where_they_have_the_same_part():
    def network(size, *more):
        x = chain(Input((size, size, 1)), Conv2D(1, 3, strides=2, padding="same", name="first"))
        wide = [Conv2D(1, 5, padding="same", name="wide"), *more]
        return Network("n", branches(x, [], wide, join=Add(name="sum")))

    field = network(None).receptive_field("sum")
    assert (field.size, field.padding, field.aligned) == ((11, 11), (None, None), True)
    shift = (ZeroPadding2D(((1, 0), (1, 0))), Cropping2D(((0, 1), (0, 1))))
    field = network(None, *shift).receptive_field("sum")
    assert (field.size, field.stride, field.aligned) == ((11, 11), (2, 2), False)
    assert field.reason == (
        "at 'sum' the path through 'cropping2d' is centred on one place and the path through "
        "'first' on 2 further on"
    )
    assert field.size == network(20, *shift).receptive_field("sum").size


def test_unknown_paddings_of_one_reason_are_not_taken_for_equal():
    def network(size):
        x = chain(Input((size, size, 1)), Conv2D(1, 3, strides=2, padding="same", name="first"))
        narrow = [Conv2D(1, 3, strides=2, padding="same"), Conv2D(1, 2, padding="same")]
        wide = [Conv2D(1, 5, strides=2, padding="same")]
        return Network("n", branches(x, wide, narrow, join=Add(name="sum")))

    assert network(32).receptive_field().size == (13, 13)
    assert network(32).receptive_field().aligned is False
    field = network(None).receptive_field()
    assert (field.size, field.stride, field.aligned) == ((None, None), (4, 4), None)


def test_an_output_that_sees_only_padding_widens_no_other():
    padded = Network.chain(
        "p",
        Input((8, 8, 1)),
        UpSampling2D(2),
        ZeroPadding2D(1, name="zeros"),
        Conv2D(1, 3, name="c"),
    )
    field = padded.receptive_field("c")
    assert field.size == (2, 2)
    assert field.interval((15, 15)) == ((7, 7), (7, 7)) == padded.reads("c", (15, 15)).box
    x = chain(Input((8, 8, 1)), UpSampling2D(2))
    shrunk = [Cropping2D(1), ZeroPadding2D(1)]
    field = Network("m", branches(x, [], shrunk, join=Add(name="sum"))).receptive_field()
    assert field.interval((15, 15)) == ((7, 7), (7, 7))


def random_network(rng, size):
    """A small graph: windows, paths that meet, squeezed branches, ways down and up again.

    rng draws the same graph for any size.
    """

    def draw(*values):
        return values[rng.integers(len(values))]

    def window(strides, padding):
        kernel, dilation = draw(1, 2, 3, 4), draw(1, 1, 2) if strides == 1 else 1
        if rng.random() < 0.3:
            return MaxPool2D(kernel, strides, padding)
        return Conv2D(1, kernel, strides, padding, dilation)

    def shift():
        before = draw(((1, 0), (1, 0)), ((0, 1), (2, 0)), ((1, 1), (0, 1)))
        behind = tuple((b, a) if rng.random() < 0.5 else (a, b) for a, b in before)
        pair = (ZeroPadding2D(before), Cropping2D(behind))
        return pair if rng.random() < 0.5 else pair[::-1]

    def path(strides):
        layers = [window(strides, "same")]
        for _ in range(draw(0, 0, 1)):
            layers += draw([window(1, "same")], [*shift()])
        return layers

    x = Input((size, size, 1))()
    for _ in range(draw(2, 3, 4)):
        step = draw("window", "window", "pad", "up", "fork", "skip", "squeeze", "down", "collapse")
        join = draw(Add, Concatenate)()
        depth = Conv2D(1, 1)
        if step == "window":
            x = chain(x, window(draw(1, 2, 3), draw("same", "valid")))
        elif step == "pad":
            x = chain(
                x, draw(ZeroPadding2D, Cropping2D)(draw(((1, 0), (0, 2)), 1, ((0, 3), (1, 1))))
            )
        elif step == "up":
            x = chain(x, UpSampling2D(draw(2, 3, (1, 2))))
        elif step == "fork":
            strides = draw(1, 1, 2, 3)
            x = chain(branches(x, path(strides), path(strides), join=join), depth)
        elif step == "skip":
            x = chain(branches(x, [], path(1), join=join), depth)
        elif step == "squeeze":
            gate = [GlobalAveragePool2D(keepdims=True), Conv2D(1, 1, draw(1, 2))]
            x = branches(x, [], gate, join=Multiply())
        elif step == "down":
            way = [window(2, "same"), window(1, "same"), UpSampling2D(2)]
            x = chain(branches(x, [], way, join=join), depth)
        elif rng.random() < 0.3:
            pool = GlobalAveragePool2D(keepdims=True)
            x = branches(x, [*path(draw(1, 2)), pool], [*path(draw(1, 2)), pool], join=Add())
    return Network("random", x)


def stated(field):
    """What the field of an axis says for certain."""
    values = {
        "size": field.size,
        "stride": field.stride,
        "padding": field.padding,
        "aligned": field.aligned,
    }
    return {name: value for name, value in values.items() if value is not None}


def drawn(seed, size):
    """A random network, or None where it does not fit that size."""
    try:
        return random_network(np.random.default_rng(seed), size)
    except ShapeError:
        return None


def test_what_holds_without_an_input_size_holds_for_every_size():
    compared = 0
    for seed in range(300):
        network = drawn(seed, None)
        free = {} if network is None else receptive_fields(network)
        for size in (1, 2, 3, 4, 5, 6, 7, 9, 12, 16, 17, 18, 24, 30, 31):
            network = drawn(seed, size) if free else None
            known = {} if network is None else receptive_fields(network)
            for name, field in known.items():
                for axis in ("rows", "columns"):
                    claims, found = stated(getattr(free[name], axis)), getattr(field, axis)
                    assert claims.items() <= stated(found).items(), (seed, size, name, axis)
                    compared += 1
    assert compared > 10_000


def test_every_span_holds_what_is_read():
    for seed in range(300):
        network = drawn(seed, 12)
        for name, field in ({} if network is None else receptive_fields(network)).items():
            rows, columns = network[name].shape[:2]
            for position in ((0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)):
                box = network.reads(name, position).box
                for seen, read in zip(field.interval(position), box or (), strict=False):
                    assert seen[0] <= read[0] <= read[1] <= seen[1], (seed, name, position)


def test_a_reshape_of_unknown_rows_that_changes_the_depth_keeps_no_position():
    network = Network.chain(
        "r", Input((None, 16, 2)), Conv2D(2, 3, padding="same"), Reshape((-1, 16, 1))
    )
    assert network.receptive_field("reshape").size[0] is None
    known = network.with_input((8, 16, 2)).receptive_field("reshape")
    assert known.size[0] == 10  # all eight rows, and the zeros around them

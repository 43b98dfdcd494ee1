"""Receptive fields against the published figures, and by hand on small networks."""

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
    UpSampling2D,
    ZeroPadding2D,
    branches,
    chain,
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

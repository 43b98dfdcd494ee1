"""Keras models for tests, made quickly: weights are zeros unless a test needs others."""

import contextlib

import numpy as np


@contextlib.contextmanager
def cheap_weights(keras):
    """Initialise with zeros: drawing 138 million random numbers takes seconds."""
    kinds = (keras.initializers.GlorotUniform, keras.initializers.VarianceScaling)
    before = [kind.__call__ for kind in kinds]

    def zeros(self, shape, dtype=None):
        return keras.ops.zeros(shape, dtype)

    for kind in kinds:
        kind.__call__ = zeros
    try:
        yield
    finally:
        for kind, call in zip(kinds, before, strict=True):
            kind.__call__ = call


def positive_weights(model, seed=0):
    """Random positive kernels and no bias: then no influence can cancel another."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        for weight in layer.weights:
            if "kernel" in weight.path.rsplit("/", 1)[-1]:
                weight.assign(rng.uniform(0.5, 1.5, weight.shape))


def profiled(model):
    """What TensorFlow's own profiler counts for one example."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2_as_graph,
    )

    call = tf.function(lambda x: model(x, training=False))
    concrete = call.get_concrete_function(tf.TensorSpec((1, *model.input_shape[1:]), tf.float32))
    frozen, _ = convert_variables_to_constants_v2_as_graph(concrete)
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(frozen.graph.as_graph_def(), name="")
        builder = tf.compat.v1.profiler.ProfileOptionBuilder
        options = builder(builder.float_operation()).with_empty_output().build()
        return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops

"""One seed for everything that draws numbers."""

from cnncourse.training.backend import quietly


def set_seeds(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, so that a run can be repeated on the same machine.

    seed: 0 to 2**32 - 1. Call it before the network is made: its first weights are drawn there.
    Another number of cores or another TensorFlow adds in another order and may differ slightly.
    Raises ValueError for other seeds.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"A seed is a whole number from 0 to 2**32 - 1, not {seed!r}.")
    with quietly():
        import keras

    keras.utils.set_random_seed(seed)

"""Train the small VGG on drawn animals and things, without cats and dogs, and write its weights.

    python tools/train_small_vgg.py --work FOLDER [--per-kind 1000] [--size 64] [--epochs 12]

FOLDER keeps the drawings and the state after every epoch: the same command goes on after an
interrupt. The network trains with batch normalisation, which is then folded into the convolutions:
a normalised convolution is a convolution with other weights, and what ships is a plain VGG.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from cnncourse.data.drawn import KINDS, draw_images
from cnncourse.zoo import small_vgg

OTHERS = tuple(kind for kind in KINDS if kind not in ("cat", "dog"))
NAME = "small VGG trained on drawn animals and things, no cats, no dogs"


def main() -> None:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    images, labels = _drawings(options)
    held_out = len(OTHERS) * max(options.per_kind // 10, 1)
    train, test = slice(held_out, None), slice(0, held_out)
    model, history, seconds = _train(
        options, (images[train], labels[train]), (images[test], labels[test])
    )
    arrays = _folded(model)
    arrays = {name: array.astype(np.float16) for name, array in arrays.items()}
    accuracy = _accuracy(model, arrays, images[test], labels[test])
    record = {
        "name": NAME,
        "kinds": list(OTHERS),
        "training images": int(len(images) - held_out),
        "held-out images": int(held_out),
        "size": options.size,
        "seed": options.seed,
        "precision": options.precision,
        "epochs": options.epochs,
        "batch size": options.batch,
        "learning rate": options.rate,
        "parameters": int(sum(array.size for array in arrays.values())),
        "held-out accuracy": round(accuracy, 4),
        "held-out accuracy after each epoch": history,
        "seconds": round(seconds),
        "made by": "tools/train_small_vgg.py",
    }
    np.savez_compressed(options.out, **arrays)
    options.out.with_suffix(".json").write_text(json.dumps(record, indent=2) + "\n")
    print(f"{options.out}: {options.out.stat().st_size} bytes, held-out accuracy {accuracy:.3f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for drawings and states")
    parser.add_argument("--out", type=Path, default=small_vgg.WEIGHTS)
    parser.add_argument("--per-kind", type=int, default=1000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument(
        "--precision", default="float32", help="or mixed_bfloat16: half the time on some"
    )
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args()


def _drawings(options: argparse.Namespace) -> tuple[np.ndarray, np.ndarray]:
    """The drawings, made once; the kinds take turns, so the first tenth has all of them."""
    file = options.work / f"drawings-{options.size}-{options.per_kind}-{options.seed}.npy"
    if not file.exists():
        started = time.time()
        images, _ = draw_images(OTHERS, options.per_kind, options.size, options.seed)
        part = file.with_suffix(".part.npy")
        np.save(part, images)
        part.replace(file)
        print(f"drew {len(images)} pictures in {time.time() - started:.0f} s", flush=True)
    images = np.load(file, mmap_mode="r")
    return images, np.tile(np.arange(len(OTHERS), dtype=np.uint8), options.per_kind)


def _network():
    """The small VGG with batch normalisation after every convolution, and a classifier on top."""
    import keras

    x = image = keras.Input((None, None, 3))
    for block, filters in enumerate(small_vgg.FILTERS, start=1):
        for index in (1, 2):
            name = f"block{block}_conv{index}"
            x = keras.layers.Conv2D(
                filters, 3, padding="same", name=name, kernel_initializer="he_normal"
            )(x)
            x = keras.layers.BatchNormalization(momentum=0.95, name=f"{name}_bn")(x)
            x = keras.layers.Activation("relu")(x)
        x = keras.layers.MaxPooling2D(name=f"block{block}_pool")(x)
    features = keras.layers.GlobalAveragePooling2D()(x)
    kinds = keras.layers.Dense(len(OTHERS), activation="softmax", dtype="float32", name="kinds")
    return keras.Model(image, kinds(features))


def _changed(images: np.ndarray, side: int, rng: np.random.Generator) -> np.ndarray:
    """A square cut from each picture somewhere, mirrored or not, as inputs from −1 to 1.

    The cut is a quarter smaller than the picture: nearly twice as fast, and no two epochs alike.
    """
    out = np.empty((len(images), side, side, 3), np.float32)
    last = images.shape[1] - side + 1
    for i, (y, x, flip) in enumerate(rng.integers((last, last, 2), size=(len(images), 3))):
        one = images[i, y : y + side, x : x + side]
        out[i] = one[:, ::-1] if flip else one
    return out / np.float32(127.5) - np.float32(1)


def _train(options, train, test):
    import keras

    keras.utils.set_random_seed(options.seed)
    keras.config.set_dtype_policy(options.precision)
    model = _network()
    images, labels = train
    steps = len(images) // options.batch
    side = options.size * 3 // 4
    rate = keras.optimizers.schedules.CosineDecay(
        options.rate / 10,
        steps * options.epochs,
        warmup_target=options.rate,
        warmup_steps=steps // 2,
    )
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-4),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    state = options.work / f"state-{options.epochs}.keras"
    notes = options.work / f"state-{options.epochs}.json"
    done = {"epochs": 0, "history": [], "seconds": 0.0}
    if state.exists() and notes.exists():
        model, done = keras.models.load_model(state), json.loads(notes.read_text())
    for epoch in range(done["epochs"], options.epochs):
        started = time.time()
        rng = np.random.default_rng((options.seed, epoch))
        order = rng.permutation(len(images))[: steps * options.batch].reshape(steps, -1)
        sums = np.zeros(2)
        for batch in order:
            at = np.sort(batch)
            sums += model.train_on_batch(
                _changed(images[at], side, rng), labels[at], return_dict=False
            )
            model.reset_metrics()
        held = model.evaluate(test[0] / np.float32(127.5) - np.float32(1), test[1], 128, verbose=0)
        done["epochs"], done["seconds"] = epoch + 1, done["seconds"] + time.time() - started
        done["history"].append(round(float(held[1]), 4))
        part = state.with_suffix(".part.keras")
        model.save(part)
        part.replace(state)
        notes.write_text(json.dumps(done))
        print(
            f"epoch {epoch + 1}: training {sums / steps}, held out {held}, "
            f"{time.time() - started:.0f} s",
            flush=True,
        )
    return model, done["history"], done["seconds"]


def _folded(model) -> dict[str, np.ndarray]:
    """Kernels and biases that do what convolution and batch normalisation did together."""
    arrays: dict[str, np.ndarray] = {}
    for block in range(1, len(small_vgg.FILTERS) + 1):
        for index in (1, 2):
            name = f"block{block}_conv{index}"
            kernel, bias = model.get_layer(name).get_weights()
            layer = model.get_layer(f"{name}_bn")
            gamma, beta, mean, variance = layer.get_weights()
            factor = gamma / np.sqrt(variance + layer.epsilon)
            arrays[f"{name}/kernel"] = kernel * factor
            arrays[f"{name}/bias"] = (bias - mean) * factor + beta
    return arrays


def _accuracy(
    model, arrays: dict[str, np.ndarray], images: np.ndarray, labels: np.ndarray
) -> float:
    """The share of held-out pictures that the rounded, folded network gets right."""
    import keras

    keras.config.set_dtype_policy("float32")
    base = small_vgg.small_vgg(images.shape[1:]).to_keras()
    base.set_weights([array.astype(np.float32) for array in arrays.values()])
    top = model.get_layer("kinds")
    whole = keras.Sequential(
        [base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(len(OTHERS))]
    )
    whole.build((None, *images.shape[1:]))
    whole.layers[-1].set_weights(top.get_weights())
    scores = whole.predict(images / np.float32(127.5) - np.float32(1), 128, verbose=0)
    return float(np.mean(scores.argmax(1) == labels))


if __name__ == "__main__":
    main()

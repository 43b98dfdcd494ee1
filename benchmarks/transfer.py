"""Cats and dogs by every approach of the lecture, on photographs and on drawn animals.

    python benchmarks/transfer.py [--source photographs|drawn] [--approach NAME] [--seeds N]
                                  [--quick] [--json | --markdown] [--work FOLDER]

Photographs (CNNCOURSE_DATA) with VGG16's ImageNet weights; drawn animals with the small VGG that
ships with the package. Every approach gets the same 1000 pictures to learn from and is measured on
pictures that it never saw; another seed deals the pictures out anew and draws other first weights.
No epoch is chosen by the held-out pictures: the numbers are those after the last one, measured with
dropout and augmentation switched off.

Each run is written down as soon as it is done (in --work), so a benchmark that was stopped goes on
where it was, and the report can be printed again at once. ``--markdown`` prints docs/results.md.
"""

import hashlib
import json
import logging
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np

ROOT = Path(__file__).parent.parent
APPROACHES = {
    "scratch": "from scratch",
    "dropout": "with dropout",
    "augmentation": "with dropout and augmentation",
    "features": "borrowed features, dense top",
    "in-model": "borrowed base in the network, frozen, with augmentation",
    "fine-tuned": "dense top, then block 5 trained too",
}

# Pixels a side for networks of one's own, where it is not the recipe's size: at 150 an epoch of
# 1000 photographs takes 9 s on two cores, at 100 it takes 4.
OWN_SIZE = {"photographs": 100}
_OWN = ("scratch", "dropout", "augmentation")

# Where the recipe learns nothing from pictures that differ every time: smaller steps, more epochs,
# and smaller changes, for at 64 pixels a shift hides an ear.
AUGMENTED = {
    "drawn": {"optimizer": "RMSprop", "rate": 5e-4, "batch": 20, "epochs": 36, "changes": "small"}
}

# Up to which layers of the borrowed network an approach needs what it gives, computed once.
_NEEDS = {"features": ("block5_pool",), "fine-tuned": ("block5_pool", "block4_pool")}


@dataclass(frozen=True)
class Recipe:
    """How a source is trained on. Learning rates belong to the optimizer named."""

    source: str
    size: int
    per_class: int
    training: int  # pictures to learn from; the rest of 2 × per_class is held out
    base: str
    optimizer: str
    rate: float
    batch: int
    epochs: int
    top_optimizer: str
    top_rate: float
    top_epochs: int
    in_model_epochs: int
    fine_rate: float
    fine_epochs: int


RECIPES = {
    "photographs": Recipe(
        source="photographs",
        size=150,
        per_class=600,
        training=1000,
        base="vgg16",
        optimizer="Adam",  # at ten times the lecture's rate: 15 epochs of its own learn too little
        rate=1e-3,
        batch=20,
        epochs=15,  # half of the lecture's: 1000 pictures are learned by heart sooner than 2000
        top_optimizer="RMSprop",
        top_rate=2e-5,
        top_epochs=20,
        in_model_epochs=5,
        fine_rate=1e-5,
        fine_epochs=5,
    ),
    "drawn": Recipe(
        source="drawn",
        size=64,
        per_class=1000,
        training=1000,
        base="small",
        optimizer="Adam",
        rate=1e-3,
        batch=32,
        epochs=24,
        top_optimizer="Adam",
        top_rate=5e-4,
        top_epochs=20,
        in_model_epochs=15,
        fine_rate=1e-4,
        fine_epochs=10,
    ),
}


def quick(recipe: Recipe) -> Recipe:
    """The same with little of everything: to see that it runs, not to learn anything from."""
    few: dict[str, Any] = {name: 2 for name in asdict(recipe) if name.endswith("epochs")}
    return replace(recipe, per_class=40, training=60, **few)


class Runs:
    """The results that are there, in one file that is replaced whole after every run."""

    def __init__(self, work: Path) -> None:
        self.file = work / "runs.json"
        work.mkdir(parents=True, exist_ok=True)
        self.found: dict[str, dict[str, Any]] = {}
        if self.file.is_file():
            self.found = json.loads(self.file.read_text(encoding="utf-8"))

    def get(self, name: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The result of that name, measured now if it is not there."""
        if name not in self.found:
            from cnncourse.data.kept import write_json

            load, wall, work = os.getloadavg()[0], time.perf_counter(), time.process_time()
            result = measure()
            self.found[name] = result | {
                "seconds": round(time.perf_counter() - wall, 1),
                "processor_seconds": round(time.process_time() - work, 1),
                "load": round(load, 1),
                "machine": machine(),
            }
            write_json(self.file, self.found)
        return self.found[name]


class Bench:
    """One source's pictures and borrowed network, and every approach to them."""

    def __init__(self, recipe: Recipe, runs: Runs) -> None:
        self.recipe, self.runs = recipe, runs
        # What results depend on beside the recipe: a new drawing or new weights are a new run.
        drawn, small = recipe.source == "drawn", recipe.base == "small"
        self._pictures_by = {"drawing": _files("data/drawn/*.py")} if drawn else {}
        self._borrowed_from = {"weights": _files("zoo/small_vgg_*.npz")} if small else {}
        # Features do not depend on how the top is trained.
        seen = {"size": recipe.size, "per_class": recipe.per_class, "base": recipe.base}
        self.seen = _mark(seen | self._pictures_by | self._borrowed_from)
        self._pools: dict[int, Any] = {}
        self._borrowed: Any = None

    def run(self, approach: str, seed: int) -> dict[str, Any]:
        """The result of one approach with one seed, from the file or measured now."""
        layers = _NEEDS.get(approach, ())
        once = [self._extraction(layer) for layer in layers]
        how = getattr(self, "_" + approach.replace("-", "_"))
        result = self.runs.get(self.name(approach, seed), lambda: how(seed))
        return result | {
            f"extraction_{what}": sum(each[what] for each in once)
            for what in ("seconds", "processor_seconds")
        }

    def name(self, approach: str, seed: int) -> str:
        """What a run is called in the file: another recipe is another run."""
        borrows = approach in ("features", "in-model", "fine-tuned")
        depends = asdict(self.recipe) | self._pictures_by | (self._borrowed_from if borrows else {})
        if approach in _OWN and self._own_size != self.recipe.size:
            depends["own_size"] = self._own_size
        if approach == "augmentation" and self.recipe.source in AUGMENTED:
            depends["augmented"] = AUGMENTED[self.recipe.source]
        if approach == "in-model" and self.recipe.source in AUGMENTED:
            depends["changes"] = "small"
        return f"{self.recipe.source}/{approach}/{seed}/{_mark(depends)}"

    # The approaches

    def _scratch(self, seed: int) -> dict[str, Any]:
        return self._own(seed, dropout=0.0, augmented=False)

    def _dropout(self, seed: int) -> dict[str, Any]:
        return self._own(seed, dropout=0.5, augmented=False)

    def _augmentation(self, seed: int) -> dict[str, Any]:
        return self._own(seed, dropout=0.5, augmented=True)

    def _own(self, seed: int, dropout: float, augmented: bool) -> dict[str, Any]:
        import keras

        from cnncourse import zoo

        recipe, changes = self.recipe, []
        if augmented:
            other: dict[str, Any] = dict(AUGMENTED.get(recipe.source, {}))
            small = other.pop("changes", "") == "small"
            changes = _few_changes() if small else _augmenting()
            if recipe.epochs < RECIPES[recipe.source].epochs:  # the quick profile stays quick
                other.pop("epochs", None)
            recipe = replace(recipe, **other)
        keras.utils.set_random_seed(seed)
        size = self._own_size
        network = zoo.cats_dogs(dropout, (size, size, 3)).to_keras()
        layers = [keras.layers.Rescaling(1 / 255), *changes, network]
        model = keras.Sequential([self._input(size), *layers])
        self._compile(model, recipe.optimizer, recipe.rate)
        return self._train(model, self._pictures(size), seed, recipe.epochs, recipe.batch)

    def _features(self, seed: int) -> dict[str, Any]:
        return self._top(seed)[1]

    def _in_model(self, seed: int) -> dict[str, Any]:
        import keras

        from cnncourse.training import set_trainable

        keras.utils.set_random_seed(seed)
        borrowed = self.borrowed
        set_trainable(borrowed.model)
        model = keras.Sequential(
            [
                self._input(self.recipe.size),
                *(_few_changes() if self.recipe.source in AUGMENTED else _augmenting()),
                borrowed.preprocessing_layer(),
                borrowed.model,
            ]
        )
        for layer in self._top_layers():
            model.add(layer)
        self._compile(model, self.recipe.top_optimizer, self.recipe.top_rate)
        pictures = self._pictures(self.recipe.size)
        return self._train(model, pictures, seed, self.recipe.in_model_epochs)

    def _fine_tuned(self, seed: int) -> dict[str, Any]:
        """Block 5 and a trained top on what block 4 gives, which stays frozen and is computed once.

        The same weights are trained by the same gradients as in the whole network, without the
        cost of the frozen blocks in every step.
        """
        import keras

        top, _ = self._top(seed)
        frozen = self.borrowed.model
        block = [layer for layer in frozen.layers if layer.name.startswith("block5")]
        copies = [type(layer).from_config(layer.get_config()) for layer in block]
        features = self._from("block4_pool")
        model = keras.Sequential([keras.Input(features.shape[1:]), *copies, *top.layers])
        for layer, copy in zip(block, copies, strict=True):
            copy.trainable = True
            copy.set_weights(layer.get_weights())
        self._compile(model, self.recipe.top_optimizer, self.recipe.fine_rate)
        return self._train(model, features, seed, self.recipe.fine_epochs)

    # What they share

    def _top(self, seed: int) -> tuple[Any, dict[str, Any]]:
        """A dense top trained on the borrowed network's features."""
        import keras

        keras.utils.set_random_seed(seed)
        features = self._from("block5_pool")
        model = keras.Sequential([keras.Input(features.shape[1:]), *self._top_layers()])
        self._compile(model, self.recipe.top_optimizer, self.recipe.top_rate)
        return model, self._train(model, features, seed, self.recipe.top_epochs)

    def _top_layers(self) -> list[Any]:
        import keras

        return [
            keras.layers.Flatten(),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, activation="sigmoid"),
        ]

    def _input(self, size: int) -> Any:
        import keras

        return keras.Input((size, size, 3), dtype="uint8")

    def _compile(self, model: Any, optimizer: str, rate: float) -> None:
        import keras

        made = getattr(keras.optimizers, optimizer)(rate)
        model.compile(optimizer=made, loss="binary_crossentropy", metrics=["accuracy"])

    def _train(
        self, model: Any, inputs: np.ndarray, seed: int, epochs: int, batch: int | None = None
    ) -> dict[str, Any]:
        from cnncourse.training import fit

        labels = self.pool.y_train
        learn, held = self._deal(seed)
        x, y, x_held, y_held = inputs[learn], labels[learn], inputs[held], labels[held]
        batch = batch or self.recipe.batch
        history = fit(
            model, x, y, epochs=epochs, batch_size=batch, validation=(x_held, y_held), seed=seed
        )
        if history.stopped:
            raise KeyboardInterrupt
        loss, accuracy = model.evaluate(x, y, batch_size=64, verbose=0)
        held_loss, held_accuracy = model.evaluate(x_held, y_held, batch_size=64, verbose=0)
        return {
            "training_accuracy": round(float(accuracy), 4),
            "accuracy": round(float(held_accuracy), 4),
            "training_loss": round(float(loss), 4),
            "loss": round(float(held_loss), 4),
            "lowest_loss_epoch": 1 + int(np.argmin(history["val_loss"])),
            "epochs": epochs,
            "learned_from": len(x),
            "measured_on": len(x_held),
            "parameters": int(sum(np.prod(each.shape) for each in model.trainable_variables)),
        }

    def _deal(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows to learn from and rows held out, as many cats as dogs in each."""
        labels, rng = np.asarray(self.pool.y_train), np.random.default_rng(seed)
        decks = [rng.permutation(np.flatnonzero(labels == kind)) for kind in (0, 1)]
        half = self.recipe.training // 2
        learn = np.concatenate([deck[:half] for deck in decks])
        return np.sort(learn), np.sort(np.concatenate([deck[half:] for deck in decks]))

    @property
    def _own_size(self) -> int:
        return OWN_SIZE.get(self.recipe.source, self.recipe.size)

    @property
    def pool(self) -> Any:
        """All pictures of the source, in one part."""
        return self._pool(self.recipe.size)

    def _pool(self, size: int) -> Any:
        from cnncourse.data import load_cats_dogs

        if size not in self._pools:
            recipe = self.recipe
            found = load_cats_dogs(recipe.source, size, recipe.per_class, (1, 0, 0))
            if len(found.x_train) < 2 * recipe.per_class:
                raise click.ClickException(
                    f"This needs {recipe.per_class} pictures of each class: {found}"
                )
            self._pools[size] = found
        return self._pools[size]

    def _pictures(self, size: int) -> np.ndarray:
        pictures: np.ndarray = self._pool(size).x_train
        return pictures

    @property
    def borrowed(self) -> Any:
        from cnncourse import zoo

        if self._borrowed is None:
            size = self.recipe.size
            self._borrowed = zoo.borrow((size, size, 3), self.recipe.base)
        return self._borrowed

    def _extraction(self, layer: str) -> dict[str, Any]:
        """How long all pictures take through the network up to a layer, once."""

        def work() -> dict[str, Any]:
            self._feature_file(layer).unlink(missing_ok=True)  # of a run stopped before the note
            self._from(layer)
            return {"pictures": len(self.pool.x_train)}

        name = f"{self.recipe.source}/extraction to {layer}/{self.seen}"
        return self.runs.get(name, work)

    def _feature_file(self, layer: str) -> Path:
        return self.runs.file.parent / f"{self.recipe.source}-{layer}-{self.seen}.npy"

    def _from(self, layer: str) -> np.ndarray:
        """What the borrowed network gives at a layer, for all pictures; memory-mapped."""
        import keras

        from cnncourse.training import extract_features

        file = self._feature_file(layer)
        if not file.is_file():
            base = self.borrowed.model
            base = keras.Model(base.inputs, base.get_layer(layer).output, name=base.name)
            found = extract_features(
                base,
                self._pictures(self.recipe.size),
                preprocess=self.borrowed.preprocess,
                cache=False,
            )
            with file.with_suffix(".part").open("wb") as opened:
                np.save(opened, found)
            file.with_suffix(".part").replace(file)
        mapped: np.ndarray = np.load(file, mmap_mode="r")
        return mapped


def _mark(described: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:8]


def _files(pattern: str) -> str:
    """A digest of files of the package."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "cnncourse").glob(pattern)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _augmenting() -> list[Any]:
    """The lecture's changes to a picture, as layers."""
    import keras

    layers = keras.layers
    return [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.08, fill_mode="reflect"),
        layers.RandomTranslation(0.1, 0.1, fill_mode="reflect"),
        layers.RandomZoom(0.15, fill_mode="reflect"),
    ]


def _few_changes() -> list[Any]:
    import keras

    layers = keras.layers
    return [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.05, fill_mode="reflect"),
        layers.RandomZoom(0.1, fill_mode="reflect"),
    ]


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Mean and spread over the seeds of one approach."""
    gaps = [each["training_accuracy"] - each["accuracy"] for each in results]
    accuracies = [each["accuracy"] for each in results]
    return {
        "seeds": len(results),
        "accuracy": statistics.mean(accuracies),
        "spread": statistics.stdev(accuracies) if len(results) > 1 else None,
        "training_accuracy": statistics.mean(each["training_accuracy"] for each in results),
        "gap": statistics.mean(gaps),
        "gap_spread": statistics.stdev(gaps) if len(results) > 1 else None,
        "gaps": gaps,
        "loss": statistics.mean(each["loss"] for each in results),
        "lowest_loss_epochs": [each["lowest_loss_epoch"] for each in results],
        "epochs": results[0]["epochs"],
        "parameters": results[0]["parameters"],
        "seconds": statistics.mean(each["seconds"] for each in results),
        "processor_seconds": statistics.mean(each["processor_seconds"] for each in results),
        "extraction_seconds": results[0]["extraction_seconds"],
        "extraction_processor_seconds": results[0]["extraction_processor_seconds"],
        "learned_from": results[0]["learned_from"],
        "measured_on": results[0]["measured_on"],
    }


def machine() -> dict[str, Any]:
    """What it ran on."""
    from importlib.metadata import version

    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text().splitlines()
        name = next((line.split(":")[1].strip() for line in lines if "model name" in line), name)
    return {
        "processor": name,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "keras": version("keras"),
    }


def machines(found: dict[str, dict[str, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """All machines that the runs ran on; not the one that reports on them."""
    runs = [each for kind in found.values() for several in kind.values() for each in several]
    different: list[dict[str, Any]] = []
    for each in runs:
        if each["machine"] not in different:
            different.append(each["machine"])
    return different


def report(found: dict[str, dict[str, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Everything as data."""
    return {
        "machines": machines(found),
        "sources": {
            source: {
                approach: summary(results) | {"runs": results}
                for approach, results in by_approach.items()
            }
            for source, by_approach in found.items()
        },
    }


def table(by_approach: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Rows of a Markdown table, one an approach."""
    rows = [
        "| approach | held-out accuracy | learned pictures | gap | lowest loss after | trained "
        "parameters | wall clock | processor |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for approach, results in by_approach.items():
        found = summary(results)
        rows.append(
            f"| {APPROACHES[approach]}{' (1 seed)' if len(results) == 1 else ''} "
            f"| {_percent(found['accuracy'], found['spread'])} "
            f"| {found['training_accuracy']:.1%} | {_points(found['gap'], found['gap_spread'])} "
            f"| {_epochs(found)} | {found['parameters']:,} "
            f"| {_seconds(found, 'seconds')} | {_seconds(found, 'processor_seconds')} |"
        )
    return rows


def _percent(mean: float, spread: float | None) -> str:
    return f"{mean:.1%}" + (f" ± {100 * spread:.1f}" if spread is not None else "")


def _points(mean: float, spread: float | None) -> str:
    return f"{100 * mean:.1f}" + (f" ± {100 * spread:.1f}" if spread is not None else "")


def _epochs(found: dict[str, Any]) -> str:
    first, last = min(found["lowest_loss_epochs"]), max(found["lowest_loss_epochs"])
    return f"{first if first == last else f'{first}–{last}'} of {found['epochs']}"


def _seconds(found: dict[str, Any], what: str) -> str:
    once = found[f"extraction_{what}"]
    return f"{found[what]:.0f} s" + (f" + {once:.0f} s" if once else "")


def page(found: dict[str, dict[str, list[dict[str, Any]]]]) -> str:
    """docs/results.md, from the results alone."""
    used = "; ".join(
        f"{each['processor']}, {each['cores']} cores, Python {each['python']}, "
        f"Keras {each['keras']}"
        for each in machines(found)
    )
    learned = {
        each["learned_from"] for kind in found.values() for runs in kind.values() for each in runs
    }
    loads = [each["load"] for kind in found.values() for runs in kind.values() for each in runs]
    lines = [
        "# Cats and dogs by every approach",
        "",
        "Written by `python benchmarks/transfer.py --markdown`; do not edit by hand.",
        "",
        f"Machine: {used}. Load of the machine while it ran: {min(loads):.0f} to {max(loads):.0f}.",
        "",
        f"Every approach learns from the same {' or '.join(map(str, sorted(learned)))} pictures "
        "and is measured on others that it never saw, after its last epoch; no epoch is chosen by "
        "them. Accuracies are means over seeds ± standard deviation; a seed deals the pictures out "
        "and draws the first weights. *Learned pictures*: accuracy on these, with dropout and "
        "augmentation switched off. *Gap*: the difference, in points. *Lowest loss after*: the "
        "epoch with the lowest held-out loss; what came later was overfitting. *Wall clock*: "
        "seconds a run, plus what is computed once for all runs (features). *Processor*: seconds "
        "of both cores together; half of that is what a quiet machine takes at best. Where the "
        "load was above the number of cores, other work ran beside it, and the wall clock says "
        "little.",
    ]
    titles = {
        "photographs": "Photographs, with VGG16's ImageNet weights",
        "drawn": "Drawn animals, with the small VGG of our own",
    }
    for source, by_approach in found.items():
        first = next(iter(by_approach.values()))[0]
        recipe = RECIPES[source]
        lines += [
            "",
            f"## {titles[source]}",
            "",
            f"{recipe.size}×{recipe.size} pixels{_own_pixels(source)}; "
            f"{first['learned_from']} pictures to learn from, "
            f"{first['measured_on']} held out; {_seeds(by_approach)}.{_own_recipe(source)}",
            "",
            *table(by_approach),
        ]
        left = [words for approach, words in APPROACHES.items() if approach not in by_approach]
        if left:
            lines += ["", f"Not run yet: {'; '.join(left)}."]
    return "\n".join([*lines, "", *claims(found)])


def _own_recipe(source: str) -> str:
    """How augmented pictures are learned from, where it is not as all others are."""
    if source not in AUGMENTED:
        return ""
    other, usual = AUGMENTED[source], RECIPES[source]
    return (
        f" Networks of one's own learn by {usual.optimizer} at {usual.rate:g}, in batches of "
        f"{usual.batch}, for {usual.epochs} epochs; with augmentation, where that learns nothing, "
        f"by {other['optimizer']} at {other['rate']:g}, in batches of {other['batch']}, for "
        f"{other['epochs']} epochs, with a flip, small turns and small zooms, which the borrowed "
        "base in the network gets, too. That recipe was chosen after the usual one had failed, by "
        "a trial on two of the same seeds and their held-out pictures; as more than augmentation "
        "differs, the gap is not narrower by it alone."
    )


def _own_pixels(source: str) -> str:
    if source not in OWN_SIZE:
        return ""
    return f" ({OWN_SIZE[source]}×{OWN_SIZE[source]} for the networks without a borrowed base)"


def _seeds(by_approach: dict[str, list[dict[str, Any]]]) -> str:
    counts = {len(results) for results in by_approach.values()}
    return f"{min(counts)} seeds" if len(counts) == 1 else f"{min(counts)} to {max(counts)} seeds"


def claims(found: dict[str, dict[str, list[dict[str, Any]]]]) -> list[str]:
    """The lecture's claims beside what was measured."""
    lines = [
        "## The lecture's claims",
        "",
        "The lecture learned from 2000 photographs, in 30 epochs, on its own machine; this page "
        "from fewer.",
        "",
        "| claim | photographs | drawn animals |",
        "|---|---|---|",
    ]
    rows: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("From scratch it overfits after a few epochs", _overfits),
        ("Dropout narrows the gap between training and validation", _narrows("dropout")),
        ("Augmentation narrows it further", _narrows("augmentation")),
        ("VGG16's frozen base: 96 % with a very small data set", _reaches("features")),
        ("… also as a layer, with augmentation: less overfitting", _reaches("in-model")),
        ("Fine-tuned from `block5_conv1`: 97 %", _reaches("fine-tuned")),
    ]
    for claim, say in rows:
        cells = []
        for source in RECIPES:
            kinds = {name: summary(runs) for name, runs in found.get(source, {}).items()}
            cells.append(say(kinds))
        lines.append(f"| {claim} | {' | '.join(cells)} |")
    return lines


_NOT_RUN = "not run yet"


def _overfits(kinds: dict[str, Any]) -> str:
    if "scratch" not in kinds:
        return _NOT_RUN
    found = kinds["scratch"]
    return (
        f"held-out loss is lowest after epoch {_epochs(found)}; at the end "
        f"{found['training_accuracy']:.0%} of the learned pictures, {found['accuracy']:.0%} of "
        "the others"
    )


def _narrows(approach: str) -> Callable[[dict[str, Any]], str]:
    def say(kinds: dict[str, Any]) -> str:
        if approach not in kinds or "scratch" not in kinds:
            return _NOT_RUN
        before, after = kinds["scratch"]["gaps"], kinds[approach]["gaps"]
        pairs = list(zip(before, after, strict=False))
        smaller = sum(new < old for old, new in pairs)
        return (
            f"{100 * statistics.mean(before):.1f} → {100 * statistics.mean(after):.1f} points; "
            f"smaller with {smaller} of {len(pairs)} seeds"
        )

    return say


def _reaches(approach: str) -> Callable[[dict[str, Any]], str]:
    def say(kinds: dict[str, Any]) -> str:
        if approach not in kinds:
            return _NOT_RUN
        found = kinds[approach]
        return f"{_percent(found['accuracy'], found['spread'])}, gap {100 * found['gap']:.1f}"

    return say


@click.command()
@click.option("--source", "sources", multiple=True, type=click.Choice(list(RECIPES)))
@click.option("--approach", "approaches", multiple=True, type=click.Choice(list(APPROACHES)))
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1), metavar="N")
@click.option("--epochs", type=click.IntRange(1), help="Fewer epochs from scratch.")
@click.option("--quick", "is_quick", is_flag=True, help="A minute's worth: see that it runs.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.option("--markdown", is_flag=True, help="Print docs/results.md.")
@click.option("--stored", is_flag=True, help="Report on what was run; run nothing.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT / "artifacts" / "transfer",
    help="Where results are kept.  [default: artifacts/transfer]",
)
def main(
    sources: tuple[str, ...],
    approaches: tuple[str, ...],
    seeds: int,
    epochs: int | None,
    is_quick: bool,
    as_json: bool,
    markdown: bool,
    stored: bool,
    work: Path,
) -> None:
    """Train cats and dogs by every approach of the lecture, and compare."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # many models: advice on retracing
    from cnncourse.data import DataError
    from cnncourse.zoo.small_vgg import WeightsError

    runs = Runs(work)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    try:
        for source in sources or RECIPES:
            recipe = quick(RECIPES[source]) if is_quick else RECIPES[source]
            recipe = replace(recipe, epochs=epochs) if epochs else recipe
            bench = Bench(recipe, runs)
            for approach in approaches or APPROACHES:
                results = list(_results(bench, approach, seeds, stored))
                if results:
                    found.setdefault(source, {})[approach] = results
    except (DataError, WeightsError) as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        raise click.ClickException(
            "Stopped. Finished runs are kept; run the same command again to go on."
        ) from None
    if as_json:
        click.echo(json.dumps(report(found), ensure_ascii=False, indent=1))
    elif markdown:
        click.echo(page(found))
    else:
        for source, by_approach in found.items():
            click.echo("\n".join([source, *table(by_approach)]))


def _results(bench: Bench, approach: str, seeds: int, stored: bool) -> Iterable[dict[str, Any]]:
    for seed in range(seeds):
        there = bench.name(approach, seed) in bench.runs.found
        if stored and not there:
            continue
        result = bench.run(approach, seed)
        if not there:
            click.echo(
                f"{bench.recipe.source} · {approach} · seed {seed}: {result['accuracy']:.1%}, "
                f"learned {result['training_accuracy']:.1%}, {result['seconds']:.0f} s",
                err=True,
            )
        yield result


if __name__ == "__main__":
    main()

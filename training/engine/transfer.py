"""Transfer learning from EfficientNet-Lite0.

With `epochs` 0 the backbone stays as it is: its features are made once and a linear head is fitted, which
takes seconds. Otherwise the network is fine-tuned from that head (Kumar et al., Fine-Tuning can Distort
Pretrained Features, ICLR 2022), batch-norm statistics frozen, and what is kept lies between its start and its
end, where the validation part likes it best (Wortsman et al., Robust Fine-Tuning of Zero-Shot Models, CVPR 2022).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as fn

from core.imaging import DecodeRule
from training.engine.augment import STRENGTHS, Strength
from training.engine.checkpoint import State, prefixed
from training.engine.failures import Stopped
from training.engine.features import BATCH, extractor_of
from training.engine.linear import LinearHead, best_temperature, choose_linear
from training.engine.lite0 import FEATURES, pretrained_state
from training.engine.loaders import Squares, epoch_order
from training.engine.loop import Plan, Run, Trainer, precision_of
from training.engine.metrics import confusion_of, macro_f1_of
from training.engine.network import Classifier, Scorer, contiguous, parameter_groups, pretrained_classifier
from training.engine.preprocess import normalized
from training.engine.samples import LabeledData, PictureSource
from training.engine.seed import seed_everything

MAX_ENLARGEMENT: Final = 5
SIDE_MULTIPLE: Final = 32
MIXES: Final = (0.0, 0.1, 0.25, 0.5, 1.0)
JUDGES: Final = 400


class Recipe(Protocol):
    """The parameters, see the algorithm's own descriptions."""

    @property
    def image_side(self) -> int:
        """Pixels, a multiple of 32."""

    @property
    def epochs(self) -> int:
        """0: the head alone."""

    @property
    def batch_size(self) -> int:
        """Pictures a step."""

    @property
    def learning_rate(self) -> float:
        """Of the backbone."""

    @property
    def head_learning_rate(self) -> float:
        """Of the head."""

    @property
    def weight_decay(self) -> float:
        """Of the matrices."""

    @property
    def label_smoothing(self) -> float:
        """0 to 0.5."""

    @property
    def frozen_blocks(self) -> int:
        """0 to 16."""

    @property
    def augmentation(self) -> str:
        """A key of STRENGTHS."""

    @property
    def ema(self) -> bool:
        """Keep averaged weights."""

    @property
    def dropout(self) -> float:
        """Before the head."""


def transfer_fit(data: LabeledData, recipe: Recipe, run: Run) -> tuple[Scorer, DecodeRule]:
    """The trained scorer on the CPU, in evaluation mode, and how its pixels are made."""
    seed_everything(run.seed)
    torch.set_num_threads(run.threads)
    fit = _Fit(data, recipe, run)
    classifier = fit.fine_tuned() if recipe.epochs else fit.with_linear_head()
    scorer = Scorer(contiguous(classifier), fit.side)
    return scorer.eval(), fit.rule


def side_for(wanted: int, longer_sides_px: Sequence[int]) -> int:
    """The network's side: as wanted, but tiny pictures are not blown up more than MAX_ENLARGEMENT times.

    A multiple of 32; sizes of 0 are unknown.
    """
    typical = int(np.median(longer_sides_px))
    if not typical:
        return wanted
    enough: int = -(-MAX_ENLARGEMENT * typical // SIDE_MULTIPLE) * SIDE_MULTIPLE
    return min(wanted, enough)


class _Fit:
    def __init__(self, data: LabeledData, recipe: Recipe, run: Run) -> None:
        self.recipe, self.run, self.classes = recipe, run, len(data.classes)
        self.side = side_for(recipe.image_side, [max(sample.size) for sample in data.train])
        self.rule = DecodeRule(floor_px=2 * self.side)
        self.train = Squares(PictureSource(data.train, self.rule), self.side)
        self.val = Squares(PictureSource(data.val, self.rule), self.side)
        total, done = len(self.train) + len(self.val), iter(range(1, len(self.train) + len(self.val) + 1))
        for part in (self.train, self.val):
            part.fill(lambda: self._tick(next(done), total))

    def _tick(self, done: int, total: int) -> None:
        self.run.progress(done, total, "pictures")
        if self.run.stop_requested():
            raise Stopped

    def with_linear_head(self) -> Classifier:
        """The pretrained backbone and the head fitted to its features."""
        classifier = pretrained_classifier(self.classes, self.recipe.dropout)
        features = torch.from_numpy(self._features(classifier))
        train, val = features[: len(self.train)], features[len(self.train) :]
        labels, val_labels = torch.from_numpy(self.train.labels), torch.from_numpy(self.val.labels)
        choice = choose_linear((train, labels), (val, val_labels), self.classes)
        self.run.log(f"linear head fitted: {choice.how}")
        if len(self.val):
            self._tell(0, choice.head.logits(val).float().numpy())
        head = choice.head
        if self.recipe.epochs:
            # As certain as the fit will want it: another scale would be corrected through the whole network.
            _, temperature = best_temperature(head.logits(train), labels, self.recipe.label_smoothing)
            head = head.over(temperature)
        _head_set(classifier, head)
        return classifier

    def fine_tuned(self) -> Classifier:
        """The whole network, from the linear head on."""
        recipe, run = self.recipe, self.run
        resumed = run.restore()
        begun = resumed is not None and resumed.meta.get("stage") != "features"
        start = pretrained_classifier(self.classes, recipe.dropout) if begun else self.with_linear_head()
        seed_everything(run.seed)
        classifier = start.to(run.device)
        classifier.freeze(recipe.frozen_blocks)
        if run.recipe.steps:
            run.log(f"training pictures are changed by the {len(run.recipe.steps)} steps of the recipe")
        groups = parameter_groups(
            classifier,
            lr=recipe.learning_rate,
            lr_head=recipe.head_learning_rate,
            weight_decay=recipe.weight_decay,
        )
        batch = min(recipe.batch_size, len(self.train))
        plan = Plan(recipe.epochs, len(self.train) // batch)
        trainer = Trainer(
            classifier, torch.optim.AdamW(groups), plan, run, ema=recipe.ema, kept=_head_of(classifier)
        )
        if begun:
            trainer.restore()
        trainer.fit(
            partial(self._batch, batch),
            partial(fn.cross_entropy, label_smoothing=recipe.label_smoothing),
            classifier.train_with_frozen_norms,
            self._epoch_end,
        )
        best = trainer.best
        if not isinstance(best, Classifier):
            raise TypeError("the trainer kept another model")
        if len(self.val) and trainer.kept:
            self._mix(best, {**prefixed("body.", pretrained_state()), **trainer.kept})
        return best

    def _features(self, classifier: Classifier) -> NDArray[np.float32]:
        run, total = self.run, len(self.train) + len(self.val)
        made = np.zeros((total, FEATURES), np.float32)
        resumed, done = run.restore(), 0
        if resumed is not None and resumed.meta.get("stage") == "features":
            done = resumed.step
            made[:done] = resumed.tensors["features"].numpy()
        extract = extractor_of(classifier.body, self.side, run.device, run.threads, total)
        while done < total:
            part, at = (self.train, done) if done < len(self.train) else (self.val, done - len(self.train))
            count = min(BATCH, len(part) - at)
            made[done : done + count] = extract(part.batch(range(at, at + count)))
            done += count
            run.progress(done, total, "features")
            stop = run.stop_requested()
            if stop or run.save_due(done):
                run.save(State(done, {"features": torch.from_numpy(made[:done])}, {"stage": "features"}))
            if stop:
                raise Stopped
        return made

    def _batch(self, size: int, epoch: int, number: int) -> tuple[Tensor, Tensor]:
        order = epoch_order(len(self.train), self.run.seed, epoch)[number * size : (number + 1) * size]
        if self.run.recipe.steps:
            pictures, shares = self.train.by_recipe(
                order, self.classes, self.run.recipe, self.run.seed, epoch
            )
            targets = torch.from_numpy(shares)
        else:
            strength: Strength = STRENGTHS[self.recipe.augmentation]
            pictures = self.train.augmented(order, strength, self.run.seed, epoch)
            targets = torch.from_numpy(self.train.labels[order])
        return normalized(pictures, self.run.device), targets.to(self.run.device)

    def _epoch_end(self, model: nn.Module, step: int) -> None:
        if len(self.val):
            self._tell(step, self._val_logits(model, np.arange(len(self.val))))

    @torch.inference_mode()
    def _val_logits(self, model: nn.Module, indexes: NDArray[np.int64]) -> NDArray[np.float32]:
        model.eval()
        parts = []
        for at in range(0, len(indexes), 32):
            pictures = self.val.batch(indexes[at : at + 32])
            with precision_of(self.run.device):
                parts.append(model(normalized(pictures, self.run.device)).float().cpu().numpy())
        return np.concatenate(parts)

    def _mix(self, classifier: Classifier, start: Mapping[str, Tensor]) -> None:
        """Leave in `classifier` the nearest mix of its own weights to `start` that answers as well as any.

        "As well" is within one standard error of the best accuracy on the validation part. The loss would
        also reward more certainty in the same answers, which the temperature gives for nothing.
        """
        end = {name: value.clone() for name, value in classifier.state_dict().items()}
        judges, judged = self._judges(), []
        for share in MIXES:
            _weights_between(classifier, start, end, share)
            logits = torch.from_numpy(self._val_logits(classifier, judges))
            judged.append((share, logits))
        truth = torch.from_numpy(self.val.labels[judges])
        rates = [float((logits.argmax(1) == truth).double().mean()) for _, logits in judged]
        enough = max(rates) - (max(rates) * (1 - max(rates)) / len(truth)) ** 0.5
        share, logits = next(one for one, rate in zip(judged, rates, strict=True) if rate >= enough)
        log_loss, temperature = best_temperature(logits, truth)
        _weights_between(classifier, start, end, share)
        _head_set(classifier, _linear(classifier).over(temperature))
        self.run.log(f"{share:.0%} of the way from the start is kept, log loss {log_loss:.4f}")

    def _judges(self) -> NDArray[np.int64]:
        """At most JUDGES pictures of the validation part, drawn by the seed."""
        order = np.random.default_rng(self.run.seed).permutation(len(self.val))
        return order[:JUDGES].astype(np.int64)

    def _tell(self, step: int, logits: NDArray[np.float32]) -> None:
        labels = self.val.labels
        loss = float(fn.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels)))
        confusion = confusion_of(labels, logits.argmax(1).astype(np.int64), self.classes)
        accuracy = float(np.trace(confusion)) / len(labels)
        figures = {"val/loss": loss, "val/accuracy": accuracy, "val/macro_f1": macro_f1_of(confusion)}
        self.run.metric(step, **figures)


def _head_set(classifier: Classifier, head: LinearHead) -> None:
    with torch.no_grad():
        classifier.head.weight.copy_(head.weight)
        classifier.head.bias.copy_(head.bias)


def _linear(classifier: Classifier) -> LinearHead:
    return LinearHead(classifier.head.weight.detach(), classifier.head.bias.detach())


def _head_of(classifier: Classifier) -> dict[str, Tensor]:
    return {
        name: value.clone() for name, value in classifier.state_dict().items() if name.startswith("head.")
    }


def _weights_between(
    classifier: Classifier, start: Mapping[str, Tensor], end: Mapping[str, Tensor], share: float
) -> None:
    """Set all weights to `share` of the way from `start` to `end`."""
    with torch.no_grad():
        for name, value in classifier.state_dict().items():
            if value.is_floating_point():
                value.copy_(torch.lerp(start[name].to(value), end[name], share))

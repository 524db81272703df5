"""Builds the shipped speech model from recordings and synthetic voices.

    python -m training.build --data ../shared/data --out models/voiceguide-en-basic

A network is trained, and the second witness on top of it; with `--recipe convert` PocketSphinx's
acoustic model is converted instead, in seconds. Both need the `training` extra and the system
packages libfst-tools and libfst22-plugins-base; training also flite, espeak-ng, festival,
festvox-kallpc16k and festvox-us-slt-hts (measuring: festvox-kdlpc16k). What is finished is kept in
`--work`, so a broken-off build goes on where it stopped; `--export-only` writes the model directory
anew from a checkpoint.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from training import (
    align,
    bank,
    corpus,
    dataset,
    export,
    heard_weights,
    language_model,
    network,
    over_guide,
    sphinx_export,
    sphinx_model,
    synthesize,
    train,
    vocabulary,
    witness,
    witness_material,
)
from training.align import Alignment
from training.augment import Noises
from training.bank import Bank
from training.dataset import Kind
from training.export import Settings
from training.network import Network
from training.ngrams import Counts
from training.red_flag_sentences import read_sentences
from training.sequence import SequenceLoss
from training.speakers import Use
from training.train import Model, Trainer
from training.witness import WitnessBatches
from voiceguide.commands.ears import WITNESS_FILE

_LM_SENTENCES = 60_000
_CLIPS_A_PART = 1_000
_CONVERTED_WORDS = 2_000
"""Triphones make a converted lexicon large: this many words stay below 12 MB."""


def _log(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def material(data: Path, work: Path) -> Bank:
    """All clips, real and synthetic, decoded and levelled."""
    folder = work / "bank"
    if not (folder / "clips.tsv").exists():
        _log("speaking the synthetic clips")
        lines = synthesize.training_lines(unmeasured_red_flags())
        spoken = synthesize.speak_all(lines, work / "synthetic")
        _log("decoding the recordings")
        bank.save(bank.build([*corpus.training_clips(data), *spoken]), folder)
    return bank.read(folder)


def first_alignments(clips: Bank, work: Path) -> list[Alignment | None]:
    """Alignments by PocketSphinx, on all processor cores."""
    path = work / "sphinx.npz"
    if not path.exists():
        _log("aligning with PocketSphinx")
        starts = range(0, len(clips.clips), _CLIPS_A_PART)
        parts = [range(i, min(i + _CLIPS_A_PART, len(clips.clips))) for i in starts]
        with ProcessPoolExecutor() as pool:
            found = pool.map(partial(_aligned, work / "bank"), parts)
            align.save([alignment for part in found for alignment in part], path)
    return align.read(path)


def _aligned(folder: Path, part: range) -> list[Alignment | None]:
    clips, aligner = bank.read(folder), _sphinx()
    return [aligner.align(clips.samples(i), clips.clips[i].text) for i in part]


@cache
def _sphinx() -> align.SphinxAligner:
    """One for a process: it reads the whole dictionary."""
    return align.SphinxAligner()


def features(clips: Bank, work: Path) -> dict[str, Kind]:
    """Features of all clips, unlabelled."""
    folder = work / "features"
    if not folder.exists():
        _log("computing features")
        partial = work / "features.partial"
        kinds = dataset.featurise(work / "bank")
        _log("playing clips over the guide")
        kinds[over_guide.NAME] = over_guide.featurised(clips, work / "bank")
        dataset.save(kinds, partial)
        partial.rename(folder)
    return dataset.read(folder)


@dataclasses.dataclass(slots=True)
class Trained:
    """A network and what it was trained on, as the witness needs it."""

    model: Model
    small: Network
    """As it was before it grew: where the witness begins."""
    kinds: dict[str, Kind]
    background: Noises
    texts: list[str]


def train_in_stages(data: Path, work: Path, minutes: Sequence[float]) -> Trained:
    """Trains on PocketSphinx's alignments, aligns the rest, trains on, grows, trains on in rows."""
    clips = material(data, work)
    alignments = first_alignments(clips, work)
    speech = features(clips, work)
    rng = np.random.default_rng(1)
    noises = corpus.training_noises(data)
    coughs = corpus.read_clips(data / "train/coughs", "coughs")
    noise = dataset.noise_kind([*noises, *coughs], rng)
    background = dataset.background(noises, clips, rng)

    def run(stage: int, model: Model | None, peak_rate: float, *, in_rows: bool = False) -> Model:
        _log(f"training, stage {stage}")
        dataset.label(speech, alignments)
        kinds = {**speech, "noise": noise}
        model = model or train.fresh_model(kinds, network.SMALL)
        model.counts = train.target_counts(model.target_of, kinds)
        rows = SequenceLoss(train.target_pairs(model.target_of, kinds)) if in_rows else None
        batches = dataset.Batches(kinds, background, model.prior_mean, model.network.shape)
        trainer = Trainer(model, batches, kinds["dev"], peak_rate, rows)
        trainer.run(minutes[stage - 1], work / f"stage{stage}.pt", seed=stage)
        return trainer.model

    first = run(1, None, 2e-3)
    _log("aligning with the network what PocketSphinx could not")
    alignments = train.realign(first, clips, alignments)
    model = run(2, first, 1.5e-3)
    small = model.network
    model.network = network.grown(small, network.Shape())
    model = run(3, model, 8e-4, in_rows=True)
    texts = [clip.text for clip in clips.clips]
    return Trained(model, small, {**speech, "noise": noise}, background, texts)


def train_witness(trained: Trained, steps: tuple[int, int, int], path: Path) -> None:
    """Trains the second witness and writes it."""
    _log("training the witness")
    rng = np.random.default_rng(0)
    pieces, sentences, phrases = witness_material.material(trained.kinds, trained.texts, rng)
    model = dataclasses.replace(trained.model, network=trained.small)
    batches = WitnessBatches(pieces, sentences, phrases, trained.background, model)
    sizes = (len(phrases), len(witness_material.SPOTS))
    head = witness.train_head(model.network, batches, sizes, steps)
    witness.write(model, head, phrases, witness_material.SPOTS, path)


def words_and_counts(data: Path, count: int) -> tuple[list[str], Counts]:
    """The vocabulary and what the open lane's language model is made from."""
    kinds = {"sentences", "one_reader"}
    transcripts = [c.text for c in corpus.training_clips(data) if c.kind in kinds]
    own = unmeasured_red_flags()
    words = vocabulary.choose(transcripts, own, count)
    return words, language_model.count(words, transcripts, own, _LM_SENTENCES)


def unmeasured_red_flags() -> list[str]:
    """Our own sentences, grave and harmless, without those that benchmarks play."""
    return [each.text for each in read_sentences() if each.use is Use.TRAIN]


def convert(data: Path, out: Path) -> None:
    """Writes PocketSphinx's acoustic model as a model directory: seconds, no training."""
    words, counts = words_and_counts(data, _CONVERTED_WORDS)
    sphinx_export.write(sphinx_model.read(), out, words, counts)


def trained(arguments: argparse.Namespace) -> None:
    """Trains a network, or takes a checkpoint, and writes it."""
    torch.set_num_threads(arguments.threads)
    names = [field.name for field in dataclasses.fields(Settings)]
    settings = Settings(**{name: getattr(arguments, name) for name in names})
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.export_only:
        model = Model.read(arguments.export_only)
    else:
        done = train_in_stages(arguments.data, arguments.work, arguments.minutes)
        model = done.model
        arguments.out.mkdir(parents=True, exist_ok=True)
        train_witness(done, tuple(arguments.witness_steps), arguments.out / WITNESS_FILE)
    words, counts = words_and_counts(arguments.data, vocabulary.N_WORDS)
    export.write(model, arguments.out, words, counts, settings)
    _log("learning what it makes of talk")
    heard_weights.write_weights(arguments.data, arguments.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.build",
        description="Builds the shipped speech model.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and audio/")
    parser.add_argument("--out", type=Path, required=True, help="model directory to write")
    parser.add_argument(
        "--recipe",
        choices=("convert", "train"),
        default="train",
        help="train a network (what ships; two hours) or convert PocketSphinx's model (seconds)",
    )
    work = Path("build/training")
    parser.add_argument("--work", type=Path, default=work, help=f"intermediate files ({work})")
    parser.add_argument(
        "--minutes",
        type=float,
        nargs=3,
        default=(4.0, 12.0, 20.0),
        help="training time of the three stages (4 12 20)",
    )
    parser.add_argument("--threads", type=int, default=2, help="processor cores for training (2)")
    parser.add_argument(
        "--witness-steps",
        type=int,
        nargs=3,
        default=(1_000, 1_700, 1_000),
        help="training steps of the witness: of its head, of all of it, again (1000 1700 1000)",
    )
    parser.add_argument(
        "--export-only", type=Path, metavar="CHECKPOINT", help="write the model of a checkpoint"
    )
    for field in dataclasses.fields(Settings):
        flag = "--" + field.name.replace("_", "-")
        parser.add_argument(
            flag, type=type(field.default), default=field.default, help="decoder setting"
        )
    return parser


def main() -> None:
    """Command line."""
    arguments = _parser().parse_args()
    if arguments.recipe == "convert":
        convert(arguments.data, arguments.out)
    else:
        trained(arguments)
    _log(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()

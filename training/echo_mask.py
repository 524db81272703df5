"""Learns what to keep of a user's voice under the guide's (`voiceguide.audio.echo_mask`).

    python -m training.echo_mask --data ../shared/data --work build/training

People speak over a guide in simulated rooms, at random (`over_guide`), and the program's own
canceller hears them. What it knows of each frame, and how much of the frame was the user and the
room's noise, is noted; a small recurrent network learns to give the gains that leave only that.
Neither the rooms, the guide's voice nor the users are those of `benchmarks/own_voice.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training import bank, corpus, over_guide
from training.build import material
from training.corpus import SAMPLE_RATE_HZ, Samples
from training.train import drawn_ahead
from voiceguide.audio.echo_canceller import KalmanEchoCanceller
from voiceguide.audio.echo_mask import FEATURES, FILE, LEAST_GAIN, N_BANDS, features, log_bands
from voiceguide.audio.pcm import BLOCK_SAMPLES
from voiceguide.audio.residual_echo import windowed
from voiceguide.audio.room import (
    USER_LEVEL_DBFS,
    Echo,
    Room,
    at_level,
    blocks_of,
    microphone_noise,
)
from voiceguide.audio.spectra import BINS, Power, power

SCENES = 600
"""Of some 45 s each."""

_ESPEAK = ("en-us+f2", "en-us+f5", "en-us+m3", "en-us+m7", "en-us+klatt4", "en-gb-x-rp+rob")
GUIDES = (*over_guide.GUIDES, "festival-kal_diphone", "LJ", *(f"espeak-{v}" for v in _ESPEAK))
_TURNS = {"synthetic": 9, "isolated": 3, "words": 3, "cut_words": 3, "sentences": 4}
"""How many clips of each kind are said in a scene."""
_LEVELS_DB = (-8.0, 15.0)
_OVERLOADED = 0.1
_OVERLOAD_DB = (5.0, 25.0)
"""So often the microphone is turned up so much that the guide clips in it."""
_HEADPHONES = 0.1
_FAINT_DB = -50.0
"""So often no echo reaches the microphone, or so little of it."""
_TURN_LEVELS_DB = (-6.0, 6.0)
_WARM_SECONDS = (1.0, 6.0)
_GAP_SECONDS = (0.2, 2.0)
_NOISY = 0.5
_NOISE_DB = (-32.0, -6.0)
"""Of the noise in the room, relative to a user."""
_MOVED = 0.25
"""How often the loudspeaker stands elsewhere from the middle of a scene on."""

_HIDDEN = 96
_LAYERS = 2
_CROP_FRAMES = 400
_FIRST_FRAMES = 25
_BATCH = 24
_PEAK_RATE = 3e-3
_LEVELS_NEPERS = (-4.0, 2.0)
"""A whole scene is so much louder or fainter: microphones differ."""

Frames = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scene:
    """What the canceller knew of each frame, and what it should have left.

    Attributes:
        seen: shape (frames, FEATURES), as `voiceguide.audio.echo_mask.features` gives it.
        near: shape (frames, N_BANDS): `log_bands` of user and noise without any echo.
    """

    seen: Frames
    near: Frames


class _Noting:
    """Notes what a mask is told, and keeps everything."""

    def __init__(self) -> None:
        self.newest: Frames | None = None

    def gain(self, heard: Power, predicted: Power, left: Power) -> Power:
        self.newest = features(heard, predicted, left)
        return np.ones(BINS, np.float32)

    def forget(self) -> None:
        self.newest = None


def scenes(folder: Path, noises: Sequence[Samples], count: int) -> list[Scene]:
    """Plays scenes on all processor cores."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(partial(_scene, folder, noises), range(count), chunksize=4))


def _scene(folder: Path, noises: Sequence[Samples], seed: int) -> Scene:
    clips, rng = bank.read(folder), np.random.default_rng(seed)
    room = over_guide.random_room(rng)
    chosen = over_guide.random_clips(clips, _TURNS, rng)
    warm_seconds = float(rng.uniform(*_WARM_SECONDS))
    turns = list(over_guide.placed_turns(clips, chosen, room, rng, warm_seconds, _GAP_SECONDS))
    length = turns[-1].begin + len(turns[-1].samples) + SAMPLE_RATE_HZ
    guide = over_guide.falling_silent(
        over_guide.reading_guide(clips, length, rng, GUIDES), turns, rng
    )
    near = _noise(noises, length, rng)
    for turn in turns:
        loudness = np.float32(10 ** (rng.uniform(*_TURN_LEVELS_DB) / 20))
        near[turn.begin : turn.begin + len(turn.samples)] += turn.samples * loudness
    is_overloaded = rng.random() < _OVERLOADED
    gain_db = rng.uniform(*_OVERLOAD_DB) if is_overloaded else 0.0
    hiss = microphone_noise(room, seed)
    return _heard(near, guide, _echoes(room, guide, rng), hiss, np.float32(10 ** (gain_db / 20)))


def _noise(noises: Sequence[Samples], length: int, rng: np.random.Generator) -> Samples:
    """A noise in the room, from the beginning to the end, or none."""
    if rng.random() >= _NOISY:
        return np.zeros(length, np.float32)
    noise = at_level(noises[rng.integers(len(noises))], USER_LEVEL_DBFS + rng.uniform(*_NOISE_DB))
    return np.resize(noise, length).astype(np.float32)


def _echoes(room: Room, guide: Samples, rng: np.random.Generator) -> Iterator[Samples]:
    """The guide's voice in the room; perhaps the loudspeaker is moved in the middle."""
    level_db = _FAINT_DB if rng.random() < _HEADPHONES else float(rng.uniform(*_LEVELS_DB))
    seed = int(rng.integers(1 << 31))
    blocks = blocks_of(guide)
    moved_at = len(blocks) // 2 if rng.random() < _MOVED else len(blocks)
    for number, far in enumerate(blocks):
        if number in (0, moved_at):
            seed += 1
            loudness = over_guide.echo_level_dbfs(guide, room, seed)
            echo = Echo(room, USER_LEVEL_DBFS + level_db - loudness, seed)
        yield echo.block(far)


def _heard(
    near: Samples,
    guide: Samples,
    echoes: Iterator[Samples],
    hiss: Iterator[Samples],
    gain: np.float32,
) -> Scene:
    noting = _Noting()
    canceller = KalmanEchoCanceller(mask=noting)
    before = np.zeros(BLOCK_SAMPLES, np.float32)
    seen, wanted = [], []
    for user, far, echo, noise in zip(
        blocks_of(near), blocks_of(guide), echoes, hiss, strict=False
    ):
        block = gain * (user + noise)
        noting.newest = None
        canceller.cancel(np.clip(block + gain * echo, -1, 1), far)
        if noting.newest is not None:
            seen.append(noting.newest)
            wanted.append(log_bands(power(windowed(before, block))))
        before = block
    return Scene(np.stack(seen), np.stack(wanted))


class Network(nn.Module):
    """As `voiceguide.audio.echo_mask.MaskNetwork` evaluates it."""

    def __init__(self, mean: Frames, deviation: Frames) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("scale", torch.from_numpy(1 / deviation))
        self.first = nn.Linear(FEATURES, _HIDDEN)
        self.recurrent = nn.GRU(_HIDDEN, _HIDDEN, _LAYERS, batch_first=True)
        self.out = nn.Linear(_HIDDEN, N_BANDS)

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """Shape (batch, frames, FEATURES) to gains of amplitude, (batch, frames, N_BANDS)."""
        x = torch.tanh(self.first((seen - self.mean) * self.scale))
        x, _ = self.recurrent(x)
        return torch.sigmoid(self.out(x)).clamp(min=LEAST_GAIN)


class _Crops:
    """Draws stretches of scenes: `batch` of them, each of so many frames."""

    def __init__(self, known: Sequence[Scene], batch: int, frames: int) -> None:
        self._known = [scene for scene in known if len(scene.seen) > frames]
        self._batch, self._frames = batch, frames

    def draw(self, rng: np.random.Generator) -> tuple[Frames, Frames]:
        """Features and what should be left."""
        seen, near = [], []
        for _ in range(self._batch):
            scene = self._known[rng.integers(len(self._known))]
            start = int(rng.integers(len(scene.seen) - self._frames))
            stretch = slice(start, start + self._frames)
            louder = np.float32(rng.uniform(*_LEVELS_NEPERS))
            seen.append(scene.seen[stretch] + louder)
            near.append(scene.near[stretch] + louder)
        return np.stack(seen), np.stack(near)


def loss_of(gains: torch.Tensor, seen: torch.Tensor, near: torch.Tensor) -> torch.Tensor:
    """How far what is left is from the user, in square roots of amplitude: near to loudness."""
    heard = torch.exp(seen[:, :, :N_BANDS] / 4)
    wanted = torch.exp(near / 4)
    distance = (torch.sqrt(gains) * heard - torch.minimum(wanted, heard)) ** 2
    level = torch.mean(heard**2, dim=(1, 2), keepdim=True)
    return torch.mean((distance / level)[:, _FIRST_FRAMES:])


def learned(
    known: Sequence[Scene],
    steps: int,
    batch: int = _BATCH,
    frames: int = _CROP_FRAMES,
    seed: int = 5,
) -> Network:
    """Trains a network; a twentieth of the scenes only watches.

    Args:
        known: scenes, in any order; those of fewer frames than asked for are left out.
        steps: of training.
        batch: stretches a step.
        frames: of each stretch.
        seed: of all that is drawn.
    """
    torch.manual_seed(seed)
    watching, training = known[: len(known) // 20], known[len(known) // 20 :]
    everything = np.concatenate([scene.seen for scene in training])
    network = Network(everything.mean(axis=0), everything.std(axis=0) + 1e-3)
    optimizer = torch.optim.AdamW(network.parameters(), _PEAK_RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _PEAK_RATE, total_steps=steps)
    held_out = [
        torch.from_numpy(each)
        for each in _Crops(watching, batch, frames).draw(np.random.default_rng(0))
    ]
    drawn = drawn_ahead(_Crops(training, batch, frames).draw, seed)
    for step, (seen, near) in zip(range(1, steps + 1), drawn, strict=False):
        loss = loss_of(network(seen), seen, near)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            with torch.no_grad():
                watched = loss_of(network(held_out[0]), *held_out).item()
            print(f"step {step}: loss {loss.item():.4f} set aside {watched:.4f}", flush=True)
    return network


def write(network: Network, path: Path) -> None:
    """Writes the weights, in 16 bits, as the program reads them."""
    known = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    arrays = {
        "mean": known["mean"],
        "scale": known["scale"],
        **{name: known[name] for name in ("first.weight", "first.bias", "out.weight", "out.bias")},
    }
    for layer in range(_LAYERS):
        for ours, theirs in (
            ("input", "weight_ih"),
            ("state", "weight_hh"),
            ("bias_i", "bias_ih"),
            ("bias_s", "bias_hh"),
        ):
            arrays[f"recurrent{layer}.{ours}"] = known[f"recurrent.{theirs}_l{layer}"]
    np.savez_compressed(path, **{name: value.astype(np.float16) for name, value in arrays.items()})


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m training.echo_mask", description="Learns the canceller's mask."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and audio/")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("build/training"),
        help="where `make model` keeps its speech (build/training)",
    )
    parser.add_argument("--scenes", type=int, default=SCENES, help=f"to play ({SCENES})")
    parser.add_argument("--steps", type=int, default=3_000, help="of training (3000)")
    parser.add_argument("--out", type=Path, default=FILE, help="the file to write")
    arguments = parser.parse_args()
    noises = [corpus.load(clip.path) for clip in corpus.training_noises(arguments.data)]
    material(arguments.data, arguments.work)
    known = scenes(arguments.work / "bank", noises, arguments.scenes)
    write(learned(known, arguments.steps), arguments.out)


if __name__ == "__main__":
    main()

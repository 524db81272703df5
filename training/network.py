"""The acoustic network: a factored time-delay network with skips, one output every 30 ms.

Each block narrows two frames to a few numbers and widens two of those again (Povey et al. 2018,
"Semi-orthogonal low-rank matrix factorization for deep neural networks"), which buys depth for few
parameters. It sees 0.36 s back and 0.18 s ahead: what lies ahead is delay for the user.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from training.features import N_MELS

SUBSAMPLING = 3
SKIP = 0.66
"""How much of a block's input is added to its output."""


@dataclass(frozen=True, slots=True)
class Block:
    """How far a block looks back and ahead, in input frames of 10 ms; multiples of 3."""

    back: int
    ahead: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; the defaults are what ships."""

    first: int = 192
    width: int = 640
    narrow: int = 208
    blocks: tuple[Block, ...] = (
        Block(3, 3),
        Block(3, 3),
        Block(3, 3),
        Block(6, 3),
        Block(6, 3),
        Block(6, 0),
        Block(6, 0),
    )

    @property
    def left_context(self) -> int:
        """Input frames needed before a frame."""
        return 3 + sum(b.back for b in self.blocks)

    @property
    def right_context(self) -> int:
        """Input frames needed after a frame."""
        return 3 + sum(b.ahead for b in self.blocks)


SMALL = Shape(width=448, narrow=128)
"""Learns most of it in half the time; `grown` makes it a large one."""


class FactoredBlock(nn.Module):
    """Narrow looking back, widen looking ahead, rectify, normalise, add the skip."""

    def __init__(self, block: Block, width: int, narrow: int) -> None:
        super().__init__()
        self.back = block.back // SUBSAMPLING
        self.ahead = block.ahead // SUBSAMPLING
        self.down = nn.Conv1d(width, narrow, 2, dilation=self.back, bias=False)
        kernel, dilation = (2, self.ahead) if self.ahead else (1, 1)
        self.up = nn.Conv1d(narrow, width, kernel, dilation=dilation)
        self.norm = nn.BatchNorm1d(width, affine=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (batch, width, steps) to (batch, width, steps - back - ahead)."""
        y = self.norm(torch.relu(self.up(self.down(x))))
        return y + SKIP * x[:, :, self.back : x.shape[2] - self.ahead]


class Network(nn.Module):
    """Normalised log-mels to a score for every target."""

    def __init__(self, n_targets: int, shape: Shape | None = None) -> None:
        super().__init__()
        self.shape = shape or Shape()
        s = self.shape
        self.first = nn.Conv1d(N_MELS, s.first, 5)
        self.first_norm = nn.BatchNorm1d(s.first, affine=False)
        self.second = nn.Conv1d(s.first, s.width, 3, stride=SUBSAMPLING)
        self.second_norm = nn.BatchNorm1d(s.width, affine=False)
        self.blocks = nn.ModuleList(FactoredBlock(b, s.width, s.narrow) for b in s.blocks)
        self.out = nn.Conv1d(s.width, n_targets, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (batch, N_MELS, frames with context) to (batch, targets, steps)."""
        x = self.first_norm(torch.relu(self.first(x)))
        x = self.second_norm(torch.relu(self.second(x)))
        for block in self.blocks:
            x = block(x)
        return self.out(x)


@torch.no_grad()
def grown(small: Network, shape: Shape) -> Network:
    """A wider network that computes the same: what is new listens, and nothing listens to it yet.

    Net2Net, Chen et al. 2016.
    """
    n_targets = small.out.out_channels
    large = Network(n_targets, shape)
    width, narrow = small.shape.width, small.shape.narrow
    old = small.state_dict()
    for name, values in large.state_dict().items():
        if name.endswith("up.weight"):
            values[:width, narrow:] = 0
        elif name.endswith("down.weight"):
            values[:narrow, width:] = 0
        elif name == "out.weight":
            values[:, width:] = 0
        values[tuple(slice(0, size) for size in old[name].shape)] = old[name]
    return large

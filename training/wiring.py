"""Joins nnet3 components into a network."""

from __future__ import annotations

from training import kaldi_format


class Wiring:
    """Collects components and how they are joined."""

    def __init__(self, input_dimension: int) -> None:
        self.config = [f"input-node name=input dim={input_dimension}"]
        self._components: list[tuple[str, bytes]] = []

    def add(self, name: str, component: bytes, source: str) -> str:
        """Adds a component fed by `source` (a descriptor); returns its name."""
        self._components.append((name, component))
        self.config.append(f"component-node name={name} component={name} input={source}")
        return name

    def part(self, name: str, source: str, begin: int, size: int) -> str:
        """Names a range of a node's dimensions."""
        line = f"dim-range-node name={name} input-node={source} dim-offset={begin} dim={size}"
        self.config.append(line)
        return name

    def encode(self) -> bytes:
        """The network in nnet3 form."""
        return kaldi_format.network(self.config, self._components)

    @staticmethod
    def spliced(name: str, offsets: tuple[int, ...]) -> str:
        """Descriptor of a node at several frames."""
        parts = [f"Offset({name}, {o})" if o else name for o in offsets]
        return f"Append({', '.join(parts)})" if len(parts) > 1 else parts[0]

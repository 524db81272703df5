"""Festival, kept running: started for every clip it takes as long as all other voices together."""

from __future__ import annotations

import subprocess
from pathlib import Path

_DONE = ":done:"


class Festival:
    """One Festival, told by its standard input what to say, one text after the other."""

    def __init__(self) -> None:
        self._process = _started()

    def say(self, text: str, voice: str, stretch: float, path: Path) -> bool:
        """Speaks a text into a WAV file; False where it can't.

        Args:
            text: in English.
            voice: as Festival names it, without `voice_`.
            stretch: duration of every sound, 1 for the voice's own; HTS voices pay no heed to it.
            path: of the file.
        """
        said = text.replace("\\", " ").replace('"', " ")
        is_done = self._tell(
            f"(voice_{voice})",
            f"(Parameter.set 'Duration_Stretch {stretch:.2f})",
            f'(utt.save.wave (utt.synth (Utterance Text "{said}")) "{path}" \'riff)',
        )
        if not is_done:
            self.close()
            self._process = _started()
        return is_done and path.exists()

    def close(self) -> None:
        """Ends it; its process ends by itself when ours does."""
        self._process.communicate()

    def _tell(self, *commands: str) -> bool:
        """Whether it lives to tell that it has done them: without a word to say it ends."""
        assert self._process.stdin is not None  # noqa: S101 - for the type checker: both are pipes
        assert self._process.stdout is not None  # noqa: S101
        asked = "\n".join([*commands, f'(format t "\\n{_DONE}\\n")', "(fflush nil)", ""])
        self._process.stdin.write(asked)
        self._process.stdin.flush()
        return any(line.strip() == _DONE for line in self._process.stdout)


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["festival", "--pipe"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )

from pathlib import Path

import pytest

from voiceguide.adapters.settings_file import SettingsFile
from voiceguide.core.settings import Detail, Pace, Patience, Settings

CHANGED = Settings(130, 0.4, Pace.AUTOMATIC, Detail.BRIEF, Patience.LONG)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    SettingsFile(path).save(CHANGED)

    assert SettingsFile(path).load() == CHANGED


def test_a_new_user_gets_the_defaults(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path / "settings.json").load() == Settings()


@pytest.mark.parametrize(
    "content", ["", "[]", "null", '{"pace": "never"}', '{"volume": "loud"}', "\x00", '{"x": 1}']
)
def test_nonsense_gives_the_defaults(content: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)

    assert SettingsFile(path).load() == Settings()


def test_a_guide_can_be_neither_mute_nor_too_fast(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"volume": 0, "rate_wpm": 5000}')
    settings = SettingsFile(path).load()

    assert settings.volume > 0
    assert settings.rate_wpm <= 300


def test_a_folder_that_refuses_costs_only_the_memory(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    SettingsFile(in_the_way / "settings.json").save(CHANGED)

    assert SettingsFile(in_the_way / "settings.json").load() == Settings()

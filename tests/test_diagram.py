from docs.make_diagram import PAGE, diagram, page
from voiceguide.core.state import Phase


def test_the_committed_diagram_is_drawn_from_todays_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python docs/make_diagram.py"


def test_every_phase_is_in_the_diagram() -> None:
    arrows = diagram()

    assert all(phase in arrows for phase in Phase)

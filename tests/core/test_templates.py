import pytest

from voiceguide.core.templates import TemplateError, both_orders, compile_template


def fits(source: str, text: str) -> bool:
    return bool(compile_template(source, {"limb": ("arm", "leg")}).pattern.search(f"{text} "))


@pytest.mark.parametrize(
    ("source", "fitting", "other"),
    [
        ("(numb|no feeling) leg", "a no feeling leg", "no leg"),
        ("my [left] leg", "my leg", "my right leg"),
        ("<limb> is numb", "arm is numb", "back is numb"),
        ("leg .. numb", "leg is so numb", "leg is so very numb"),
        ("^ sharp $", "sharp", "c sharp"),
        ("^ sharp", "sharp there", "very sharp"),
        ("numb $", "it is numb", "numb leg"),
        ("leg", "my leg", "my legs"),
    ],
)
def test_a_template_fits_what_it_says_and_nothing_else(
    source: str, fitting: str, other: str
) -> None:
    assert fits(source, fitting)
    assert not fits(source, other)


def test_an_ampersand_stands_for_both_orders() -> None:
    assert both_orders("leg & (weak|numb)") == ("leg .... (weak|numb)", "(weak|numb) .... leg")
    assert both_orders("leg is weak") == ("leg is weak",)


@pytest.mark.parametrize("source", ["(a|b", "[a", "a)", "<nowhere> a", "(a]", "[a] ..", "^ $"])
def test_a_template_that_can_not_be_read_is_refused(source: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(source, {})

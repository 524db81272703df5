from voiceguide.core.self_echo import TAIL_SECONDS, SelfEcho


def _having_said(words: str, at_s: float = 10.0) -> SelfEcho:
    self_echo = SelfEcho()
    self_echo.note(words, at_s)
    return self_echo


def test_a_command_inside_what_the_guide_says_is_its_own_voice() -> None:
    self_echo = _having_said("Say next when you are ready.")

    assert self_echo.is_echo("next", 10.0, 10.3)


def test_a_command_that_the_guide_does_not_say_is_the_users() -> None:
    self_echo = _having_said("Say next when you are ready.")

    assert not self_echo.is_echo("stop", 10.0, 10.3)


def test_the_echo_may_come_until_the_tail_is_over_and_no_later() -> None:
    self_echo = _having_said("next", at_s=10.0)

    assert self_echo.is_echo("next", 10.0 + TAIL_SECONDS - 0.01, 11.5)
    assert not self_echo.is_echo("next", 10.0 + TAIL_SECONDS + 0.01, 11.5)


def test_what_was_heard_before_the_guide_spoke_is_the_users() -> None:
    self_echo = _having_said("next", at_s=10.0)

    assert not self_echo.is_echo("next", 9.0, 9.4)


def test_words_last_as_long_as_they_are_noted() -> None:
    self_echo = SelfEcho()
    for block in range(100):
        self_echo.note("stroke up beside the spine, then stop", block * 0.02)

    assert self_echo.is_echo("stop", 2.0 + 0.5, 2.0 + 0.7)


def test_two_words_must_stand_together_in_what_was_said() -> None:
    self_echo = _having_said("go along the back and then on")

    assert not self_echo.is_echo("go on", 10.0, 10.5)
    assert self_echo.is_echo("the back", 10.0, 10.5)


def test_a_longer_text_is_an_echo_when_most_of_its_words_are() -> None:
    self_echo = _having_said("if you feel numbness or tingling say so at once")

    assert self_echo.is_echo("you feel numb or tingling say", 10.0, 12.0)
    assert not self_echo.is_echo("my arm feels numb and tingling now", 10.0, 12.0)


def test_another_form_of_a_word_is_the_same_word() -> None:
    self_echo = _having_said("numbness means that we end")

    assert self_echo.is_echo("numb", 10.0, 10.4)


def test_unknown_words_do_not_hide_an_echo() -> None:
    self_echo = _having_said("now rub softer and softer")

    assert self_echo.is_echo("[unk] softer", 10.0, 11.0)


def test_nothing_heard_is_no_echo() -> None:
    assert not _having_said("next").is_echo("[unk]", 10.0, 10.5)


def test_a_silent_guide_has_no_echo() -> None:
    self_echo = SelfEcho()
    self_echo.note("", 10.0)

    assert not self_echo.is_speaking(10.0, 10.5)
    assert not self_echo.is_echo("next", 10.0, 10.5)

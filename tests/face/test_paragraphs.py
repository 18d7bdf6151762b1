import pytest

from conformance.face.paragraphs import echo_width, fitted

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def test_without_a_terminal_every_line_stays_in_one_piece(monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: False)
    assert echo_width() is None
    assert fitted(LONG * 3, None) == LONG * 3


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("200", 120), ("40", None)])
def test_the_width_is_the_terminals_within_reason(monkeypatch, columns, width):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", "24")
    assert echo_width() == width


def test_what_follows_a_label_hangs_below_itself():
    first, *more = fitted(f"weakened by    {LONG}", 60).splitlines()
    assert first.startswith("weakened by    one two")
    assert more
    assert all(line.startswith(" " * 15) and line[15] != " " for line in more)


def test_what_follows_a_number_hangs_below_itself():
    _, second = fitted(f"    1. {LONG}", 60).splitlines()
    assert second.startswith(" " * 7)
    assert second[7] != " "


def test_prose_keeps_its_own_indentation():
    lines = fitted(f"  {LONG}", 60).splitlines()
    assert all(line.startswith("  ") and line[2] != " " for line in lines)


def test_nothing_is_lost_and_no_line_is_too_long_but_for_a_long_word():
    text = f"requirement  {LONG} {'x' * 90} end"
    folded = fitted(text, 60)
    assert folded.split() == text.split()
    assert [line for line in folded.splitlines() if len(line) > 60 and "x" * 90 not in line] == []


def test_short_lines_and_empty_ones_stay_as_they_are():
    assert fitted("a\n\n  b", 60) == "a\n\n  b"

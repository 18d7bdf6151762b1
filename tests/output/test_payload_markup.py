from conformance.output.payload_markup import body_markup
from tests.output.page import read_page


def shown(body: bytes, bound: int = 10_000):
    return body_markup(body, bound)


def text_of(markup) -> str:
    return "".join(read_page(f"<pre>{markup}</pre>").texts)


def test_xml_is_indented_with_its_values_marked_and_says_the_same():
    body = shown('<a xmlns="urn:x" k="1"><b>é &amp; &lt;script&gt;</b><c/></a>'.encode())
    assert text_of(body.markup).strip() == ('<a xmlns="urn:x" k="1">\n  <b>é &amp; &lt;script&gt;</b>\n  <c/>\n</a>')
    assert 'k=<b>"1"</b>' in body.markup
    assert "<b>é</b>" in body.markup
    assert body.form == ""


def test_comments_and_instructions_are_not_hidden():
    markup = shown(b"<a><!-- look --><?pi x?></a>").markup
    assert "<!-- look -->" in text_of(markup)
    assert "<em>&lt;!-- look --></em>" in markup


def test_xml_with_a_document_type_is_shown_as_sent_and_no_entity_is_resolved():
    bomb = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    body = shown(bomb)
    assert text_of(body.markup) == bomb.decode()
    assert body.form == "text, as sent"


def test_broken_xml_is_shown_as_sent():
    assert text_of(shown(b"<a><b></a>").markup) == "<a><b></a>"


def test_what_is_no_text_is_shown_as_bytes():
    body = shown(b"\xff\x00\x41")
    assert str(body.markup).startswith("ff 00 41")
    assert str(body.markup).endswith("..A")
    assert body.form == "not text, shown in hexadecimal"


def test_a_long_text_is_cut_at_a_line_and_tells_how_much_is_missing():
    body = shown(("x" * 99 + "\n").encode() * 100, bound=1000)
    assert len(body.markup) == 999
    assert body.left_out == "Cut off here: 9,001 of 10,000 characters are left out."


def test_long_bytes_tell_how_much_is_missing():
    assert shown(b"\xff" * 1000).left_out == "Cut off here: 744 of 1,000 bytes are left out."


def test_an_empty_body_is_empty():
    assert (shown(b"").size, str(shown(b"").markup)) == (0, "")

import base64
import hashlib
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conformance.catalogue.shipped import reports_folder
from conformance.output.evidence import Bounds
from conformance.output.html import render_report
from tests.output import sample_facts, sample_runs
from tests.output.page import Page, read_page

SAMPLES = {
    "rich": sample_runs.rich,
    "empty": sample_runs.empty,
    "all passed": sample_runs.all_passed,
    "killed": sample_runs.killed,
    "hostile": sample_runs.hostile,
    "virtual": lambda: sample_runs.rich(virtual=True),
}


@cache
def html_of(name: str) -> str:
    """Return the page of a named sample, rendered once for all tests."""
    with TemporaryDirectory() as folder:
        return rendered(SAMPLES[name](), Path(folder))


@cache
def named_page(name: str) -> Page:
    """Return the page of a named sample, read once for all tests."""
    return read_page(html_of(name))


def rendered(sample: sample_facts.Sample, folder: Path) -> str:
    return render_report(sample.record, sample.log, folder / "report.html").read_text(encoding="utf-8")


def page_of(sample: sample_facts.Sample, folder: Path) -> Page:
    return read_page(rendered(sample, folder))


def case_texts(html: str) -> dict[str, str]:
    parts = html.split('<details class="case')[1:]
    texts = [read_page(f'<div class="{part}').text for part in parts]
    return {re.search(r"[A-Z]+-\d+", text)[0]: text for text in texts}


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_gives_a_well_formed_page_with_unique_ids_and_links_that_lead_somewhere(sample):
    page = named_page(sample)
    assert page.mistakes == []
    ids = page.ids()
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in page.elements if tag in ("a", "use")]
    assert links
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_is_accessible_in_its_structure(sample):
    page = named_page(sample)
    tags = [tag for tag, _ in page.elements]
    assert ("html", {"lang": "en"}) in page.elements
    assert [tags.count(tag) for tag in ("main", "nav", "header", "footer", "h1", "title")] == [1] * 6
    levels, ids = page.headings(), set(page.ids())
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert any(attributes.get("class") == "skip" for _, attributes in page.elements)
    for tag, attributes in page.elements:
        if tag == "th":
            assert "scope" in attributes
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes.get("aria-label")
        assert attributes.get("aria-labelledby", "result") in ids


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_needs_nothing_from_elsewhere(sample):
    html = html_of(sample)
    page = read_page(html)
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.elements}
    assert not any("src" in attributes for _, attributes in page.elements)
    assert "url(" not in html
    assert "@import" not in html


def test_the_page_may_run_only_its_own_script():
    page = named_page("rich")
    assert len(page.scripts) == 1
    digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


def test_what_a_subject_sends_cannot_become_markup_or_steer_the_reader():
    html = html_of("hostile")
    page = read_page(html)
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert page.text.count("<script>alert(1)</script>") > 20
    assert r"\x1b[31mred\u202egnirts" in page.text


def test_text_that_is_no_unicode_does_not_break_the_page(tmp_path):
    sample = sample_runs.all_passed()
    sample.log[1] = sample_facts.exchange(1, "server/COMM-002", 0.3, error="broken \udcff header")
    assert r"broken \udcff header" in page_of(sample, tmp_path).text


@pytest.mark.parametrize(
    ("sample", "word", "sentence"),
    [
        (
            "rich",
            "Not conformant",
            "2 of 8 test cases that ran failed. 3 are not decided. 1 required test case was not",
        ),
        ("all passed", "Conformant", "The one test case passed."),
        ("empty", "Incomplete", "No test case was planned, so nothing was shown."),
    ],
)
def test_the_page_opens_on_the_result_in_a_word_and_why(sample, word, sentence):
    html = html_of(sample)
    assert f"</span>{word}</h1>" in html
    assert sentence in html
    assert read_page(html).text.index("Failures") > 0


def test_failures_stand_before_everything_else_with_expected_and_observed():
    text = named_page("rich").text
    opening = text[text.index("What weakens this result") : text.index("All 10")]
    for words in (
        "limits overridden: response_deadline",
        "Required but not run: CORE-022.",
        "Expected within 10 s of 14:03:07.120 UTC Observed 14:04:07 UTC, 59.9 s ahead",
        "TIME.002 MUST The served time agrees with UTC. IEEE 2030.5-2018, 11.1.3",
        "server_clock_error 10 s (ours; not overridden)",
        "response_deadline 60 s (CSIP 2.1, 5.2.5; overridden for this run)",
        "Never observed; permitted from 0 s to 60 s.",
        "seen on the wire alone",
        "csip run --only CORE-005",
    ):
        assert words in opening


def test_virtual_time_is_stamped_at_the_head_in_the_title_in_print_and_at_the_foot():
    html = html_of("virtual")
    assert html.count("irtual time") >= 5
    assert '<strong class="stamp">Virtual time</strong>' in html
    assert '@top-right { content: "Virtual time" }' in html
    assert re.search(r"<title>.*virtual time.*</title>", html)
    assert re.search(r"<footer>.*virtual time.*</footer>", html, re.DOTALL)


def test_real_time_carries_no_stamp():
    html = html_of("rich")
    assert "Virtual time" not in html
    assert "4 h 18 min 20 s of real time" in html


def test_a_run_that_was_killed_is_shown_as_interrupted_with_what_it_found():
    html = html_of("killed")
    cases = case_texts(html)
    assert '<strong class="stamp">Interrupted</strong>' in html
    assert "no end was recorded" in html
    assert "the run ended before this test case did" in cases["BASIC-009"]
    assert "never" in cases["BASIC-009"]
    assert "the run ended before its turn" in read_page(html).text


def test_the_exchanges_of_a_test_case_that_did_not_end_are_found_by_its_name():
    html = html_of("killed")
    assert 'id="x6"' in html
    assert "POST /edev/3/rsp" in case_texts(html)["BASIC-009"]


def test_a_test_case_shows_steps_reached_and_not_reached_findings_operator_and_evidence():
    cases = case_texts(html_of("rich"))
    core, basic = cases["CORE-005"], cases["BASIC-009"]
    assert "A client can obey timed events only if the server's clock is right." in core
    assert "Wait a little and read Time again. not reached" in core
    assert "SunSpec CTP 1.3 (CORE-005-S)" in core
    assert "done Start the client." in basic
    assert "no answer within 10 s" in basic
    assert "grade W+S" in basic
    assert "00 01 02 03" in basic
    assert "+62.000 s" in basic


def test_a_connection_shows_version_suite_chain_and_alerts():
    html = html_of("rich")
    cases = case_texts(html)
    assert "TLSv1.2, 0xC0AE ECDHE-ECDSA-AES128-CCM8" in cases["COMM-002"]
    assert "Certificates the peer showed, leaf first: 1 , 2" in cases["COMM-002"]
    assert 'href="#k1"' in html
    assert "0x00FF renegotiation info (signalling)" in cases["COMM-002"]
    assert "received: fatal, 48 unknown_ca" in cases["ERR-001"]
    assert "handshake not completed: the peer refused the certificate" in cases["ERR-001"]


def test_findings_alike_are_shown_once_with_their_number():
    cases = case_texts(html_of("rich"))
    assert "TLS 1.2 TLSv1.2 3 times" in cases["COMM-002"]
    assert "4 checks without objection" in cases["COMM-002"]


def test_what_was_not_run_is_told_with_its_reason():
    text = named_page("rich").text
    section = text[text.index("What was not run, and why", 500) :]
    assert "CORE-022 Readings are posted client not run yes left out by --only" in section
    assert "AGG-001 A fleet is served server not applicable no the declaration does not claim Aggregator" in section


def test_requirements_lead_to_test_cases_and_back():
    text = named_page("rich").text
    there = text[text.index("From requirement to test case") : text.index("From test case to requirement")]
    back = text[text.index("From test case to requirement") :]
    assert "SEC.011 MUST A peer with a certificate that is not of the PKI is refused." in there
    assert "POLL.002 SHOULD" in there
    assert "CORE-005 server failed TIME.001 TIME.002" in back


def test_limits_policies_and_versions_are_in_plain_sight():
    text = named_page("rich").text
    assert "response_deadline 60 s overridden , profile 30 s CSIP 2.1, 5.2.5" in text
    assert (
        "late_first_poll the first poll may come at any time The procedure is silent on it. CTP 1.3, COMM-004" in text
    )
    assert "OpenSSL OpenSSL 3.0.14" in text
    assert "h11 0.16.0" in text


def test_a_log_of_very_many_exchanges_gives_a_bounded_page_that_says_what_it_left_out(tmp_path):
    sample, log = sample_runs.huge(20_000)
    html = render_report(sample.record, log, tmp_path / "report.html").read_text(encoding="utf-8")
    page = read_page(html)
    shown = [id for id in page.ids() if re.fullmatch(r"x\d+", id)]
    assert "x10000" in shown
    assert len(shown) < 60
    assert f"{20_000 - len(shown):,} more exchanges of this test case are left out here" in page.text
    assert f"The page holds {len(shown)} of 20,000 recorded exchanges" in page.text
    assert len(html) < 400_000


def test_a_long_body_is_cut_off_and_says_so(tmp_path):
    sample = sample_runs.all_passed()
    body = b"<a>" + b"<b>text</b>" * 2000 + b"</a>"
    sample.log[1] = sample_facts.exchange(1, "server/COMM-002", 0.3, body=body)
    path = render_report(sample.record, sample.log, tmp_path / "r.html", Bounds(body_bytes=500))
    text = read_page(path.read_text(encoding="utf-8")).text
    assert f"{len(body):,} bytes. Cut off here:" in text
    assert "Cut off here:" in text
    assert text.count("<b>text</b>") < 50


def test_an_exchange_is_shown_once_even_if_two_test_cases_cite_it():
    html = html_of("rich")
    assert html.count('id="x1"') == 1
    assert html.count('href="#x1"') > 1


def test_rendering_leaves_nothing_half_written_behind(tmp_path):
    rendered(sample_runs.rich(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_ink_has_enough_contrast_on_every_ground_in_light_dark_and_print():
    css = (reports_folder() / "report.css").read_text(encoding="utf-8")
    palettes = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})\b", block)) for block in re.findall(r":root \{([^}]*)\}", css)
    ]
    assert len(palettes) == 3
    for palette in palettes:
        full = {
            name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
            for name, value in palette.items()
        }
        inks = set(full) - {"paper", "panel", "rule", "strong-rule"}
        ratios = {(ink, ground): contrast(full[ink], full[ground]) for ink in inks for ground in ("paper", "panel")}
        assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_a_test_case_that_never_began_has_its_reason_in_one_row_to_which_links_lead():
    html = html_of("rich")
    assert "CORE-022" not in case_texts(html)
    assert html.count('id="case-client-CORE-022"') == 1
    assert html.count('href="#case-client-CORE-022"') >= 1


def test_requirements_without_a_test_case_say_why(tmp_path):
    untested = {"kind": "not_on_the_wire", "note": "Only the plant shows it."}
    rows = [{"id": "G20", "text": "It is passed on.", "level": "MUST", "source": "A guide", "untested": untested}]
    rows += [{"id": "G99", "text": "It is served.", "level": "MUST", "source": "A guide", "untested": None}]
    started = sample_facts.run_started([sample_facts.planned("server/CORE-005", "Time")], requirements=rows)
    text = page_of(sample_facts.Sample([started]), tmp_path).text
    section = text[text.index("Requirements without a test case") :]
    assert "G20 MUST It is passed on. A guide not provable on the wire Only the plant shows it." in section
    assert "G99 MUST It is served. A guide no test case of this side" in section

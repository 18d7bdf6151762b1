"""How the reference client follows links, pages and times."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from conformance.reference.client_manner import Manner
from conformance.reference.client_session import NotServed, Session, resolve
from conformance.reference.client_time import ServerTime
from conformance.vocabulary.clock import RealClock
from conformance.wire.messages import Answer, Headers, NoAnswer


class Scripted:
    """Answers from a list and remembers what was asked."""

    def __init__(self, *answers: Answer | NoAnswer) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def send(
        self, method: str, target: str, body: bytes = b"", headers: Headers = (), resource: str | None = None
    ) -> Answer:
        self.asked.append(target)
        answer = self.answers.pop(0)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer


def page(everything: int, *entries: str) -> Answer:
    inner = "".join(f'<Entry href="{entry}"/>' for entry in entries)
    body = f'<L xmlns="urn:ieee:std:2030.5:ns" all="{everything}" results="{len(entries)}">{inner}</L>'
    return Answer(200, body=body.encode())


def session(sender: Scripted, manner: Manner | None = None) -> Session:
    return Session(sender, RealClock(), manner or Manner(), frozenset())


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/edev", "/edev"),
        ("fsa", "/edev/1/fsa"),
        ("../2", "/edev/2"),
        ("https://other:8443/edev/3", "/edev/3"),
        ("/edev?x=1", "/edev?x=1"),
        ("https://other:8443", "/"),
    ],
)
def test_an_href_may_be_relative_or_absolute(href: str, target: str) -> None:
    assert resolve("/edev/1/list", href) == target


def test_pages_of_the_servers_size_are_read_until_all_are_there() -> None:
    sender = Scripted(page(3, "a", "b"), page(3, "c"))
    listed = asyncio.run(session(sender, Manner(page_size=5)).get_list("/l?x=1", "List", "Entry"))
    assert [entry.href for entry in listed.entries] == ["a", "b", "c"]
    assert sender.asked == ["/l?x=1&s=0&l=5", "/l?x=1&s=2&l=5"]


def test_without_a_page_size_one_entry_at_a_time_is_followed() -> None:
    sender = Scripted(page(2, "a"), page(2, "b"))
    listed = asyncio.run(session(sender, Manner(page_size=None)).get_list("/l", "List", "Entry"))
    assert len(listed.entries) == 2
    assert sender.asked == ["/l", "/l?s=1"]


def test_a_list_that_shrinks_while_it_is_read_ends() -> None:
    listed = asyncio.run(session(Scripted(page(3, "a"), page(1))).get_list("/l", "List", "Entry"))
    assert len(listed.entries) == 1


def test_a_circle_of_redirects_is_given_up() -> None:
    circle = [Answer(302, (("Location", "/a"),))] * 9
    with pytest.raises(NotServed, match="redirects"):
        asyncio.run(session(Scripted(*circle)).get("/a", "X"))


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, body=b"<broken"), NoAnswer("reset"), Answer(204)])
def test_whatever_is_no_document_is_not_served(answer: Answer | NoAnswer) -> None:
    with pytest.raises(NotServed):
        asyncio.run(session(Scripted(answer)).get("/a", "X"))


def test_retry_after_is_read() -> None:
    with pytest.raises(NotServed) as caught:
        asyncio.run(session(Scripted(Answer(503, (("retry-after", "17"),)))).get("/a", "X"))
    assert caught.value.retry_after_s == 17
    assert not caught.value.final


class Standing(RealClock):
    """A clock that shows one instant."""

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(milliseconds=400)


def test_whole_seconds_of_the_server_do_not_make_the_time_jitter() -> None:
    time = ServerTime(Standing())
    now_s = int(Standing().now().timestamp())
    time.read(now_s, now_s + 0.4, now_s + 0.4)
    assert time.offset_s == 0


@pytest.mark.parametrize(("shift", "offset"), [(3600, 3599.6), (-3600, -3599.4)])
def test_another_time_of_the_server_is_followed(shift: int, offset: float) -> None:
    time = ServerTime(Standing())
    now_s = int(Standing().now().timestamp())
    time.read(now_s + shift, now_s + 0.4, now_s + 0.4)
    assert time.offset_s == pytest.approx(offset)

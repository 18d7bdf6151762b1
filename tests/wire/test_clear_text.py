"""HTTP without TLS: a redirection is answered and read, and both sides are recorded as what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from wire_rig import Rig, run_real, run_virtual

from conformance.vocabulary.errors import UsageError
from conformance.wire.clear_text import CLEAR_TEXT, ClearTextListener, ask_in_the_clear
from conformance.wire.messages import Answer, header
from conformance.wire.network import ByteStream

PATIENCE = timedelta(seconds=5)
MOVED = "https://127.0.0.1:8443/dcap"


def moved(method: str, target: str) -> Answer:
    return Answer(301, (("Location", f"https://127.0.0.1:8443{target}"),))


@pytest.mark.parametrize("run", [run_virtual, run_real], ids=["pipes", "sockets"])
def test_a_redirection_in_the_clear_is_answered_read_and_recorded(run: Callable[..., None]) -> None:
    async def test(rig: Rig) -> None:
        listener = ClearTextListener(rig.network, rig.clock, rig.served, moved)
        await listener.open("127.0.0.1", 0)
        answer = await ask_in_the_clear(
            rig.network, rig.clock, rig.asked, "127.0.0.1", listener.port, "/dcap", deadline=PATIENCE
        )
        await listener.close()
        assert (answer.status, header(answer.response_headers, "Location"), answer.error) == (301, MOVED, None)
        (served,) = rig.served.exchanges
        assert (served.method, served.target, served.status) == ("GET", "/dcap", 301)
        assert header(served.request_headers, "Host") == f"127.0.0.1:{listener.port}"
        assert rig.served.last.version == rig.asked.last.version == CLEAR_TEXT
        assert rig.served.last.cipher is None
        assert listener.connections == {served.connection}

    run(test)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", "closed the connection"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "not proper HTTP"),
        (b"HTTP/1.1 301 Moved\r\nContent-Length: 5\r\n\r\nab", "not proper HTTP"),
    ],
)
def test_what_is_no_whole_answer_is_an_error_of_the_exchange(said: bytes, words: str) -> None:
    async def behave(stream: ByteStream) -> None:
        await stream.receive()
        await stream.send(said)
        stream.close()

    async def test(rig: Rig) -> None:
        port = await rig.peer(behave)
        answer = await ask_in_the_clear(rig.network, rig.clock, rig.asked, "127.0.0.1", port, "/", deadline=PATIENCE)
        assert words in (answer.error or "")

    run_virtual(test)


def test_silence_ends_with_the_deadline_and_nobody_there_is_told() -> None:
    async def test(rig: Rig) -> None:
        async def silent(stream: ByteStream) -> None:
            await rig.over.wait()

        ask, port = ask_in_the_clear, await rig.peer(silent)
        late = await ask(rig.network, rig.clock, rig.asked, "127.0.0.1", port, "/", deadline=PATIENCE)
        gone = await ask(rig.network, rig.clock, rig.asked, "127.0.0.1", 1, "/", deadline=PATIENCE)
        assert "within 5 s" in (late.error or "")
        assert "refused" in (gone.error or "")

    run_virtual(test)


def test_a_port_in_use_is_wrong_use() -> None:
    async def test(rig: Rig) -> None:
        one, two = (ClearTextListener(rig.network, rig.clock, rig.served, moved) for _ in range(2))
        await one.open("127.0.0.1", 0)
        with pytest.raises(UsageError, match="clear_text"):
            await two.open("127.0.0.1", one.port)
        await one.close()
        await one.close()

    run_virtual(test)

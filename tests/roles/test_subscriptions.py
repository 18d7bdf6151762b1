"""Subscriptions on the utility core: which are taken, how they are listed, and what a notification holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from conformance.roles.utility import DERProgram, Manner, Utility
from conformance.roles.utility.delivery_start import Told
from conformance.roles.utility.scenario import one_program
from conformance.wire.documents import subscription
from conformance.wire.messages import Answer, Peer, Request, header
from conformance.wire.payload import Node, read, write
from tests.visitor import LFDI, HandClock, schema

URI = "https://127.0.0.1:9/n"
LIMIT = {"opModMaxLimW": 5000}
OTHER = "F" * 40


class Desk:
    """A utility that offers subscriptions, and a client of it."""

    def __init__(self, manner: Manner | None = None) -> None:
        self.clock = HandClock()
        self.utility = Utility(self.clock, manner=manner)
        self.utility.subscriptions.offered = True
        self.program: DERProgram = one_program(self.utility, LFDI).program
        self.program.set_default(LIMIT)

    @property
    def list_path(self) -> str:
        return self.utility.devices[0].subscriptions_path

    def ask(self, method: str, path: str, body: bytes = b"", lfdi: str = LFDI) -> Answer:
        headers = (("Host", "server:1"), *((("Content-Type", "application/sep+xml"),) if body else ()))
        return self.utility.handle(Request(method, path, headers, body, Peer(lfdi=lfdi)))

    def subscribe(self, resource: str, uri: str = URI, limit: int = 10) -> Answer:
        return self.ask("POST", self.list_path, write(subscription(resource, uri, limit)))

    def news(self) -> Node | None:
        body = self.utility.subscriptions.news(self.utility.subscriptions.all[-1])
        if body is None:
            return None
        assert schema().validate(etree.fromstring(body)), schema().error_log
        return read(body)


def test_a_subscription_is_answered_with_its_place_and_is_listed() -> None:
    desk = Desk()
    answer = desk.subscribe(desk.program.controls_path)
    place = header(answer.headers, "Location")
    assert (answer.status, answer.resource) == (201, "SubscriptionList")
    assert place is not None
    shown = read(desk.ask("GET", place).body)
    assert (shown.text("notificationURI"), shown.text("subscribedResource")) == (URI, desk.program.controls_path)
    assert read(desk.ask("GET", f"{desk.list_path}?l=5").body).integer_attribute("all") == 1


def test_the_same_subscription_again_renews_it() -> None:
    desk = Desk()
    first = desk.subscribe(desk.program.controls_path)
    desk.clock.forward(60)
    again = desk.subscribe(desk.program.controls_path)
    assert header(first.headers, "Location") == header(again.headers, "Location")
    (kept,) = desk.utility.subscriptions.live
    assert kept.renewed_at - kept.made_at == timedelta(seconds=60)


def test_a_deleted_subscription_is_gone() -> None:
    desk = Desk()
    place = header(desk.subscribe(desk.program.controls_path).headers, "Location") or ""
    assert desk.ask("DELETE", place).status == 204
    assert desk.ask("GET", place).status == 404
    assert desk.utility.subscriptions.live == ()


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:9/n", "https:///n", "/n", "https://127.0.0.1:99999/n", "https://[::1/n", "nowhere"]
)
def test_what_cannot_be_notified_over_tls_is_refused(uri: str) -> None:
    desk = Desk()
    assert desk.subscribe(desk.program.controls_path, uri=uri).status == 400


def test_what_is_not_there_or_not_subscribable_is_refused() -> None:
    desk = Desk()
    control = desk.program.add_control(LIMIT, duration=timedelta(minutes=5))
    assert desk.subscribe("/nowhere").status == 400
    assert desk.subscribe(desk.utility.entrance.time_path).status == 400
    assert desk.subscribe(control.path).status == 400


def test_another_client_sees_nothing_of_it() -> None:
    desk = Desk()
    place = header(desk.subscribe(desk.program.controls_path).headers, "Location") or ""
    assert desk.ask("GET", place, lfdi=OTHER).status == 404
    assert desk.ask("GET", desk.list_path, lfdi=OTHER).status == 404


def test_without_an_offer_there_is_no_list_and_nothing_is_subscribable() -> None:
    desk = Desk()
    desk.utility.subscriptions.offered = False
    assert desk.ask("GET", desk.list_path).status == 404
    own = read(desk.ask("GET", desk.utility.devices[0].path).body)
    assert own.link("SubscriptionListLink") is None
    assert own.attribute("subscribable") == "0"


def test_a_notification_holds_the_resource_as_the_subscriber_would_read_it() -> None:
    desk = Desk()
    desk.subscribe(desk.program.controls_path, limit=1)
    for _ in range(3):
        desk.program.add_control(LIMIT, starts_in=timedelta(hours=1), duration=timedelta(minutes=5))
    told = desk.news()
    assert told is not None
    resource = told.child("Resource")
    assert resource is not None
    assert (told.integer("status"), told.text("subscribedResource")) == (0, desk.program.controls_path)
    assert (resource.xsi_type(), resource.href) == ("DERControlList", desk.program.controls_path)
    assert (resource.integer_attribute("all"), len(resource.children("DERControl"))) == (3, 1)


def test_a_limit_of_zero_only_tells_that_something_changed() -> None:
    desk = Desk()
    desk.subscribe(desk.program.controls_path, limit=0)
    desk.program.add_control(LIMIT, duration=timedelta(minutes=5))
    told = desk.news()
    resource = told.child("Resource") if told else None
    assert resource is not None
    assert resource.children() == ()


def test_what_is_known_is_not_told_again() -> None:
    desk = Desk()
    desk.subscribe(desk.program.controls_path)
    assert desk.news() is None
    desk.program.add_control(LIMIT, starts_in=timedelta(minutes=2), duration=timedelta(minutes=5))
    assert desk.news() is not None
    desk.clock.forward(150)
    assert desk.news() is None, "that an event begins follows from the clock"
    desk.program.controls[0].cancel()
    assert desk.news() is not None, "that it is cancelled does not"


def test_the_parent_of_what_changed_is_not_told_of() -> None:
    desk = Desk()
    (assignment,) = desk.utility.assignments
    desk.subscribe(assignment.programs_path)
    desk.program.add_control(LIMIT, duration=timedelta(minutes=5))
    assert desk.news() is None
    desk.utility.add_program(assignment, primacy=9)
    assert desk.news() is not None


def test_a_resource_that_is_gone_is_told_of_once() -> None:
    desk = Desk()
    desk.subscribe(desk.program.controls_path)
    desk.utility.remove_program(desk.program)
    told = desk.news()
    assert told is not None
    assert (told.integer("status"), told.child("Resource")) == (4, None)
    assert desk.utility.subscriptions.live == ()


@pytest.mark.parametrize(
    "manner", [Manner(namespace_prefix="s"), Manner(absolute_hrefs=True), Manner(indented=True, longest_page=2)]
)
def test_notifications_keep_to_the_manner_of_the_server(manner: Manner) -> None:
    desk = Desk(manner)
    desk.subscribe(desk.program.controls_path)
    desk.program.add_control(LIMIT, duration=timedelta(minutes=5))
    told = desk.news()
    resource = told.child("Resource") if told else None
    assert resource is not None
    assert resource.xsi_type() == "DERControlList"
    assert etree.QName(resource.xml).localname == "Resource"


def test_an_answer_of_4xx_ends_a_subscription_and_one_of_5xx_does_not() -> None:
    desk = Desk()
    desk.subscribe(desk.program.controls_path)
    (kept,) = desk.utility.subscriptions.live
    desk.utility.subscriptions.answered(kept, Told(desk.clock.now(), b"", 503))
    assert kept in desk.utility.subscriptions.live
    desk.utility.subscriptions.answered(kept, Told(desk.clock.now(), b"", 400))
    assert kept not in desk.utility.subscriptions.live


def test_delivery_is_counted_from_the_first_notification_that_was_taken() -> None:
    desk = Desk()
    desk.subscribe(desk.program.controls_path)
    control = desk.program.add_control(LIMIT, duration=timedelta(minutes=5))
    created, (kept,) = desk.clock.now(), desk.utility.subscriptions.live
    body = desk.utility.subscriptions.news(kept) or b""
    for status in (503, 201, 201):
        desk.clock.forward(30)
        desk.utility.subscriptions.answered(kept, Told(desk.clock.now(), body, status))
    start = desk.utility.delivery_start(control)
    assert start.at("created") == start.at("exposed") == created
    assert start.at("notified") == created + timedelta(seconds=60)
    assert start.at("event_start") is None

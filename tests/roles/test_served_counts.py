"""What links say of the length of lists, and which entries stand by themselves."""

from __future__ import annotations

from conformance.roles.served_reading import Reading
from conformance.roles.served_tree import entries_with_addresses, miscounted
from tests.judgement.made_evidence import NS, served


def reading(body: str, target: str) -> Reading:
    exchange = served(body, target=target)
    return Reading(exchange)


PROGRAM = (
    '<DERProgramList {} all="1" results="1"><DERProgram href="/p/1">'
    '<DERControlListLink all="{}" href="{}"/></DERProgram></DERProgramList>'
)
CONTROLS = f'<DERControlList {NS} all="2" results="1"><DERControl href="/c/1"/></DERControlList>'


def tree(told: str, href: str = "/c") -> list[Reading]:
    return [reading(PROGRAM.format(NS, told, href), "/p?s=0&l=50"), reading(CONTROLS, "/c?s=0&l=50")]


def test_a_link_that_counts_as_its_list_does_is_right_however_it_is_written() -> None:
    assert miscounted(tree("2")) == ()
    assert miscounted(tree("2", "https://h:443/c")) == ()
    assert miscounted(tree("0", "/c?list=7")) == ()
    assert miscounted(tree("", "/c")) == ()
    assert miscounted(tree("9", "/elsewhere")) == ()


def test_a_link_that_counts_otherwise_is_told_with_both_numbers() -> None:
    (found,) = miscounted(tree("0"))
    (_,) = miscounted(tree("0", "https://h:443/c"))
    assert (found.name, found.told, found.held) == ("DERControlListLink", 0, 2)


def test_entries_with_an_address_are_read_once() -> None:
    assert [node.href for node in entries_with_addresses([*tree("2"), *tree("2")])] == ["/p/1", "/c/1"]


def test_the_address_of_a_list_keeps_a_query_of_its_own_and_loses_what_pages_it() -> None:
    wanted = {"/c?s=0&l=50": "/c", "/c?id=3&s=0&l=50": "/c?id=3", "/c?s=0&l=50&moved=1": "/c?moved=1", "/c": "/c"}
    assert {target: reading(CONTROLS, target).address for target in wanted} == wanted

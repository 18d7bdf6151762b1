"""The documents of the proof notice a wrong fact: break one in our schema and some verdict changes."""

from __future__ import annotations

from random import Random

import pytest
from broken_facts import broken_models
from sensitivity import Outcome, notice

from conformance.wire.schema.facts import read_model
from conformance.wire.schema.model import Edition


@pytest.mark.parametrize("edition", [Edition.IEEE_2018, Edition.IEEE_2023])
def test_a_wrong_fact_changes_a_verdict(edition: Edition) -> None:
    model = read_model(edition)
    chosen = Random(1).sample(list(broken_models(model)), 15)
    outcomes = {each.about: notice(model, each) for each in chosen}
    assert sum(outcome is Outcome.NOTICED for outcome in outcomes.values()) >= 10
    assert [about for about, outcome in outcomes.items() if outcome is Outcome.UNNOTICED] == []

"""The reference client as a subject inside the harness's own process, for the demonstration and the flaw proofs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from conformance.reference.client import ClientIdentity, ReferenceClient
from conformance.reference.client_flaws import tls_ciphers
from conformance.reference.demo_identities import DemoIdentities
from conformance.reference.silent_recorder import SilentRecorder
from conformance.reference.simulator import Site
from conformance.roles.utility import TEST_PIN
from conformance.running.case_run import Desk
from conformance.running.client_arrangement import ClientArrangement, ClientPlace, RunningClient, ServerIdentity
from conformance.vocabulary.clock import Clock
from conformance.wire.http_client import HttpClient, HttpSender
from conformance.wire.network import Network
from conformance.wire.tls_context import client_context

LANES = 64
PATIENCE = timedelta(seconds=30)

"""Checks on connections: TLS, certificates, who was refused."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.judgement import certificate_form, server_trust, tls
from conformance.judgement.court import Judging
from conformance.wire.exchange import Connection, Exchange


class CheckTls(Judging):
    """How a connection was made, and who was refused."""

    def session_up(self, connection: Connection, requirement: str) -> bool:
        """Judge whether a TLS handshake completed."""
        return self.judged(requirement, tls.session_up(connection))

    def tls_version_1_2(self, connection: Connection, requirement: str) -> bool:
        """Judge the negotiated TLS version."""
        return self.judged(requirement, tls.version_is_1_2(connection))

    def suite_is_ccm8(self, connection: Connection, requirement: str) -> bool:
        """Judge the negotiated cipher suite."""
        return self.judged(requirement, tls.suite_is_ccm8(connection))

    def ccm8_offered(self, connection: Connection, requirement: str) -> bool:
        """Judge the suites a client offers."""
        return self.judged(requirement, tls.ccm8_offered(connection))

    def version_offered(self, connection: Connection) -> bool:
        """Judge the TLS versions a client offers by those that the profile allows."""
        return self.demands("TLS.versions", lambda value: tls.version_offered(value, connection))

    def suite_offered(self, connection: Connection) -> bool:
        """Judge the suites a client offers by those that the profile allows."""
        return self.demands("TLS.cipher_suites", lambda value: tls.suite_offered(value, connection))

    def certificate_on_p256(self, connection: Connection, requirement: str) -> bool:
        """Judge the curve of the peer's certificate."""
        return self.judged(requirement, tls.certificate_on_p256(connection))

    def certificate_form(self, connection: Connection, policy: str | None = None) -> None:
        """Judge the chain that the peer showed by each rule on the form of certificates."""
        for requirement, judged in certificate_form.form(connection):
            self.judged(requirement, judged, policy)
        if certificate_form.for_tests(connection):
            self.note(
                "a test certificate was shown: its form says nothing of the certificates that the product ships with"
            )

    def refused(self, connection: Connection, served: bool, requirement: str, policy: str | None = None) -> bool:
        """Judge whether the peer was refused."""
        return self.judged(requirement, tls.refused(connection, served), policy)

    def alerted(self, connections: Sequence[Connection], requirement: str, policy: str | None = None) -> bool:
        """Judge whether the peer refused by a TLS alert."""
        return self.judged(requirement, tls.alerted(connections), policy)

    def distrusted(
        self,
        connections: Sequence[Connection],
        exchanges: Sequence[Exchange],
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that a client sent no request over connections on which it was shown a faulty chain."""
        return self.judged(requirement, server_trust.distrusted(connections, exchanges), policy)

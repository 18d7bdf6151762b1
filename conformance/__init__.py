"""Conformance tests for IEEE 2030.5 servers and clients.

The layers, from the innermost outwards; each imports only from the ones before it:

``vocabulary``, ``catalogue``, ``wire``, ``judgement``, ``roles``, ``running``, ``output``, ``reference``, ``face``.
"""

__version__ = "0.1.0"

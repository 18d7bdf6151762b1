"""``python -m conformance``: the same as ``csip``."""

from conformance.face.cli import main

main()

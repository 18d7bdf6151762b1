"""Sound peers to test against, a DER simulator, and the named flaws that break them."""

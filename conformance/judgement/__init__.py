"""Checks and their findings: pure functions over what was recorded."""

"""Words of the harness: verdicts, errors, clock, limits, identity. Imports nothing else of the project."""

"""What is left after a run: HTML report, JUnit, archive."""

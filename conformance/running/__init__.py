"""Carrying out a run: plan, steps, cases side by side, journal, run record."""

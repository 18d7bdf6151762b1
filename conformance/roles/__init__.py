"""The two parts the harness plays, utility server and device client, and the operator who arranges the subject."""

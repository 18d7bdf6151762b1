"""Schema validation: facts of the wire format, the verdict of the schema, and explanations in plain words."""

"""What people touch: the authoring vocabulary, configuration, command line."""

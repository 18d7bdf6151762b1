"""What is required and what is claimed: requirements, profiles, declarations, test cases, shipped files."""

"""A file becomes contacts: reading, mapping, plan, commit."""

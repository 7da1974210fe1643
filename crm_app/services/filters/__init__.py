"""Conditions on contacts: a tree of questions that is URL, SQL, saved segment and words at once."""

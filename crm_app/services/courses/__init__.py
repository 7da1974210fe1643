"""Courses and products, who has access, what is owed and paid."""

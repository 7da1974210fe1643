"""Changes of many contacts at once: what can be done, whom it means, and the work itself. Undone like an import."""

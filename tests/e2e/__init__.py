"""The product in a real browser, started as its users start it."""

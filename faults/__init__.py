"""Faults made on purpose, by hand: `make faults`. Nothing here belongs to the product."""

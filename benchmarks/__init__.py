"""Measurements made by hand: `make bench`. Nothing here belongs to the product."""

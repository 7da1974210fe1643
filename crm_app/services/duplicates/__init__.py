"""Duplicates: found, remembered, ruled out, merged and taken apart again; one file per capability."""

"""Everything done to contacts; one file per capability."""

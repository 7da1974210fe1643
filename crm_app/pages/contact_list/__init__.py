"""What every list of contacts has, wherever it stands: filter, columns, ticks and changes of many, keys."""

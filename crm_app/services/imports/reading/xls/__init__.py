"""What python-calamine leaves out of XLS files: number formats and error cells, read beside it from the same stream."""

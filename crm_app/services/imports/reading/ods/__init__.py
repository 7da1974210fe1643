"""OpenDocument spreadsheets, streamed: the file holds both values and what was shown, so nothing need be guessed."""

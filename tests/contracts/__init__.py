"""What each port promises, tried on the fake of `tests/fakes` and on the adapter with a real engine."""

"""The parts of `scripts/release` and `scripts/reproduce`."""

"""What `scripts/release` and `scripts/reproduce` are made of."""

"""Values and rules that every package shares. No I/O, no clock, standard library only."""

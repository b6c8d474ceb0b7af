"""Pure policy: which findings become which messages to whom. No I/O, no clock."""

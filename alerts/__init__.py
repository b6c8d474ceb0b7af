"""Pure policy: which findings become which messages to whom."""

"""A real cluster of three nodes; only with `make test-cluster`."""

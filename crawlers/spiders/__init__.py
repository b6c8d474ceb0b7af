"""One spider for each channel, driven by a `core.values.Source` alone: never a class for one site."""

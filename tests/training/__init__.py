"""Tests of the recipe by which the weights are learned."""

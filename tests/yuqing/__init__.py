"""Tests of the application: configuration, command line, doctor, filters."""

"""The application: configuration, wiring, command line, doctor, demo."""

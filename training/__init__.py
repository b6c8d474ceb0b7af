"""How the shipped weights were learned. Needs scipy beside the application; nothing here runs in the radar."""

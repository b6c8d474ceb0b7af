"""The system of record: SQLite by default. Every row that must survive a kill lives here."""

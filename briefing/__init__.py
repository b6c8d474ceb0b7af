"""Pure: a day's findings become a Brief, and a Brief becomes a Message. No I/O, no clock."""

"""The steps by which a database becomes current; each file is written once and never edited."""

"""Ways out: one folder each. They carry a message to a person and read what comes back; they know no campaign."""

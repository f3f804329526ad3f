"""ISO 20022 messages, built and read: pain.001 out, pain.002, acmt.024 and camt.05x in."""

"""What people can tell from a `ShownScene`, with margins: neither a question nor an answer is here."""

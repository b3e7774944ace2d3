"""Which conditions each variation of each clip gets, and the prompt that asks for them."""

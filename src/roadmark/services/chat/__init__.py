"""A local server of OpenAI's chat API; behind it work our own captioner and prompt rules."""

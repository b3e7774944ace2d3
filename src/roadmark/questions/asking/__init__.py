"""How a fact becomes a question: forms of answers, and shapes of questions that families share."""

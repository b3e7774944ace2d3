"""What one video shows of a clip: who is seen when, on which lanes, under which lights."""

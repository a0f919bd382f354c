"""Private and shared: answer questions, and keep track of what the other side knows by now."""

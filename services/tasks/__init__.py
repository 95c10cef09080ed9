"""What an answer is, and whether it is right; nobody else asks which task a project has."""

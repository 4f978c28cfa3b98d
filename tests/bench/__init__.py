"""How fast the desk is, beside what the machine could do at most at the same moment."""

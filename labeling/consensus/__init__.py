"""How far people agree, and what they say together. Pure: numpy."""

"""Rules over texts as weak labelers: dictionaries and patterns, what they find, how they vote, how good they are. Pure."""

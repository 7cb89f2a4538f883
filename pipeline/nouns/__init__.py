"""What a concept is about, by WordNet: shared by who writes a character and who draws it; loads no drawings."""

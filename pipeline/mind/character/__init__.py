"""Writing a persona with a language model, and letting it choose: what is asked, and what is made of the answer."""

"""The work of requests: which steps a kind has, what each does, and how workers come by them."""

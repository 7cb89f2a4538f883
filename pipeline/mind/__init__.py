"""Writing personas and speaking for them."""

"""The mind against a real language model on this machine; `make test-llm` installs what they need."""

"""What must outlive a process: personas, portraits, voices, turns and files."""

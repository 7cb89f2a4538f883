"""What a face is: the drawn rig and its 68 landmarks."""

"""Discord: what people do there in, what they see out. No stage and no SQL."""

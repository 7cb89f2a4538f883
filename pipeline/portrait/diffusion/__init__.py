"""The paper's own way to a portrait: checkpoints of many looks, and a face asked for while they paint."""

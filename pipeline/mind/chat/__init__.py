"""The wire: one client for any server that speaks the chat API of OpenAI, and what servers get wrong."""

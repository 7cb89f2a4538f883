"""What operators see: logs, metrics, health and traces. None of it holds a secret or what people wrote."""

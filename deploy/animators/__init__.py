"""The reference server for animators on another machine: docs/animators.md is what it keeps, README.md how it runs."""

"""Motion: visemes, idle life, and the animators."""

"""``python -m tests.chaos``."""

from tests.chaos.run import main

if __name__ == "__main__":
    main()

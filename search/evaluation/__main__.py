"""`python -m search.evaluation`, which `./lotse evaluate` calls with the site's environment."""

import sys

from search.evaluation.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

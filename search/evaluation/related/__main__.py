"""`python -m search.evaluation.related`, which `./lotse evaluate related` calls with the site's environment."""

import sys

from search.evaluation.related.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

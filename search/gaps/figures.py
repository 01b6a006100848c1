"""Every figure of the log of unanswered questions, each with its reason. What an operator decides is in the settings."""

LONGEST = 200
"""Characters kept of a question. The longest of the judged ones has 121; what is longer tells of somebody."""
DAYS_KEPT = 30
"""A question's wording is deleted on the 30th day after it was asked. The design's promise; the privacy page names it."""
LEAST_ASKINGS = 3
"""Askings of a month below which not even a count is kept: what one or two asked could be about them."""
MONTHS_KEPT = 24
"""Months of counts: two of each season show what returns."""
SAME_AGAIN_SECONDS = 600.0
"""A question that this process noted so recently is not counted again: somebody who reloads is not three people.
Ten minutes is a sitting; who asks again after it wants to know."""
REMEMBERED = 512
"""Questions that are remembered for it, in memory only."""
MOST_A_DAY = 1_000
"""Different wordings kept of one day, so that a machine which asks at random fills no disk. A hundred times what the
managers of a dozen clusters ask."""
STATEMENT_TIMEOUT_MS = 100
"""PostgreSQL gives up noting after this. Usually it takes 1 ms."""
CHECKED_AT_A_TIME = 100
"""Questions that one run of the check asks again, 50 ms each: it ends long before the next one begins."""
NEAREST = 3
"""Pages kept as the nearest that the site has. The answer page offers as many at a glance."""

"""Every rate, with its reason. Generous for people, a whole office behind one address included."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and one more every `seconds`."""

    burst: int
    seconds: float


# Two busy cores answer some 15 questions a second (docs/operators.md). One address may have a third of that for as
# long as it likes: sixty people in a workshop who each ask every twelve seconds. The burst is a class that starts.
ANSWERS_VISITOR = Rate(burst=120, seconds=0.2)
# A member is one person, so nobody shares it: twice that is more than anybody reads, and room for a script.
ANSWERS_MEMBER = Rate(burst=240, seconds=0.1)
# Some six requests are made while one question is typed, and each costs a sixth of an answer.
SUGGESTIONS_VISITOR = Rate(burst=600, seconds=0.04)
SUGGESTIONS_MEMBER = Rate(burst=1_200, seconds=0.02)

# Ten slips of one person, then one try a minute: 1,450 guesses a day at one account from one address.
LOGIN_OF_A_NAME = Rate(burst=10, seconds=60)
# An office that signs in at nine; then one every five seconds, so that one address cannot try all names either.
LOGIN_OF_AN_ADDRESS = Rate(burst=60, seconds=5)

# A workshop in which everybody says what they think of one page; then one answer every half minute.
FEEDBACK = Rate(burst=40, seconds=30)

# A member who writes down a whole year at once; then one report every two minutes. Each one is read by somebody.
SHORT_REPORTS = Rate(burst=10, seconds=120)

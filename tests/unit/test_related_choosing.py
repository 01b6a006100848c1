"""Which related pages are shown."""

from search.related.choosing import Candidate, chosen


def by_hand(number):
    return Candidate(number, by_hand=True, score=0.0)


def found(number, score, *clusters):
    return Candidate(number, by_hand=False, score=score, clusters=clusters)


def apart(left, right):
    return 0.0


def test_hand_made_links_leave_room_for_what_the_machine_found():
    candidates = [*map(by_hand, range(6)), found(6, 0.5), found(7, 0.4), found(8, 0.3)]
    assert chosen(candidates, apart, 6) == [0, 1, 2, 3, 6, 7]


def test_what_one_kind_does_not_need_the_other_has():
    assert chosen([*map(by_hand, range(6)), found(6, 0.5)], apart, 6) == [0, 1, 2, 3, 4, 6]
    assert chosen(list(map(by_hand, range(8))), apart, 6) == [0, 1, 2, 3, 4, 5]
    assert chosen([by_hand(0), *(found(n, 1 / n) for n in range(1, 9))], apart, 6) == [0, 1, 2, 3, 4, 5]


def test_nothing_found_is_nothing_shown():
    assert chosen([], apart, 6) == []


def test_a_near_duplicate_of_what_is_shown_gives_way():
    near = {frozenset((0, 1)): 0.9}
    candidates = [found(0, 0.5), found(1, 0.49), found(2, 0.4)]
    assert chosen(candidates, lambda a, b: near.get(frozenset((a, b)), 0.0), 2) == [0, 2]


def test_at_most_two_of_one_cluster():
    candidates = [
        found(0, 0.9, "a"),
        found(1, 0.8, "a"),
        found(2, 0.7, "a"),
        found(3, 0.1, "b"),
        found(4, 0.05),
    ]
    assert chosen(candidates, apart, 6) == [0, 1, 3, 4]

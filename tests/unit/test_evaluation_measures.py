"""Figures by hand: what the measures say about rankings small enough to compute on paper."""

import math

import pytest

from search.evaluation import measures


def values(ranked, wanted):
    return measures.values([ranked], [wanted])[0]


def test_ndcg_weighs_grades_by_rank():
    found = values(["b", "x", "a"], {"a": 3, "b": 1})
    assert found.ndcg == pytest.approx((1 + 3 / math.log2(4)) / (3 + 1 / math.log2(3)))
    assert found.recall == 1
    assert found.mrr == 1


def test_order_decides_although_names_sort_otherwise():
    """trec_eval breaks ties by name; ranks must not be ties."""
    assert values(["z", "a"], {"z": 1}).mrr == 1
    assert values(["a", "z"], {"z": 1}).mrr == 0.5


def test_a_page_below_the_tenth_rank_counts_for_recall_alone():
    found = values([f"x{n}" for n in range(10)] + ["a"], {"a": 3})
    assert (found.ndcg, found.recall) == (0, 1)
    assert found.mrr == pytest.approx(1 / 11)


def test_nothing_found_is_zero_and_not_left_out():
    found = measures.values([[], ["a"]], [{"a": 1}, {"a": 1}])
    assert [one.ndcg for one in found] == [0, 1]
    assert measures.means(found).ndcg == 0.5


def test_a_page_named_twice_counts_once():
    assert values(["a", "a", "b"], {"a": 1, "b": 1}).ndcg == 1


def test_a_question_without_an_answer_is_no_ranking():
    with pytest.raises(ValueError, match="without any page"):
        measures.values([["a"]], [{}])
    with pytest.raises(ValueError, match="1 rankings for 2"):
        measures.values([["a"]], [{"a": 1}, {"b": 1}])


def test_no_questions_have_no_values():
    assert measures.values([], []) == []
    assert measures.means([]).n == 0


def test_a_real_difference_is_significant_and_chance_is_not():
    better = [0.9, 0.8, 0.7, 0.9, 0.6, 0.8, 0.9, 0.7, 0.8, 0.9]
    assert measures.p_value(better, [value - 0.2 for value in better]) < 0.01
    swapped = [1.0, 0.0] * 10
    assert measures.p_value(swapped, swapped[::-1]) > 0.5
    assert measures.p_value(better, better) == 1
    assert measures.p_value([1.0] * 4, [0.0] * 4) is None


def test_significance_is_the_same_every_time():
    one, other = [n % 7 / 7 for n in range(40)], [n % 5 / 5 for n in range(40)]
    assert measures.p_value(one, other) == measures.p_value(one, other)


def test_auroc_is_the_share_of_pairs_in_order():
    # Pairs: 0.9>0.8, 0.9>0.1, 0.5<0.8, 0.5>0.1
    assert measures.auroc([0.9, 0.5], [0.8, 0.1]) == 0.75
    assert measures.auroc([0.5], [0.5]) == 0.5
    assert measures.auroc([0.5], []) is None


def test_honesty_counts_both_mistakes():
    found = measures.honesty([(0.9, True), (0.4, False)], [(0.2, False), (0.6, True), (0.1, False)])
    assert found.refused == 0.5
    assert found.admitted == pytest.approx(2 / 3)
    assert measures.honesty([(0.9, True)], []).admitted is None


def test_percentiles_by_nearest_rank():
    found = measures.times([n / 1000 for n in range(1, 101)])
    assert (found.p50_ms, found.p95_ms, found.n) == (50, 95, 100)
    assert measures.times([]).n == 0

"""The screens of "Search quality": judging answers, the list of judged questions and its files, measurements.

Read from urls.py on: judge (board is what it shows, forms what it takes), questions, measurements. What they do is done
by search.evaluation.marking, .exchange and .runs.
"""

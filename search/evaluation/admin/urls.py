"""Addresses below /admin/search-quality/."""

from __future__ import annotations

from django.urls import path

from search.evaluation.admin.judge import JudgeView
from search.evaluation.admin.measurements import (
    CompareView,
    DeleteRunView,
    MeasureView,
    ProgressView,
    RunListView,
    RunView,
)
from search.evaluation.admin.questions import (
    DeleteQuestionView,
    ExportQuestionsView,
    ImportQuestionsView,
    QuestionListView,
)

app_name = "search_quality"
urlpatterns = [
    path("", QuestionListView.as_view(), name="questions"),
    path("results/", QuestionListView.as_view(results_only=True), name="questions_results"),
    path("judge/", JudgeView.as_view(), name="judge"),
    path("judge/<int:pk>/", JudgeView.as_view(), name="question"),
    path("judge/<int:pk>/delete/", DeleteQuestionView.as_view(), name="delete"),
    path("export/", ExportQuestionsView.as_view(), name="export"),
    path("import/", ImportQuestionsView.as_view(), name="import"),
    path("measurements/", RunListView.as_view(), name="runs"),
    path("measurements/new/", MeasureView.as_view(), name="measure"),
    path("measurements/compare/", CompareView.as_view(), name="compare"),
    path("measurements/<int:pk>/", RunView.as_view(), name="run"),
    path("measurements/<int:pk>/progress/", ProgressView.as_view(), name="progress"),
    path("measurements/<int:pk>/delete/", DeleteRunView.as_view(), name="delete_run"),
]

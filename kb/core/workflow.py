"""Nothing is published that only its author has read."""

from __future__ import annotations

from django.contrib.auth.models import Group
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

NAME = "Redaktionelle Freigabe"
TASK = "Fachliche Prüfung"


def ensure_editorial_workflow(reviewer_group: Group) -> Workflow:
    """The workflow for all pages, with one task: somebody of `reviewer_group` approves.

    Wagtail's own example workflow is taken off the pages. A workflow that an administrator put there stays.
    """
    workflow, _made = Workflow.objects.get_or_create(name=NAME)
    task, _made = GroupApprovalTask.objects.get_or_create(name=TASK)
    task.groups.add(reviewer_group)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    root = Page.get_first_root_node()
    given = WorkflowPage.objects.filter(page=root).select_related("workflow").first()
    if given is None:
        WorkflowPage.objects.create(workflow=workflow, page=root)
    elif given.workflow.name == "Moderators approval":
        given.workflow = workflow
        given.save()
        Workflow.objects.filter(name="Moderators approval").update(active=False)
    return workflow

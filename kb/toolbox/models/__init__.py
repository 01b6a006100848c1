from kb.toolbox.models.guide import PracticeGuide
from kb.toolbox.models.imported import ImportedGuide
from kb.toolbox.models.sections import GuideSectionPage, ToolboxPage
from kb.toolbox.models.template import TemplateIndexPage, TemplatePage

__all__ = [
    "GuideSectionPage",
    "ImportedGuide",
    "PracticeGuide",
    "TemplateIndexPage",
    "TemplatePage",
    "ToolboxPage",
]

from kb.toolbox.models.guide import PracticeGuide
from kb.toolbox.models.sections import GuideSectionPage, ToolboxPage
from kb.toolbox.models.template import TemplateIndexPage, TemplatePage

__all__ = ["GuideSectionPage", "PracticeGuide", "TemplateIndexPage", "TemplatePage", "ToolboxPage"]

from django.apps import AppConfig


class ToolboxConfig(AppConfig):
    name = "kb.toolbox"
    label = "toolbox"

from django.apps import AppConfig


class AskConfig(AppConfig):
    name = "kb.ask"
    label = "ask"

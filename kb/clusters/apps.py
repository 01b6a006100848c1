from django.apps import AppConfig


class ClustersConfig(AppConfig):
    name = "kb.clusters"
    label = "clusters"

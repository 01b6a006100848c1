"""The recipe of the German-English student model: `python -m search.training FOLDER --minutes 60`.

Data with a licence filter -> vocabulary -> alignment -> initialised student -> distillation -> evaluation -> export.
Nothing of the site imports this; it needs torch, transformers and tokenizers, no Django and no network.
"""

"""``%%lmer``, ``%%glmer`` and friends; the only room that imports IPython."""

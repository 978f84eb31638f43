"""Truth inference on folders of crowd answers whose truth is known."""

#!/usr/bin/env python
"""Django's command line for Touchstone."""

import os
import sys
from pathlib import Path

from config.embedded import environment

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    environment.adopt(Path(__file__).resolve().parent)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

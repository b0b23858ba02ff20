"""`python -m dataset_tools`."""

from dataset_tools.cli import main

main()

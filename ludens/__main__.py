"""`python -m ludens`."""

from ludens.cli import main

main()

"""Sign-in, hats, rights, and whose records a person sees."""

# First of all: it names constraints before FAB's models are imported.
from app import extensions as extensions

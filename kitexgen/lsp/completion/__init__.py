"""Completion: what may stand at the cursor (`*_place.py`, by the words before it), and what of that there is."""

"""Jinja templates, data only. This file lets an editable install find the folder."""

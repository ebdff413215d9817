"""Beam lists as other programs have them: one module a form, and one registry."""

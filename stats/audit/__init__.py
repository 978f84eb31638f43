"""Auditing labels: unbiased samples, likely label errors, items that are hard by themselves."""

"""The demo: one organization, four people who can sign in, three projects from real data.

The crowd is simulated and says so on every page; what the screens show was computed from its answers.
"""

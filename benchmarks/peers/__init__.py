"""The same work for Touchstone and for Label Studio, in one run: `python -m benchmarks.peers`."""

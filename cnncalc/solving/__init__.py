"""The values of vars with which a net meets its conditions."""

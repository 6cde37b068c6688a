"""The HTTP API: what other programs may read of a team, by a bearer token of that team."""

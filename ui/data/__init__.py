"""The data plane: leases of recordings, and the requests by which a browser fetches what its figures draw."""

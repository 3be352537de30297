"""Services that all sessions share: the cache, heavy work, and faults."""

def double(values):
    """Each value twice as large."""
    return values * 2

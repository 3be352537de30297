"""What is raised where something is no image that Regard accepts."""


class ImageError(ValueError):
    """It is not an image that Regard accepts; the message is one sentence for the person who chose it."""

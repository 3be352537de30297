"""What the pages share: state and links, caches, components, charts."""

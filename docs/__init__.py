"""The documentation: pages, notebooks, and what builds them into a site."""

"""Single files and folders inside an express point, as a tree with a basket."""

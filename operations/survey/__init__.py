"""A live hub, whoever made it, written as settings of this project."""

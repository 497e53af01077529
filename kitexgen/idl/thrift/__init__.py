"""Thrift: text to tree, tree to schema."""
